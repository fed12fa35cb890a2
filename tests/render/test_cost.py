"""The cost of whole manifests: an environment that was added up by hand, both stacks, shapes."""

import json
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from render.cost import Cost, CostError, cost, difference, table
from render.manifest import Manifest, ManifestResource
from render.program import run
from tests.manifests import rendered

TASK = {
    "cpu": "256",
    "memory": "512",
    "requiresCompatibilities": ["FARGATE"],
    "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "ARM64"},
}
ADDRESS, GATEWAY = "aws:ec2/eip:Eip", "aws:ec2/natGateway:NatGateway"
SERVICE = {
    "cluster": "${aws:ecs/cluster:Cluster::api.arn}",
    "desiredCount": 1,
    "launchType": "FARGATE",
    "name": "server",
    "networkConfiguration": {"assignPublicIp": False},
    "taskDefinition": "${aws:ecs/taskDefinition:TaskDefinition::api.arn}",
}
DATABASE = {
    "allocatedStorage": 20,
    "engine": "postgres",
    "instanceClass": "db.t4g.micro",
    "multiAz": False,
    "storageType": "gp3",
}


def resource(type_: str, name: str = "api", /, **inputs: Any) -> ManifestResource:
    """A resource on top of a stack `test`; those of our own types are components."""
    return ManifestResource(
        urn=f"urn:pulumi:test::priceguard::{type_}::{name}",
        type=type_,
        name=name,
        parent="urn:pulumi:test::priceguard::pulumi:pulumi:Stack::priceguard-test",
        custom=not type_.startswith("priceguard:"),
        inputs=inputs,
        options={},
    )


def manifest(*resources: ManifestResource) -> Manifest:
    """A manifest of them, in their order."""
    return Manifest("test", resources, {})


def cost_of(*resources: ManifestResource) -> Cost:
    """Their cost."""
    return cost(manifest(*resources))


ENVIRONMENT = manifest(
    resource("aws:lb/loadBalancer:LoadBalancer", subnets=["${a.id}", "${b.id}"], internal=False),
    resource("aws:ecs/cluster:Cluster", name="cluster"),
    resource("aws:ecs/taskDefinition:TaskDefinition", **TASK),
    resource("aws:ecs/service:Service", **SERVICE),
    resource("aws:rds/instance:Instance", "database", password="[secret]", **DATABASE),
    resource("aws:ec2/eip:Eip", "network-1"),
    resource("aws:ec2/natGateway:NatGateway", "network-1", allocationId="${aws:ec2/eip:Eip::network-1.id}"),
    resource("aws:wafv2/webAcl:WebAcl", rules=[{"name": name} for name in "abcd"]),
    *(resource("aws:secretsmanager/secret:Secret", name) for name in "abcd"),
    *(resource("aws:kms/key:Key", name) for name in "ab"),
)


def test_an_environment_that_was_added_up_by_hand() -> None:
    """Lines of 16.43, 7.30, 7.21, 11.68, 2.30, 36.50, 9.00, 1.60 and 2.00 USD."""
    found = cost(ENVIRONMENT)

    by_type: defaultdict[str, Decimal] = defaultdict(Decimal)
    for line in found.lines:
        by_type[line.type.rsplit(":", maxsplit=1)[-1]] += line.monthly
    assert {type_: round(float(usd), 3) for type_, usd in by_type.items()} == {
        "LoadBalancer": 23.725,
        "Service": 7.209,
        "Instance": 13.98,
        "Eip": 3.65,
        "NatGateway": 32.85,
        "WebAcl": 9.0,
        "Secret": 1.6,
        "Key": 2.0,
    }
    assert abs(found.monthly - Decimal("94.02")) <= Decimal("0.05")
    assert round(found.monthly, 2) == Decimal("94.01")
    assert not found.unknown


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_resource_of_a_stack_has_a_known_cost(stack: str) -> None:
    """A new type needs a row in render/cost_types.py; a line has one place, so that it can be compared."""
    found = cost(rendered(stack))

    assert found.unknown == ()
    assert found.monthly == sum(line.monthly for line in found.lines) > 0
    assert len({(line.address, line.part) for line in found.lines}) == len(found.lines)


def test_what_the_product_has_paid_for_in_dev_stays_cheap() -> None:
    """Load balancer, one task, three public addresses, four secrets, images: what it ran on before, at most $37."""
    paid = ("lb/loadBalancer:LoadBalancer", "ecs/service:Service", "secretsmanager/secret:Secret")
    types = {f"aws:{type_}" for type_ in (*paid, "ecr/repository:Repository")}

    lines = [line for line in cost(rendered("dev")).lines if line.type in types]

    assert {line.type for line in lines} == types
    assert 36 < sum(line.monthly for line in lines) <= 37


