"""The sealed plan: it covers itself and each part of itself, and nothing else."""

import json
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.engine_result import SECRET, UNKNOWN, Change, PolicyResult, ResourceState
from gitops.seals.seal import Seal, compare, seal
from gitops.seals.steps import canonical
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import INSTANCE, PREVIEWS, SERVICE, TASK, change, urn, violation

EMPTY = replace(PREVIEWS["nothing_changes"].result, changes=(), policy=(), unchanged=0)
IMAGE = "docker-build:index:Image"
REPOSITORY = "123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-dev"
CONTEXT: dict[str, Any] = {"revision": "a" * 40, "configuration": {"aws:region": "us-east-1"}, "requirements": "x==1\n"}

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text("ab{[]} ", max_size=3) | st.just(SECRET),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab."), inner, max_size=2),
    max_leaves=5,
)
PROPERTIES = st.dictionaries(st.sampled_from(["engine", "size", "tags"]), st.tuples(VALUES, VALUES), max_size=3)


def changes_of(names: list[str]) -> st.SearchStrategy[list[tuple[Change, dict[str, Any]]]]:
    """A change of any kind to each resource, with its inputs."""
    one = st.tuples(st.sampled_from(["create", "update", "replace", "delete"]), PROPERTIES, st.booleans())
    return st.lists(one, min_size=len(names), max_size=len(names)).map(
        lambda found: [
            (
                change(op, SERVICE, name, *(changed(path, *both, replaces=forces) for path, both in values.items())),
                {path: after for path, (_, after) in values.items()},
            )
            for name, (op, values, forces) in zip(names, found, strict=True)
        ]
    )


CHANGES = st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=5).flatmap(changes_of)
"""Each with the inputs that the resource has then."""


def state(one: Change, inputs: dict[str, Any]) -> ResourceState:
    """The resource of a change, as it is then."""
    known: dict[str, Any] = {"id": "", "custom": one.custom, "parent": "", "provider": "", "protect": False}
    return ResourceState(urn=one.urn, type=one.type, inputs=inputs, outputs={}, **known)


def sealed(*found: tuple[Change, dict[str, Any]] | Change, dev: bool = False, **more: Any) -> Seal:
    """The seal of a preview with these changes."""
    pairs = [(one, {}) if isinstance(one, Change) else one for one in found]
    result = replace(
        EMPTY,
        changes=tuple(one for one, _ in pairs),
        after=tuple(state(*pair) for pair in pairs),
        policy=more.pop("policy", ()),
    )
    return seal(result, **{**CONTEXT, **more}, wildcard_image=dev)


def updated(path: str, before: Any, after: Any, **more: Any) -> Seal:
    """The seal of one update."""
    return sealed(change("update", SERVICE, "api", changed(path, before, after)), **more)


def applies(approved: Seal, now: Seal) -> bool:
    """Whether an approval covers an update."""
    return compare(approved, now).applies


@given(CHANGES, st.data())
def test_a_seal_covers_itself_and_each_part_and_never_more(
    found: list[tuple[Change, dict[str, Any]]], data: st.DataObject
) -> None:
    """What is left out is gone; what comes in was not approved; the order says nothing."""
    part = data.draw(st.lists(st.sampled_from(found), unique_by=lambda pair: pair[0].urn)) if found else []
    whole, some = sealed(*found), sealed(*part)
    left = {one.urn for one, _ in found} - {one.urn for one, _ in part}

    assert sealed(*data.draw(st.permutations(found))) == whole
    assert applies(whole, whole)
    assert not compare(whole, whole).gone
    assert applies(whole, some)
    assert {one.urn for one in compare(whole, some).gone} == left
    assert applies(some, whole) == (not left)
    assert {one.step.urn for one in compare(some, whole).added} == left
    assert (some.digest == whole.digest) == (not left)


@given(CHANGES)
def test_a_seal_travels_as_json(found: list[tuple[Change, dict[str, Any]]]) -> None:
    """And is the same on the other side."""
    there = sealed(*found, policy=(violation("database-multi-az", INSTANCE, "database", "no"),))
    back = msgspec.json.decode(msgspec.json.encode(there), type=Seal, strict=True)

    assert back == there
    assert back.digest == there.digest


