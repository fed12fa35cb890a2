"""What single resources cost, and what is refused or named because it cannot be told."""

from typing import Any

import pytest

from render.cost import Cost, CostError, cost
from render.manifest import ManifestResource
from tests.render.test_cost import DATABASE, SERVICE, TASK, cost_of, manifest, resource

ALB = "aws:lb/loadBalancer:LoadBalancer"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
LOG_METRIC = "aws:cloudwatch/logMetricFilter:LogMetricFilter"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
NAT = "aws:ec2/natGateway:NatGateway"
DATABASE_TYPE = "aws:rds/instance:Instance"
BOT_CONTROL = {"managedRuleGroupStatement": {"vendorName": "AWS", "name": "AWSManagedRulesBotControlRuleSet"}}


@pytest.mark.parametrize(
    ("type_", "inputs", "usd"),
    [
        (ALB, {"subnets": ["a", "b", "c"]}, 16.425 + 3 * 3.65),
        (ALB, {"subnetMappings": [{"subnetId": "a"}, {"subnetId": "b"}]}, 16.425 + 2 * 3.65),
        (ALB, {"subnets": ["a", "b"], "internal": True}, 16.425),
        (ALB, {"subnets": ["a", "b"], "ipAddressType": "dualstack-without-public-ipv4"}, 16.425),
        (NAT, {"connectivityType": "private"}, 32.85),
        (NAT, {"allocationId": "eipalloc-0123"}, 32.85 + 3.65),
        ("aws:ec2/eip:Eip", {}, 3.65),
        (ENDPOINT, {}, 0),
        (ENDPOINT, {"vpcEndpointType": "Interface", "subnetIds": ["a", "b"]}, 2 * 7.3),
        ("aws:wafv2/webAcl:WebAcl", {}, 5),
        ("aws:wafv2/webAclRule:WebAclRule", {}, 1),
        (DATABASE_TYPE, DATABASE, 11.68 + 2.3),
        (DATABASE_TYPE, {**DATABASE, "multiAz": True}, 2 * (11.68 + 2.3)),
        (DATABASE_TYPE, {**DATABASE, "storageType": "gp2"}, 11.68 + 2.3),
        (DATABASE_TYPE, {**DATABASE, "allocatedStorage": 400, "iops": 12500}, 11.68 + 46 + 10),
        ("aws:secretsmanager/secret:Secret", {"replicas": [{"region": "us-west-2"}]}, 0.8),
        ("aws:kms/alias:Alias", {}, 0),
        (ALARM, {"metricName": "CPUUtilization", "period": 60}, 0.1),
        (ALARM, {"metricQueries": [{"id": "e", "expression": "a/b"}, {"metric": {}}, {"metric": {}}]}, 0.2),
        (ALARM, {"thresholdMetricId": "band", "metricQueries": [{"metric": {}}]}, 0.3),
        (LOG_METRIC, {"metricTransformation": {"name": "a", "namespace": "b", "value": "1"}}, 0.3),
        (LOG_METRIC, {"metricTransformation": {"dimensions": {"a": "$.a"}}}, 0),
        ("aws:appautoscaling/policy:Policy", {"policyType": "TargetTrackingScaling"}, 0.2),
        ("aws:appautoscaling/policy:Policy", {"policyType": "StepScaling"}, 0),
        ("aws:ecr/repository:Repository", {}, 0.1),
        ("aws:acm/certificate:Certificate", {"options": {"certificateTransparencyLoggingPreference": "ENABLED"}}, 0),
    ],
)
def test_the_price_of_one_resource(type_: str, inputs: dict[str, Any], usd: float) -> None:
    """USD a month; nothing of it is unknown."""
    found = cost_of(resource(type_, **inputs))

    assert float(found.monthly) == pytest.approx(usd)
    assert not found.unknown


