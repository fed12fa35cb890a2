"""The rendered diff: what differs between two programs, what that replaces, and what follows from a replacement."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.engine_result import UNKNOWN, Change
from gitops.manifest_policy import judge
from gitops.previews.preview import examine
from gitops.previews.rendered import compare
from gitops.previews.rendered_changes import changes
from render.manifest import Manifest, ManifestResource
from render.program import run
from tests.manifests import rendered
from tests.render.test_cost import manifest, resource

VPC, SUBNET, TASK, SERVICE = (
    "aws:ec2/vpc:Vpc",
    "aws:ec2/subnet:Subnet",
    "aws:ecs/taskDefinition:TaskDefinition",
    "aws:ecs/service:Service",
)
NETWORK = resource(VPC, cidrBlock="10.0.0.0/16", tags={"Name": "a"})
INSIDE = resource(SUBNET, "one", vpcId=f"${{{VPC}::api.id}}", cidrBlock="10.0.0.0/24")
VALUES = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["a", '{"a": 1}', f"${{{VPC}::a.id}}"])
RESOURCES = st.dictionaries(
    st.tuples(st.sampled_from([VPC, SUBNET, TASK, "priceguard:network:Network"]), st.sampled_from("abc")),
    st.dictionaries(st.sampled_from(["vpcId", "cidrBlock", "tags"]), VALUES, max_size=3),
    max_size=6,
)


@pytest.fixture(scope="module")
def prod() -> Manifest:
    """The prod environment."""
    return rendered("prod")


def changed(old: ManifestResource, **inputs: Any) -> dict[str, Change]:
    """What a resource's other inputs do, by logical name."""
    new = replace(old, inputs={name: value for name, value in {**old.inputs, **inputs}.items() if value is not None})
    return named(compare(manifest(old, INSIDE), manifest(new, INSIDE)).changes)


def named(found: tuple[Change, ...]) -> dict[str, Change]:
    """By logical name."""
    return {one.name: one for one in found}


def made(found: Mapping[tuple[str, str], dict[str, Any]]) -> Manifest:
    """A manifest of resources by type and name."""
    return manifest(*(resource(type_, name, **inputs) for (type_, name), inputs in found.items()))


def test_an_unchanged_program_changes_nothing(prod: Manifest) -> None:
    """And says how many resources that is, what the rules find, and what it costs."""
    found = compare(prod, prod)
    preview = examine("prod", found, {}, declared=lambda: prod, rendered=True)

    assert (found.changes, found.diagnostics, found.unchanged) == ((), (), len(prod.resources))
    assert {one.policy for one in found.policy} == {
        one.rule for one in judge(prod, dt.datetime.now(tz=dt.UTC).date()).advisory
    }
    assert not preview.blocked
    assert preview.cost
    assert preview.cost.monthly == 0
    assert preview.cost.before.monthly > 0


def test_a_program_without_a_former_one_makes_everything(prod: Manifest) -> None:
    """With its cost, and a picture of it."""
    found = compare(None, prod)
    preview = examine("prod", found, {}, declared=lambda: prod, rendered=True)

    assert {one.op for one in found.changes} == {"create"}
    assert len(found.changes) == len(prod.resources)
    assert preview.cost
    assert preview.cost.before.monthly == 0
    assert preview.picture.startswith("flowchart TB\n")


def test_what_stands_on_a_replacement_follows_it(prod: Manifest) -> None:
    """Another network: its subnets are made anew, and the database gets others; nothing of the secrets changes."""
    listed = compare(prod, run("prod", {"priceguard:vpcCidr": "10.40.0.0/16"})).changes
    found = named(listed)

    assert [(one.op, one.reasons) for one in listed if one.type == VPC] == [("replace", ("cidrBlock",))]
    assert found["network-private-1"].reasons == ("cidrBlock", "vpcId")
    (groups,) = [one for change in listed if "rds/instance" in change.type for one in change.diff]
    assert (groups.path, groups.after, groups.replaces) == ("vpcSecurityGroupIds", [UNKNOWN], False)
    assert "database-url" not in found
    assert not [one for one in found.values() if one.op in {"create", "delete"}]


def test_a_setting_of_the_api_rolls_it(prod: Manifest) -> None:
    """A task definition is made anew and the old one stays; the service gets to know the new one after the update."""
    found = compare(prod, run("prod", {"priceguard:logLevel": "DEBUG"})).changes

    assert [(one.op, one.type, one.retained) for one in found] == [
        ("update", SERVICE, False),
        ("replace", TASK, True),
    ]
    assert [(one.path, one.after) for one in found[0].diff] == [("taskDefinition", UNKNOWN)]


