"""What both environments are made of, and what only one of them is."""

import json

import pytest

from render.manifest import Manifest
from render.program import run

STATEFUL = {
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:rds/instance:Instance",
    "aws:kms/key:Key",
    "aws:lb/loadBalancer:LoadBalancer",
    "stripe:index/product:Product",
    "stripe:index/webhookEndpoint:WebhookEndpoint",
}
UNTAGGABLE = {
    "aws:appautoscaling/policy:Policy",
    "aws:ecs/clusterCapacityProviders:ClusterCapacityProviders",
    "aws:ec2/route:Route",
    "aws:ec2/routeTableAssociation:RouteTableAssociation",
    "aws:iam/rolePolicy:RolePolicy",
    "aws:kms/alias:Alias",
    "aws:secretsmanager/secretVersion:SecretVersion",
    "pulumi:providers:aws",
    "pulumi:providers:stripe",
    "random:index/randomPassword:RandomPassword",
    "stripe:index/price:Price",
    "stripe:index/product:Product",
    "stripe:index/webhookEndpoint:WebhookEndpoint",
}


def test_every_taggable_resource_is_tagged(stack: Manifest) -> None:
    """Cost reports and policies read these tags."""
    untagged = {
        r.type
        for r in stack.resources
        if r.custom
        and not {"Project": "priceguard", "Environment": stack.stack, "ManagedBy": "pulumi"}.items()
        <= r.inputs.get("tags", {}).items()
    }

    assert untagged <= UNTAGGABLE


def test_every_resource_hangs_below_the_environment(stack: Manifest) -> None:
    """Nothing is loose: the tree in a preview shows what belongs together. Only the providers stand beside."""
    (environment,) = stack.of_type("priceguard:environment:Environment")
    loose = [r.urn for r in stack.resources if environment not in stack.ancestors(r) and r != environment]

    assert loose == [stack.one(f"pulumi:providers:{package}").urn for package in ("aws", "stripe")]


@pytest.mark.parametrize("package", ["aws", "stripe"])
def test_every_resource_uses_the_explicit_provider(stack: Manifest, package: str) -> None:
    """Also the children that awsx makes, which would otherwise get a second provider."""
    provider = stack.one(f"pulumi:providers:{package}").urn

    assert {r.options.get("provider") for r in stack.resources if r.type.startswith(f"{package}:")} == {provider}


def test_stateful_resources_are_protected_in_prod_only(dev: Manifest, prod: Manifest) -> None:
    """Dev can be thrown away; prod says no."""
    assert {r.type for r in prod.resources if r.options.get("protect")} >= STATEFUL
    assert not [r for r in dev.resources if r.options.get("protect")]


def test_the_database_of_prod_survives_mistakes(prod: Manifest) -> None:
    """Deletion protection, a final snapshot, a standby, thirty days of backups."""
    inputs = prod.one("aws:rds/instance:Instance").inputs

    assert inputs["deletionProtection"] is True
    assert inputs["skipFinalSnapshot"] is False
    assert inputs["finalSnapshotIdentifier"] == "priceguard-prod-final"
    assert inputs["multiAz"] is True
    assert inputs["backupRetentionPeriod"] == 30


def test_the_database_is_encrypted_private_and_forces_tls(stack: Manifest) -> None:
    """In both environments; its password is a secret wherever it is shown."""
    inputs = stack.one("aws:rds/instance:Instance").inputs
    parameters = stack.one("aws:rds/parameterGroup:ParameterGroup").inputs["parameters"]

    assert inputs["storageEncrypted"] is True
    assert inputs["publiclyAccessible"] is False
    assert inputs["password"] == "[secret]"
    assert inputs["engineVersion"] == "17"
    assert [(p["name"], p["value"]) for p in parameters] == [
        ("rds.force_ssl", "1"),
        ("log_error_verbosity", "terse"),
    ]


def test_the_database_lives_in_subnets_without_a_way_out(stack: Manifest) -> None:
    """The isolated ones, whose route tables have no route."""
    subnets = stack.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"]
    isolated = [r for r in stack.of_type("aws:ec2/subnet:Subnet") if r.inputs["tags"]["SubnetType"] == "Isolated"]

    assert subnets == [f"${{{r.type}::{r.name}.id}}" for r in isolated]
    tables_with_routes = {r.inputs["routeTableId"] for r in stack.of_type("aws:ec2/route:Route")}
    assert not [table for table in tables_with_routes if "isolated" in table]


def test_no_subnet_gives_public_addresses_by_itself(stack: Manifest) -> None:
    """The transform reaches awsx's children."""
    assert {r.inputs["mapPublicIpOnLaunch"] for r in stack.of_type("aws:ec2/subnet:Subnet")} == {False}