@pytest.mark.parametrize(
    ("type_", "inputs", "why"),
    [
        (ALB, {"loadBalancerType": "network"}, "load balancer of type network"),
        (ALB, {}, "public IPv4 in subnets that are not named"),
        (NAT, {"availabilityMode": "regional"}, "NAT gateway of a whole region"),
        (ENDPOINT, {"vpcEndpointType": "Interface"}, "endpoint of type Interface in 0 subnets"),
        (ENDPOINT, {"vpcEndpointType": "GatewayLoadBalancer"}, "endpoint of type GatewayLoadBalancer in 0 subnets"),
        ("aws:wafv2/webAcl:WebAcl", {"ruleJson": "[]"}, "rules of the web ACL that are given as ruleJson"),
        ("aws:wafv2/webAcl:WebAcl", {"rules": [BOT_CONTROL]}, "AWSManagedRulesBotControlRuleSet, which costs more"),
        ("aws:wafv2/webAclRule:WebAclRule", {"statement": BOT_CONTROL}, "AWSManagedRulesBotControlRuleSet"),
        (DATABASE_TYPE, {**DATABASE, "storageThroughput": 250}, "throughput of the storage"),
        (DATABASE_TYPE, {**DATABASE, "performanceInsightsRetentionPeriod": 31}, "Performance Insights for more than 7"),
        (DATABASE_TYPE, {**DATABASE, "databaseInsightsMode": "advanced"}, "advanced Database Insights"),
        (ALARM, {"period": 10}, "alarm on a metric of high resolution"),
        ("aws:acm/certificate:Certificate", {"options": {"export": "ENABLED"}}, "certificate of a private authority"),
        ("aws:cloudwatch/compositeAlarm:CompositeAlarm", {}, "the type has no row"),
    ],
)
def test_what_has_no_known_price_is_named(type_: str, inputs: dict[str, Any], why: str) -> None:
    """With the resource, beside what of it is priced."""
    (unknown,) = cost_of(resource(type_, "thing", **inputs)).unknown

    assert unknown.startswith(f"{type_}::thing: {why}")


@pytest.mark.parametrize(
    ("type_", "inputs", "message"),
    [
        (
            DATABASE_TYPE,
            {**DATABASE, "instanceClass": "db.r8g.large"},
            r"no price is known for postgres db\.r8g\.large, single-AZ .*render/prices\.us-east-1\.json",
        ),
        (DATABASE_TYPE, {**DATABASE, "storageType": "io2"}, "no price is known for GB of io2 storage"),
        (DATABASE_TYPE, {**DATABASE, "allocatedStorage": "${aws:x.y}"}, r"thing: allocatedStorage is '\$\{aws:x\.y\}'"),
        (DATABASE_TYPE, {**DATABASE, "allocatedStorage": True}, "allocatedStorage is True"),
        (DATABASE_TYPE, {**DATABASE, "multiAz": "[secret]"}, r"multiAz is '\[secret\]'"),
        (DATABASE_TYPE, {**DATABASE, "instanceClass": "${aws:x.y}"}, "instanceClass is"),
        (DATABASE_TYPE, {"instanceClass": "db.t4g.micro"}, "engine is missing"),
        (ALB, {"subnets": "${aws:x.y}"}, "subnets is"),
        ("aws:wafv2/webAcl:WebAcl", {"rules": "${aws:x.y}"}, "rules is"),
    ],
)
def test_what_decides_on_a_price_must_be_known(type_: str, inputs: dict[str, Any], message: str) -> None:
    """The error names the resource, the input, and for a missing price the file where it belongs."""
    with pytest.raises(CostError, match=message) as error:
        cost_of(resource(type_, "thing", **inputs))

    assert str(error.value).startswith(f"{type_}::thing: ")


def service(task: dict[str, Any] | None = None, *more: ManifestResource, **inputs: Any) -> Cost:
    """The cost of a service on Fargate, and of `more`."""
    return cost_of(
        resource("aws:ecs/cluster:Cluster", "api", name="cluster"),
        resource("aws:ecs/taskDefinition:TaskDefinition", **{**TASK, **(task or {})}),
        resource("aws:ecs/service:Service", **{**SERVICE, **inputs}),
        *more,
    )


ARM = 730 * (0.25 * 0.03238 + 0.5 * 0.00356)
X86 = 730 * (0.25 * 0.04048 + 0.5 * 0.004445)


@pytest.mark.parametrize(
    ("task", "inputs", "usd"),
    [
        ({}, {}, ARM),
        ({}, {"desiredCount": 0}, 0),
        ({"cpu": "0.25 vCPU", "memory": "0.5 GB"}, {}, ARM),
        ({"runtimePlatform": {}}, {}, X86),
        ({"ephemeralStorage": {"sizeInGib": 30}}, {"desiredCount": 2}, 2 * (ARM + 730 * 10 * 0.000111)),
        ({}, {"desiredCount": 3, "networkConfiguration": {"assignPublicIp": True}}, 3 * (ARM + 3.65)),
    ],
)
def test_the_price_of_tasks(task: dict[str, Any], inputs: dict[str, Any], usd: float) -> None:
    """By size, architecture, storage over 20 GB, address and number."""
    found = service(task, **inputs)

    assert float(found.monthly) == pytest.approx(usd)
    assert not found.unknown