def test_prod_shows_what_each_zone_adds() -> None:
    """A NAT gateway and its address for each of the two."""
    lines = [line for line in cost(rendered("prod")).lines if line.type in {ADDRESS, GATEWAY}]

    assert sorted(line.resource for line in lines) == ["network-1", "network-1", "network-2", "network-2"]
    assert {line.monthly for line in lines} == {Decimal("32.85"), Decimal("3.65")}


def test_a_type_that_nobody_has_looked_at_is_named() -> None:
    """Never silently free; components and what AWS does not bill are."""
    found = cost_of(
        resource("aws:redshift/cluster:Cluster", "warehouse"),
        resource("priceguard:network:Network"),
        resource("stripe:index/price:Price"),
        resource("random:index/randomPassword:RandomPassword"),
        resource("pulumi-python:dynamic:Resource"),
        resource("aws:iam/role:Role"),
    )

    assert found.unknown == ("aws:redshift/cluster:Cluster::warehouse: the type has no row in render/cost_types.py",)
    assert found.lines == found.excluded == ()


def test_usage_is_named_by_what_is_there() -> None:
    """Once, whatever number of resources have it."""
    found = cost_of(
        *(resource("aws:cloudwatch/logGroup:LogGroup", name) for name in "ab"), resource("aws:s3/bucket:Bucket")
    )

    assert found.excluded == ("log ingest and storage", "S3 storage and requests")
    assert found.monthly == 0


def test_other_regions_are_warned_of() -> None:
    """Whether the provider or a resource names one."""
    found = cost_of(
        resource("pulumi:providers:aws", "aws", region="eu-west-1"),
        resource("pulumi:providers:aws", "home", region="us-east-1"),
        resource("aws:sns/topic:Topic", "alarms", region="us-west-2"),
    )

    assert found.notes == (
        "pulumi:providers:aws::aws is in eu-west-1: only prices of us-east-1 are known, and these are those",
        "aws:sns/topic:Topic::alarms is in us-west-2: only prices of us-east-1 are known, and these are those",
    )


def test_a_number_of_tasks_can_be_assumed() -> None:
    """For a service of the stack only."""
    one, three = cost(ENVIRONMENT), cost(ENVIRONMENT, tasks={"api": 3})

    assert {round(change.monthly, 4) for change in difference(one, three).changed} == {
        Decimal("11.8187"),
        Decimal("2.5988"),
    }
    with pytest.raises(CostError, match=r"no ECS service web; there are: api"):
        cost(ENVIRONMENT, tasks={"web": 1})


def test_json_is_the_same_for_the_same_manifest() -> None:
    """Plain data, with the source's date of each line."""
    texts = {json.dumps(cost(run("prod")).as_dict()) for _ in range(2)}

    assert len(texts) == 1
    assert cost_of(resource("aws:kms/key:Key", "environment")).as_dict() == {
        "stack": "test",
        "region": "us-east-1",
        "as_of": "2026-11",
        "monthly_usd": 1.0,
        "unchecked_usd": 0.0,
        "lines": [
            {
                "resource": "environment",
                "type": "aws:kms/key:Key",
                "part": "key",
                "what": "customer key",
                "quantity": 1.0,
                "unit": "key-month",
                "unit_usd": 1.0,
                "monthly_usd": 1.0,
                "checked": True,
                "as_of": "2026-05",
            }
        ],
        "notes": [],
        "excluded": ["KMS requests, and what a key's first two rotations add"],
        "unknown": [],
    }


GOLDEN = """\
resource  type          what                       quantity  USD per unit  USD/month
------------------------------------------------------------------------------------
api       LoadBalancer  application load balancer         1   0.0225/hour     16.43
api       LoadBalancer  public IPv4 in 2 subnets          2    0.005/hour      7.30*
images    Repository    GB of images, assumed             1  0.1/gb-month      0.10
------------------------------------------------------------------------------------
total                                                                         23.83

List prices of 2026-11, us-east-1, usage excluded
* 7.30 of it at prices that are not checked, or only near
Notes:
- images: 1 GB of images is assumed
Excluded:
- data transfer to the internet
- image transfer and scans
- load balancer capacity units (LCU)
Unknown:
- aws:glue/job:Job::import: the type has no row in render/cost_types.py
"""


def test_the_table() -> None:
    """Columns that are aligned, a total, a date, a mark at what is not checked."""
    found = table(
        cost_of(
            resource("aws:lb/loadBalancer:LoadBalancer", subnets=["a", "b"]),
            resource("aws:ecr/repository:Repository", "images"),
            resource("aws:glue/job:Job", "import"),
        )
    )

    assert found == GOLDEN


@pytest.mark.parametrize("render", [table, lambda found: json.dumps(found.as_dict())])
def test_nothing_costs_nothing(render: Callable[[Cost], str]) -> None:
    """An empty manifest has a cost too."""
    assert "0.0" in render(cost_of())