def test_tasks_of_prod_are_private_and_those_of_dev_save_a_nat_gateway(dev: Manifest, prod: Manifest) -> None:
    """Egress by the task's own address in dev; a NAT gateway per zone in prod."""
    service = "aws:ecs/service:Service"

    assert dev.one(service).inputs["networkConfiguration"]["assignPublicIp"] is True
    assert not dev.of_type("aws:ec2/natGateway:NatGateway")
    assert prod.one(service).inputs["networkConfiguration"]["assignPublicIp"] is False
    assert len(prod.of_type("aws:ec2/natGateway:NatGateway")) == 2
    assert all("private" in subnet for subnet in prod.one(service).inputs["networkConfiguration"]["subnets"])


def test_only_the_load_balancer_takes_calls_from_anywhere(stack: Manifest) -> None:
    """80 and 443 there; everything else names the group that it lets in."""
    rules = stack.of_type("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule")
    from_anywhere = {(r.inputs["securityGroupId"], r.inputs["fromPort"]) for r in rules if "cidrIpv4" in r.inputs}
    balancer = "${aws:ec2/securityGroup:SecurityGroup::load-balancer.id}"

    assert from_anywhere == {(balancer, 80), (balancer, 443)}
    between = {
        (r.inputs["referencedSecurityGroupId"], r.inputs["fromPort"]) for r in rules if "cidrIpv4" not in r.inputs
    }
    task = "${aws:ec2/securityGroup:SecurityGroup::task.id}"
    assert between == {(balancer, 4000), (task, 5432)}


def test_logs_expire_and_are_encrypted(stack: Manifest) -> None:
    """Also those that RDS would otherwise make itself."""
    groups = stack.of_type("aws:cloudwatch/logGroup:LogGroup")

    assert {r.name for r in groups} == {"api", "flow-logs", "database-postgresql", "database-upgrade"}
    assert all(r.inputs["retentionInDays"] and r.inputs["kmsKeyId"] for r in groups)


def test_the_default_security_group_is_closed_and_flows_are_logged(stack: Manifest) -> None:
    """A resource that names no group gets nothing."""
    default = stack.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs

    assert not default.get("ingress")
    assert not default.get("egress")
    assert stack.one("aws:ec2/flowLog:FlowLog").inputs["trafficType"] == "ALL"


def test_physical_names_carry_the_environment(dev: Manifest, prod: Manifest) -> None:
    """Both environments may share an AWS account; at Stripe they live in different modes."""
    taken = {"name", "identifier", "namePrefix"}

    def names(manifest: Manifest) -> set[tuple[str, str]]:
        return {
            (r.type, r.inputs[p])
            for r in manifest.resources
            for p in taken & r.inputs.keys()
            # These two live below something that carries it.
            if r.type.startswith("aws:") and r.type not in {"aws:ecs/service:Service", "aws:lb/targetGroup:TargetGroup"}
        }

    assert not names(dev) & names(prod)


def test_a_logical_name_never_depends_on_the_configuration(dev: Manifest) -> None:
    """Other settings, the same names: else a changed setting would replace what it does not touch."""
    other = run("dev", {"priceguard:apiDomain": "api.other.example", "priceguard:vpcCidr": "10.99.0.0/16"})

    assert {r.urn for r in other.resources} == {r.urn for r in dev.resources}


def test_the_outputs_tell_what_others_need(dev: Manifest) -> None:
    """Netlify's variables among them; nothing secret."""
    assert dev.outputs["apiUrl"] == "https://api.dev.priceguardbackend.live"
    assert dev.outputs["netlifyEnvironment"] == {
        "VITE_API_BASE_URL": "https://api.dev.priceguardbackend.live",
        "VITE_STRIPE_PUBLISHABLE_KEY": "pk_test_priceguardDevelopment",
        "VITE_STRIPE_PRICE_BASIC": "${stripe:index/price:Price::basic-monthly.id}",
        "VITE_STRIPE_PRICE_PREMIUM": "${stripe:index/price:Price::premium-monthly.id}",
        "VITE_STRIPE_PRICE_ENTERPRISE": "${stripe:index/price:Price::enterprise-monthly.id}",
    }
    assert dev.outputs["service"] == "priceguard-server"
    assert "[secret]" not in json.dumps(dev.outputs)


@pytest.mark.parametrize(
    ("key", "value", "changed"),
    [
        ("priceguard:logLevel", "WARNING", {"aws:ecs/taskDefinition:TaskDefinition"}),
        ("priceguard:minCount", "2", {"aws:appautoscaling/target:Target", "aws:ecs/service:Service"}),
    ],
)
def test_one_setting_changes_only_what_it_must(dev: Manifest, key: str, value: str, changed: set[str]) -> None:
    """The service's own count is ignored once it exists, so an update of it is none."""
    other = {r.urn: r for r in run("dev", {key: value}).resources}

    assert {r.type for r in dev.resources if other[r.urn] != r} == changed
