"""The rules and the program's own stacks."""

from datetime import date

import pytest

from gitops.manifest_policy import from_manifest
from policy.check import check
from policy.rule import Level
from policy.rules import RULES
from policy.stack import Stack
from policy.taggable import TAGGABLE
from render.manifest import Manifest
from tests.manifests import rendered
from tests.policy.sdk import input_names

TODAY = date(2026, 11, 24)


@pytest.fixture(scope="module", params=["dev", "prod"])
def manifest(request: pytest.FixtureRequest) -> Manifest:
    """Each stack in turn."""
    return rendered(request.param)


def test_relations_are_seen_in_the_program(manifest: Manifest) -> None:
    """Rules about relations would be silent if they could not tell what is related."""
    stack = Stack(manifest.stack, from_manifest(manifest))
    (balancer,) = stack.of_type("aws:lb/loadBalancer:LoadBalancer")
    (group,) = stack.of_type("aws:rds/subnetGroup:SubnetGroup")
    (instance,) = stack.of_type("aws:rds/instance:Instance")

    subnets = stack.targets(balancer, "subnets", "aws:ec2/subnet:Subnet")
    isolated = stack.targets(group, "subnetIds", "aws:ec2/subnet:Subnet")
    parameters = stack.targets(instance, "parameterGroupName", "aws:rds/parameterGroup:ParameterGroup")

    assert {one.name for one in subnets or []} == {"network-public-1", "network-public-2"}
    assert {one.name for one in isolated or []} == {"network-isolated-1", "network-isolated-2"}
    assert [one.name for one in parameters or []] == ["database"]


def test_enforcement_is_that_of_the_environment(manifest: Manifest) -> None:
    """Every violation has its rule's level there."""
    levels = {rule.name: rule.level(manifest.stack) for rule in RULES}
    violations = check(from_manifest(manifest), manifest.stack, TODAY)

    assert all(v.enforcement is levels[v.rule] for v in violations if v.rule in levels)
    assert Level.OFF not in {v.enforcement for v in violations}


# Pulumi's package warns of its own old names when it is imported.
@pytest.mark.filterwarnings(r"ignore:s3\..* has been deprecated:DeprecationWarning")
def test_every_taggable_type_of_the_program_is_known(manifest: Manifest) -> None:
    """A type that is missing from the list would never be asked for its tags."""
    types = {one.type for one in manifest.resources if one.custom and one.type.startswith("aws:")}

    assert {type_ for type_ in types if "tags" in input_names(type_)} <= TAGGABLE