@given(VALUES, VALUES, VALUES, st.sampled_from(["create", "update"]))
def test_another_value_is_another_step(before: Any, one: Any, other: Any, op: str) -> None:
    """However deep it stands, and whether it comes or was there."""
    first, second = (
        sealed((change(op, SERVICE, "api", changed("p", before, value)), {"p": value})) for value in (one, other)
    )
    said = [canonical(json_of(value)) for value in (one, other)]

    assert applies(first, second) == applies(second, first) == (said[0] == said[1])


def json_of(value: Any) -> Any:
    """A value with all text taken apart that is JSON, and nothing where a key or a whole value is null."""
    if isinstance(value, str) and value.lstrip().startswith(("{", "[")):
        try:
            return json_of(json.loads(value))
        except ValueError:
            return value
    if isinstance(value, dict):
        return {name: json_of(item) for name, item in value.items()}
    return [json_of(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("approved", "now"),
    [
        (updated("size", 12, 20), updated("size", 31, 20)),
        (updated("size", 12, 20), updated("size", 12, 20.5)),
        (updated("on", [1, 1], [1, 2]), updated("on", [1, 1], [True, 2])),
        (updated("command", ["a", "b", "c"], ["b", "c"]), updated("command", ["a", "b", "c"], ["c", "b"])),
        (updated("size", 12, 20), updated("size", 12, UNKNOWN)),
        (updated("key", "a", SECRET), updated("key", "a", "b")),
        (updated("key", SECRET, SECRET), updated("other", SECRET, SECRET)),
        (updated("env.REVISION", "a", "b"), updated("env.REVISION", "a", "c")),
        (updated("tags", {}, {"a.b": "c"}), updated("tags", {}, {"a": {"b": "c"}})),
        (updated("size", 12, 20), sealed(change("replace", SERVICE, "api", changed("size", 12, 20)))),
        (
            sealed(change("replace", SERVICE, "api", changed("size", 12, 20))),
            sealed(change("replace", SERVICE, "api", changed("size", 12, 20, replaces=True))),
        ),
        (sealed(change("delete", SERVICE, "api", retained=True)), sealed(change("delete", SERVICE, "api"))),
        (sealed((change("create", SERVICE, "api"), {"key": UNKNOWN})), sealed(change("create", SERVICE, "api"))),
    ],
)
def test_what_voids_an_approval(approved: Seal, now: Seal) -> None:
    """Another start or end, another type, another order, another operation, and a loss that was none."""
    (added,) = compare(approved, now).added

    assert added.instead == approved.steps[0]
    assert not compare(approved, now).gone
    assert approved.digest != now.digest


def test_what_was_not_known_may_become_anything() -> None:
    """As after an update that stopped halfway: what it made has a name now; what was known stays as it was."""
    approved = updated("groups", [], [{"name": "a", "id": UNKNOWN}, UNKNOWN])

    assert applies(approved, updated("groups", [], [{"name": "a", "id": UNKNOWN}, UNKNOWN]))
    assert applies(updated("p", "a", UNKNOWN), updated("p", "another", {"inner": ["x"]}))
    assert updated("p", {"x": 1}, UNKNOWN) == updated("p", {"x": 2}, UNKNOWN)
    assert applies(updated("groups", [], ["x", UNKNOWN]), updated("groups", [], ["x", "sg-1"]))
    assert not applies(updated("groups", [], ["x", UNKNOWN]), updated("groups", [], ["y", "sg-1"]))
    assert not applies(updated("groups", [], ["x", UNKNOWN]), updated("groups", [], ["x", "sg-1", "sg-2"]))


def test_another_deployment_in_between_voids_nothing_that_it_did_not_touch() -> None:
    """Beside the value that was approved others have moved, and the task definition has another number."""

    def task(level: str, price: str, number: int) -> Change:
        words = [{"name": "api", "environment": [{"name": "LOG", "value": level}, {"name": "PRICES", "value": price}]}]
        wanted = json.dumps(words).replace(level, "DEBUG")
        old, new = (f"arn:aws:ecs:us-east-1:1:task-definition/priceguard-dev:{place}" for place in (number, number + 1))
        containers = changed("containerDefinitions", json.dumps(words), wanted)
        return change("update", TASK, "api", containers, changed("taskDefinition", old, new))

    assert applies(sealed(task("INFO", "1", 7)), sealed(task("INFO", "2", 8), revision="b" * 40))
    assert not applies(sealed(task("INFO", "1", 7)), sealed(task("ERROR", "1", 8)))


def test_an_image_that_is_built_is_a_wildcard() -> None:
    """Its name, its digest and its commit, before and after, but not its repository; in prod each of them counts."""

    def release(digit: str, repository: str = REPOSITORY, *, dev: bool = True) -> Seal:
        commit, old = digit * 40, "9" * 40 if digit == "1" else "8" * 40
        image = f"{repository}@sha256:{digit * 64}"
        task = [{"name": "REVISION", "value": commit}, {"name": "PORT", "value": "8000"}]
        was = [{"name": "api", "image": f"{REPOSITORY}@sha256:{old[0] * 64}", "environment": []}]
        build = {"buildArgs": {"REVISION": commit, "SOURCE": "x"}, "tags": [f"{repository}:sha-{commit}"]}
        comes = [{"name": "api", "image": image, "environment": task}]
        return sealed(
            (change("create", IMAGE, f"sha-{commit}"), build),
            change("delete", IMAGE, f"sha-{old}", retained=True),
            change("replace", TASK, "api", changed("containerDefinitions", json.dumps(was), json.dumps(comes))),
            dev=dev,
        )

    assert release("1") == release("2")
    assert {one.urn for one in release("1").steps} == {urn(IMAGE, "sha-*"), urn(TASK, "api")}
    assert len(compare(release("1"), release("2", repository="elsewhere")).added) == 2
    assert len(compare(release("1", dev=False), release("2", dev=False)).added) == 3


def test_the_end_of_a_name_that_the_engine_makes_does_not_count() -> None:
    """Neither where it is made nor where another resource names it, nor a provider's own note; a name of ours does."""

    def named(name: str) -> Seal:
        user = change("update", SERVICE, "api", changed("group", "old", f"arn:{name}"))
        return sealed((change("create", TASK, "group"), {"name": name, "__defaults": [name[-1]]}), user)

    assert named("group-0a1b2c3") == named("group-fffffff")
    assert len(compare(named("group-0a1b2c3"), named("group-of-us")).added) == 2


def test_components_and_providers_are_no_steps() -> None:
    """They stand in what is below them."""
    assert sealed(change("create", "priceguard:image:Image", "image", custom=False)).steps == ()


def test_the_context_is_told_and_voids_nothing() -> None:
    """Each part of it by itself."""
    others: dict[str, Any] = {
        "revision": "b" * 40,
        "configuration": {"aws:region": "eu-west-1"},
        "requirements": "x==2\n",
        "policy": (PolicyResult(policy="p", mandatory=False, urn="", message="advice"),),
    }
    for name, value in others.items():
        found = compare(sealed(), sealed(**{name: value}))

        assert (found.context, found.applies) == ((name,), True)
    assert sealed(configuration={"a": 1, "b": 2}) == sealed(configuration={"b": 2, "a": 1})


def test_a_new_mandatory_result_voids_an_approval() -> None:
    """One that was there does not, nor one that is gone; the same rule may find something else."""
    advice, rule = (PolicyResult(policy="p", mandatory=mandatory, urn="u", message="a") for mandatory in (False, True))
    more = replace(rule, message="b")

    assert applies(sealed(policy=(rule,)), sealed(policy=(rule,)))
    assert applies(sealed(policy=(rule, more)), sealed(policy=(more,)))
    assert [one.policy for one in compare(sealed(policy=(advice,)), sealed(policy=(rule,))).refusals] == ["p"]
    assert not applies(sealed(policy=(rule,)), sealed(policy=(rule, more)))