def test_what_is_protected_is_refused(prod: Manifest) -> None:
    """As the engine refuses it."""
    without = replace(prod, resources=tuple(one for one in prod.resources if one.type != "aws:rds/instance:Instance"))
    found = compare(prod, without)

    assert [(one.op, one.protect) for one in found.changes] == [("delete", True)]
    assert examine("prod", found, {}, declared=lambda: without).refused


def test_what_the_rules_refuse_is_refused(prod: Manifest) -> None:
    """With the rule's own words, as the engine tells them."""
    open_ = [
        replace(one, inputs={**one.inputs, "storageEncrypted": False}) if one.type.startswith("aws:rds/inst") else one
        for one in prod.resources
    ]
    (found,) = [one for one in compare(prod, replace(prod, resources=tuple(open_))).policy if one.mandatory]

    assert found.message.splitlines()[0].endswith(found.policy)
    assert "storageEncrypted is false" in found.message


@pytest.mark.parametrize(
    ("inputs", "op"),
    [
        ({"tags": {"Name": "b"}}, "update"),
        ({"cidrBlock": "10.1.0.0/16"}, "replace"),
        ({"cidrBlock": None}, "replace"),
        ({"enableDnsHostnames": True}, "update"),
    ],
)
def test_only_some_properties_replace(inputs: dict[str, Any], op: str) -> None:
    """And then what names the resource follows."""
    found = changed(NETWORK, **inputs)

    assert found["api"].op == op
    assert ("one" in found) == (op == "replace")


def test_what_is_written_otherwise_is_no_change() -> None:
    """JSON in another order; but true is not 1."""
    policy = resource("aws:iam/rolePolicy:RolePolicy", policy='{"a": 1, "b": true}')

    assert not changed(policy, policy='{"b": true, "a": 1}')
    assert changed(policy, policy='{"b": 1, "a": 1}')["api"].op == "update"


def test_options_count() -> None:
    """What the program ignores is none, what it wants replaced is, what it retains stays."""
    ignoring = replace(NETWORK, options={"ignoreChanges": ["cidrBlock"]})
    forcing = replace(NETWORK, options={"replaceOnChanges": ["tags"], "retainOnDelete": True})

    assert not changed(ignoring, cidrBlock="10.1.0.0/16")
    assert changed(replace(NETWORK, options={"ignoreChanges": ["*"]}), tags={}) == {}
    found = changed(forcing, tags={"Name": "b"})["api"]
    assert (found.op, found.reasons, found.retained) == ("replace", ("tags",), True)
    assert compare(manifest(forcing), manifest()).changes[0].retained


def test_a_type_that_is_not_known_is_warned_of() -> None:
    """An update of it may be a replacement; to make one is nothing special."""
    old = resource("aws:glue/job:Job", "report", command="a")
    found = compare(manifest(old), manifest(replace(old, inputs={"command": "b"})))

    assert [one.severity for one in found.diagnostics] == ["warning"]
    assert "glue Job" in found.diagnostics[0].message
    assert not compare(None, manifest(old)).diagnostics


def test_a_secret_shows_only_that_it_is_one(prod: Manifest) -> None:
    """Neither before nor after."""
    plain = json.dumps([one.inputs for one in prod.resources if one.name == "database"])
    found = compare(None, prod)

    assert '"password": "[secret]"' in plain
    assert {one.inputs["password"] for one in found.after if "password" in one.inputs} == {"[secret]"}


@settings(deadline=None)
@given(RESOURCES, RESOURCES)
def test_every_resource_is_accounted_for(before: Any, after: Any) -> None:
    """Each once: what is new is created, what lacks is deleted, the rest stays or differs in what is told."""
    old, new = made(before), made(after)
    found = changes(old, new)
    ops = {one.urn: one.op for one in found}
    was, comes = ({one.urn for one in side.resources} for side in (old, new))

    assert len(ops) == len(found)
    assert {urn for urn, op in ops.items() if op == "create"} == comes - was
    assert {urn for urn, op in ops.items() if op == "delete"} == was - comes
    assert all(one.diff for one in found if one.op in {"update", "replace"})
    assert not changes(new, new)