@pytest.mark.parametrize(
    "id_",
    [
        "service/cluster/server",
        "service/${aws:ecs/cluster:Cluster::api.name}/${aws:ecs/service:Service::api.name}",
    ],
)
def test_as_many_tasks_as_autoscaling_keeps(id_: str) -> None:
    """The target of this service, and of no other."""
    target = "aws:appautoscaling/target:Target"

    found = service(
        None,
        resource(target, "other", resourceId="service/cluster/other", minCapacity=9),
        resource(target, "elsewhere", resourceId="service/other/server", minCapacity=9),
        resource(target, "api", resourceId=id_, minCapacity=4),
    )

    assert float(found.monthly) == pytest.approx(4 * ARM)


def test_spot_is_priced_as_on_demand_and_says_so() -> None:
    """Its price is nowhere fixed."""
    found = service(launchType=None, capacityProviderStrategies=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])

    assert float(found.monthly) == pytest.approx(ARM)
    assert found.unchecked == found.monthly
    assert "Spot has no fixed price" in found.notes[0]


def test_tasks_elsewhere_are_named() -> None:
    """On instances, or with a licence of Windows."""
    on_instances = service({"requiresCompatibilities": ["EC2", "FARGATE"]}, launchType="EC2")
    windows = service({"runtimePlatform": {"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}})

    assert on_instances.unknown == ("aws:ecs/service:Service::api: tasks that do not run on Fargate",)
    assert windows.unknown == ("aws:ecs/service:Service::api: licences of tasks that run Windows",)


@pytest.mark.parametrize(
    ("task", "inputs", "message"),
    [
        ({}, {"desiredCount": "${aws:x.y}"}, r"Service::api: desiredCount is '\$\{aws:x\.y\}'"),
        ({}, {"desiredCount": None}, "Service::api: desiredCount is missing"),
        ({}, {"taskDefinition": "arn:aws:ecs:x"}, "its task definition 'arn:aws:ecs:x' is not one of this stack"),
        ({}, {"networkConfiguration": "${aws:x.y}"}, "Service::api: networkConfiguration is"),
        ({"runtimePlatform": "[secret]"}, {}, "TaskDefinition::api: runtimePlatform is"),
        ({"cpu": "${aws:x.y}"}, {}, "TaskDefinition::api: cpu is"),
        ({"ephemeralStorage": {"sizeInGib": "${aws:x.y}"}}, {}, "TaskDefinition::api: ephemeralStorage is"),
        ({"runtimePlatform": {"cpuArchitecture": "RISCV"}}, {}, "no price is known for Fargate on RISCV"),
    ],
)
def test_a_number_or_size_of_tasks_that_is_not_known(
    task: dict[str, Any], inputs: dict[str, Any], message: str
) -> None:
    """Is an error that names it."""
    with pytest.raises(CostError, match=message):
        service(task, **inputs)


def test_a_nat_gateway_in_each_zone_with_an_address_each() -> None:
    """The address is counted where it is made, once; one that nobody uses costs as well."""
    zones = [
        one
        for zone in "ab"
        for one in (
            resource("aws:ec2/eip:Eip", zone),
            resource(NAT, zone, allocationId=f"${{aws:ec2/eip:Eip::{zone}.id}}"),
        )
    ]

    found = cost_of(*zones, resource("aws:ec2/eip:Eip", "idle"))

    assert float(found.monthly) == pytest.approx(2 * 36.5 + 3.65)
    assert [line.what for line in found.lines if line.part == "addresses"] == [
        "public IPv4 in use",
        "public IPv4 in use",
        "public IPv4, idle",
    ]


def test_three_dashboards_are_free() -> None:
    """No price is known for a fourth."""
    dashboards = [resource("aws:cloudwatch/dashboard:Dashboard", name) for name in "abcd"]

    found = cost_of(*dashboards)

    assert found.monthly == 0
    assert found.notes == ("CloudWatch dashboards: free, being of the first 3 of the account",)
    assert found.unknown == ("aws:cloudwatch/dashboard:Dashboard::d: dashboard beyond the first 3",)


def test_images_are_assumed() -> None:
    """As many GB as one says, and the reader is told."""
    found = cost(manifest(resource("aws:ecr/repository:Repository", "images")), image_gb=2.5)

    assert float(found.monthly) == pytest.approx(0.25)
    assert found.notes == ("images: 2.5 GB of images is assumed",)


def test_container_insights_is_usage_where_it_is_on() -> None:
    """Its metrics depend on what runs."""
    cluster = "aws:ecs/cluster:Cluster"
    on, off = ([{"name": "containerInsights", "value": value}] for value in ("enhanced", "disabled"))

    assert cost_of(resource(cluster, settings=on)).excluded == ("metrics and logs of Container Insights",)
    assert cost_of(resource(cluster, settings=off)).excluded == ()
