"""What the engine remembers and what really exists: each is told by the other."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from local.stack_state import made, remembered, resources, without_lost
from local.state import State
from render.registration import MASK, SECRET_SIGNATURE, SIGNATURE

PREFIX = "urn:pulumi:dev::priceguard::"
ROOT = {"urn": f"{PREFIX}pulumi:pulumi:Stack::priceguard-dev", "type": "pulumi:pulumi:Stack"}
AWS = f"{PREFIX}pulumi:providers:aws::aws"
SECRET = {SIGNATURE: SECRET_SIGNATURE, "plaintext": '"hunter2"'}


def resource(name: str, type_: str = "aws:ec2/vpc:Vpc", **more: Any) -> dict[str, Any]:
    """One that a provider has made, as the engine exports it."""
    urn = f"{PREFIX}{type_}::{name}"
    return {"urn": urn, "type": type_, "custom": True, "id": f"id-{name}", "parent": ROOT["urn"], **more}


def component(name: str, parent: str) -> dict[str, Any]:
    """One that groups others."""
    return {"urn": f"{PREFIX}priceguard:index:Part::{name}", "type": "priceguard:index:Part", "parent": parent}


@st.composite
def deployments(draw: st.DrawFn) -> dict[str, Any]:
    """Resources in components, with providers of their own or none, that depend on earlier ones."""
    found: list[dict[str, Any]] = [ROOT]
    for number in range(draw(st.integers(0, 8))):
        parent = draw(st.sampled_from([one["urn"] for one in found if one["type"] != "pulumi:providers:aws"]))
        kind = draw(st.sampled_from(["component", "provider", "resource", "resource"]))
        if kind == "component":
            found.append(component(f"c{number}", parent))
            continue
        on = draw(st.lists(st.sampled_from([one["urn"] for one in found]), max_size=2, unique=True))
        providers = ["", *(f"{one['urn']}::id" for one in found if one["type"] == "pulumi:providers:aws")]
        more = {"provider": draw(st.sampled_from(providers))} if kind == "resource" else {}
        found.append(
            resource(
                f"r{number}",
                "pulumi:providers:aws" if kind == "provider" else "aws:ec2/vpc:Vpc",
                parent=parent,
                dependencies=draw(st.sampled_from([on, None])),
                propertyDependencies=draw(st.sampled_from([{"vpcId": on, "name": None}, None])),
                **more,
            )
        )
    return {"manifest": {"time": "now"}, "resources": found, "pending_operations": [{"type": "creating"}]}


def pointed_at(one: dict[str, Any]) -> set[str]:
    """Every URN in a resource that must be there."""
    properties = [urn for urns in (one.get("propertyDependencies") or {}).values() for urn in urns or ()]
    provider = one.get("provider", "").rpartition("::")[0]
    return {*(one.get("dependencies") or ()), *properties, provider, one.get("parent", "")} - {""}


def lineage(deployment: dict[str, Any], exist: Collection[str]) -> set[str]:
    """The URNs of what exists, its provider, and what these are below of."""
    by_urn = {one["urn"]: one for one in resources(deployment)}
    found: set[str] = set()
    left = [by_urn[urn] for urn in exist if urn in by_urn]
    while left:
        one = left.pop()
        found.add(one["urn"])
        left += [by_urn[u] for u in (one.get("parent", ""), one.get("provider", "").rpartition("::")[0]) if u in by_urn]
    return found | {ROOT["urn"]}


@given(deployments(), st.data())
def test_what_is_lost_is_forgotten_and_all_else_stays(deployment: dict[str, Any], data: st.DataObject) -> None:
    """In its order, with what it is below of and its provider, and without a reference into nothing."""
    there = [one["urn"] for one in resources(deployment) if made(one)]
    exist = data.draw(st.sets(st.sampled_from(there)) if there else st.just(set[str]()))

    left = without_lost(deployment, exist)

    if exist == set(there):
        assert left is None
        return
    assert left is not None
    kept = {one["urn"]: one for one in left["resources"]}
    assert list(kept) == [one["urn"] for one in resources(deployment) if one["urn"] in lineage(deployment, exist)]
    assert {urn for one in kept.values() for urn in pointed_at(one)} <= kept.keys()
    assert (left["manifest"], left["pending_operations"]) == (deployment["manifest"], [])


@given(deployments(), st.data())
def test_what_stays_is_as_it_was(deployment: dict[str, Any], data: st.DataObject) -> None:
    """But for its dependencies on what is lost."""
    by_urn = {one["urn"]: one for one in resources(deployment)}
    exist = data.draw(st.sets(st.sampled_from(list(by_urn))))

    left = without_lost(deployment, exist) or {"resources": []}

    for one in left["resources"]:
        old = by_urn[one["urn"]]
        told = {"dependencies": None, "propertyDependencies": None}
        assert {**one, **told} == {**old, **told}
        kept = {other["urn"] for other in left["resources"]}
        assert pointed_at(one) == pointed_at(old) & kept


def test_an_empty_deployment_has_lost_nothing() -> None:
    """The engine writes null where there is none."""
    assert without_lost({"resources": None}, {"urn"}) is None
    assert without_lost({}, set()) is None
    assert without_lost({"resources": [ROOT]}, set()) is None


def test_one_that_waits_for_its_deletion_is_told_from_its_successor() -> None:
    """They have the same URN: each may exist without the other."""
    old, new = resource("endpoint", delete=True, id="old"), resource("endpoint", id="new")
    deployment = {"resources": [ROOT, new, old]}
    both = remembered(deployment, Path("state.json")).entries

    assert [entry.resource.id for entry in both.values()] == ["new", "old"]
    assert without_lost(deployment, both) is None
    for urn, entry in both.items():
        left = without_lost(deployment, {urn})
        assert left is not None
        assert [one.get("id") for one in left["resources"]] == [None, entry.resource.id]


def test_what_a_provider_made_is_remembered(tmp_path: Path) -> None:
    """In a file as the embedded runner writes it; the rest of the engine's memory is its own."""
    deployment = {
        "resources": [
            ROOT,
            component("network", ROOT["urn"]),
            resource("aws", "pulumi:providers:aws", inputs={"region": "us-east-1"}),
            resource("net", inputs={"cidrBlock": "10.0.0.0/16"}, outputs={"arn": "a"}, provider=f"{AWS}::id"),
            resource("db", "aws:rds/instance:Instance", protect=True, retainOnDelete=True, inputs={}, outputs={}),
            resource("bare", protect=False),
        ]
    }

    remembered(deployment, tmp_path / "state.json").save()

    entries = State.load(tmp_path / "state.json").entries
    assert [entry.resource.name for entry in entries.values()] == ["net", "db", "bare"]
    net, db, bare = entries.values()
    assert (net.resource.id, net.resource.inputs, net.resource.outputs) == (
        "id-net",
        {"cidrBlock": "10.0.0.0/16"},
        {"arn": "a"},
    )
    assert db.options == {"protect": True, "retainOnDelete": True}
    assert (bare.options, bare.resource.inputs, bare.resource.outputs) == ({}, {}, {})


def test_no_secret_is_remembered(tmp_path: Path) -> None:
    """The engine encrypts them; wherever one stands, in the open or not, the platform has a word for it."""
    inputs = {"password": SECRET, "deep": [{"er": SECRET}], "plain": "seen"}

    remembered({"resources": [resource("db", inputs=inputs, outputs=inputs)]}, tmp_path / "state.json").save()

    assert "hunter2" not in (tmp_path / "state.json").read_text()
    (entry,) = State.load(tmp_path / "state.json").entries.values()
    assert entry.resource.inputs == {"password": MASK, "deep": [{"er": MASK}], "plain": "seen"}
    assert entry.resource.outputs == entry.resource.inputs
