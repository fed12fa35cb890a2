"""What both environments are made of, and what only one of them is."""

import json
from collections.abc import Iterator

import pytest

from render.manifest import Manifest, ManifestResource
from render.program import run
from tests.policy.sdk import input_names

RECORD = "pulumi-python:dynamic/netlify:DnsRecord"
CERTIFICATE = "priceguard:certificate:Certificate"
STATEFUL = {
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:rds/instance:Instance",
    "aws:kms/key:Key",
    "aws:lb/loadBalancer:LoadBalancer",
    "aws:s3/bucket:Bucket",
    "aws:ecr/repository:Repository",
    "stripe:index/product:Product",
    "stripe:index/webhookEndpoint:WebhookEndpoint",
}


def test_every_taggable_resource_is_tagged(stack: Manifest) -> None:
    """Cost reports and policies read these tags."""
    untagged = {
        r.type
        for r in stack.resources
        if r.type.startswith("aws:")
        and "tags" in input_names(r.type)
        and not {
            "Project": "priceguard",
            "Environment": stack.stack,
            "Owner": "platform",
            "CostCentre": f"priceguard-{stack.stack}",
            "ManagedBy": "pulumi",
        }.items()
        <= r.inputs.get("tags", {}).items()
    }

    assert not untagged


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

    assert {r.name for r in groups} == {"api", "flow-logs", "firewall", "database-postgresql", "database-upgrade"}
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
    dns = {"provider": "netlify", "zone": "example.com"}
    changes = {"apiDomain": "other.dev.example.com", "dns": json.dumps(dns), "vpcCidr": "10.99.0.0/16"}
    other = run("dev", {f"priceguard:{key}": value for key, value in changes.items()})

    def urns(manifest: Manifest) -> set[str]:
        # But for what proves a name to ACM: that belongs to the name (infra/certificate.py).
        return {r.urn for r in manifest.resources} - {r.urn for r in records(manifest)}

    def records(manifest: Manifest) -> list[ManifestResource]:
        return [r for r in manifest.of_type(RECORD) if r.parent == manifest.one(CERTIFICATE).urn]

    assert urns(other) == urns(dev)
    assert [r.name for r in records(other)] == ["other.dev.example.com"]


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
        ("priceguard:logLevel", "DEBUG", {"aws:ecs/taskDefinition:TaskDefinition"}),
        (
            "priceguard:minCount",
            "2",
            {
                "aws:appautoscaling/target:Target",
                "aws:cloudwatch/metricAlarm:MetricAlarm",
                "aws:ecs/service:Service",
            },
        ),
    ],
)
def test_one_setting_changes_only_what_it_must(dev: Manifest, key: str, value: str, changed: set[str]) -> None:
    """The service's own count is ignored once it exists, so an update of it is none."""
    other = {r.urn: r for r in run("dev", {key: value}).resources}

    assert {r.type for r in dev.resources if other[r.urn] != r} == changed


def test_nested_inputs_are_spelt_as_the_provider_spells_them(stack: Manifest) -> None:
    """What the SDK does not know of is passed on as it is written, and the provider refuses it."""

    def keys(value: object) -> Iterator[str]:
        if isinstance(value, dict):
            yield from value
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from keys(item)

    inputs = [{k: v for k, v in r.inputs.items() if k != "tags"} for r in stack.resources if r.type.startswith("aws:")]

    assert not [key for key in keys(inputs) if "_" in key]
