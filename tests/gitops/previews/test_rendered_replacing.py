"""Which properties replace a resource: as the stand-ins know it, and as CloudFormation does."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gitops.previews.rendered_changes import ALL, REPLACING, TABLE, TAGS
from render.manifest import Manifest, ManifestResource
from tests.gitops.previews.rendered_replacing import text
from tests.infra.schemas.conversion import schema_of
from tests.infra.schemas.planned import cloudformation
from tests.infra.schemas.rows import NO_TWIN, ROWS
from tests.manifests import rendered

RULES = ("cidrIpv4", "fromPort", "ipProtocol", "referencedSecurityGroupId", "toPort")
ONLY_THERE = {
    # CloudFormation makes these anew, and the provider that Pulumi's is made of changes them in place.
    "aws:budgets/budget:Budget": {
        *("budgetType", "costFilters", "limitAmount", "limitUnit", "notifications", "timeUnit"),
    },
    "aws:ec2/routeTableAssociation:RouteTableAssociation": {"routeTableId"},
    "aws:rds/instance:Instance": {"dbSubnetGroupName", "identifier"},
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {*RULES},
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": {*RULES},
}
ONLY_HERE = {
    # The other way round.
    "aws:acm/certificate:Certificate": {"validationMethod"},
    "aws:rds/instance:Instance": {"engine", "performanceInsightsKmsKeyId"},
    "aws:sns/topicPolicy:TopicPolicy": {"arn"},
}


@pytest.fixture(scope="module")
def manifests() -> list[Manifest]:
    """Both environments."""
    return [rendered("dev"), rendered("prod")]


def test_the_table_is_what_the_stand_ins_do(manifests: list[Manifest]) -> None:
    """For every type that the program uses. `python -m tests.gitops.previews.rendered_replacing` writes it."""
    assert TABLE.read_text() == text(manifests)


def test_it_differs_from_cloudformation_where_we_know_why(manifests: list[Manifest]) -> None:
    """AWS's own schemas say which properties cannot change, for every property that the program sets."""
    resources = {(one.type, *one.inputs): one for manifest in manifests for one in manifest.resources}
    judged = [one for one in resources.values() if one.type.startswith("aws:") and one.type not in NO_TWIN]
    ours = {(one.type, name) for one in judged for name in one.inputs if replaces(one.type, name)}
    theirs = {(one.type, name) for one in judged for name in fixed(one)}
    asked = {(one.type, name) for one in judged for name in one.inputs if name not in ROWS[one.type].absent}

    assert theirs - ours == pairs(ONLY_THERE)
    assert (ours & asked) - theirs == pairs(ONLY_HERE)


def replaces(type_: str, name: str) -> bool:
    """What the table says."""
    return name in REPLACING[type_] or (ALL in REPLACING[type_] and name != TAGS)


def fixed(resource: ManifestResource) -> Iterator[str]:
    """The inputs of a resource that CloudFormation cannot change in place."""
    row = ROWS[resource.type]
    once = {path.split("/")[2] for path in schema_of(row.twin).get("createOnlyProperties", ())}
    for name in resource.inputs.keys() - {*row.absent}:
        alone = cloudformation(replace(resource, inputs={name: resource.inputs[name]}))["Properties"]
        if (alone.keys() - row.added.keys()) & once:
            yield name


def pairs(known: dict[str, set[str]]) -> set[tuple[str, str]]:
    """Each type with each of its properties."""
    return {(type_, name) for type_, names in known.items() for name in names}
