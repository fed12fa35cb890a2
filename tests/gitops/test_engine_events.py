"""From the events that Pulumi's engine sends to what it did."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulumi.automation.events import EngineEvent

from gitops.engine_events import Collector
from gitops.engine_result import Diagnostic, Result

VPC = "aws:ec2/vpc:Vpc"
COMPONENT = "priceguard:index:Network"
DYNAMIC = "pulumi:providers:pulumi-python"
OPS = ("same", "create", "update", "delete", "replace", "create-replacement", "delete-replaced", "read", "refresh")


def urn(name: str, type_: str = VPC) -> str:
    """That of a resource in a component."""
    return f"urn:pulumi:dev::priceguard::{COMPONENT}${type_}::{name}"


def state(name: str, inputs: dict[str, Any], type_: str = VPC, **more: Any) -> dict[str, Any]:
    """One side of a step."""
    given = {"urn": urn(name, type_), "type": type_, "custom": True, "id": f"id-{name}", "inputs": inputs}
    return {**given, "parent": "", "provider": "", "outputs": inputs, **more}


def steps(op: str, name: str, old: Any = None, new: Any = None, *, type_: str = VPC, **more: Any) -> list[Any]:
    """The two events of a step: it begins, it is done."""
    sides = {"old": old and state(name, old, type_), "new": new and state(name, new, type_)}
    metadata = {"op": op, "urn": urn(name, type_), "type": type_, "provider": "", **sides, **more}
    return [{kind: {"metadata": metadata}} for kind in ("resourcePreEvent", "resOutputsEvent")]


def policy(message: str, level: str = "mandatory") -> dict[str, Any]:
    """A rule that has found something."""
    return {"policyEvent": {"policyName": "no-open-port", "enforcementLevel": level, "message": message}}


def said(severity: str, message: str, **more: Any) -> dict[str, Any]:
    """Something that was said."""
    return {"diagnosticEvent": {"severity": severity, "message": message, **more}}


def collected(*events: dict[str, Any]) -> tuple[Result, list[dict[str, Any]]]:
    """What events come to, and what was reported meanwhile."""
    reported: list[dict[str, Any]] = []
    collector = Collector(reported.append)
    for sequence, event in enumerate(events):
        collector.take(EngineEvent.from_json({"sequence": sequence, "timestamp": 0, **event}))
    collector.close()
    return collector.result(), reported


def diff(**kinds: str) -> dict[str, Any]:
    """A detailed difference."""
    return {path: {"diffKind": kind, "inputDiff": True} for path, kind in kinds.items()}


A, B = {"cidrBlock": "10.0.0.0/16"}, {"cidrBlock": "10.1.0.0/16"}
REPLACEMENT = [
    *steps("create-replacement", "net", A, B, keys=["cidrBlock"], detailedDiff=diff(cidrBlock="update-replace")),
    *steps("replace", "net", A, B, keys=["cidrBlock"], detailedDiff=diff(cidrBlock="update-replace")),
    *steps("delete-replaced", "net", A),
]


def test_each_resource_is_one_change_or_none() -> None:
    """Of a type without its parents' and a logical name."""
    result, reported = collected(
        {"preludeEvent": {"config": {}}},
        *steps("same", "kept", A, A),
        *steps("create", "new", new=A),
        *steps("update", "changed", A, B, diffs=["cidrBlock"]),
        *steps("delete", "gone", A),
        *REPLACEMENT,
        {"summaryEvent": {"maybeCorrupt": False, "durationSeconds": 1, "resourceChanges": {"create": 1}}},
    )

    assert [(change.op, change.type, change.name) for change in result.changes] == [
        ("create", VPC, "new"),
        ("update", VPC, "changed"),
        ("delete", VPC, "gone"),
        ("replace", VPC, "net"),
    ]
    assert result.unchanged == 1
    assert [(told["op"], told["name"], told["changed"]) for told in reported] == [
        ("same", "kept", []),
        ("create", "new", []),
        ("update", "changed", ["cidrBlock"]),
        ("delete", "gone", []),
        ("replace", "net", ["cidrBlock"]),
    ]


@pytest.mark.parametrize("order", [REPLACEMENT, REPLACEMENT[4:] + REPLACEMENT[:4]], ids=["after", "before"])
def test_a_replacement_says_why(order: list[dict[str, Any]]) -> None:
    """Whether the old one goes after the new one has come, or before: each is there once, before and after."""
    result, _ = collected(*order)

    (change,) = result.changes
    assert (change.op, change.reasons) == ("replace", ("cidrBlock",))
    assert [(one.before, one.after, one.replaces) for one in change.diff] == [("10.0.0.0/16", "10.1.0.0/16", True)]
    assert [one.inputs for one in result.before] == [A]
    assert [one.inputs for one in result.after] == [B]


def test_what_is_protected_or_kept_is_told() -> None:
    """The first must not go, the second goes from the stack only."""
    event = steps("delete", "net", A)[1]
    event["resOutputsEvent"]["metadata"]["old"] |= {"protect": True, "retainOnDelete": True}

    (change,) = collected(event)[0].changes

    assert (change.protect, change.retained) == (True, True)


def test_the_provider_of_dynamic_resources_does_not_count() -> None:
    """It is given the whole configuration, so it differs with every key of that."""
    result, reported = collected(*steps("update", "default", A, B, type_=DYNAMIC, diffs=["cidrBlock"]))

    assert (result.changes, result.unchanged, reported) == ((), 0, [])
    assert [one.type for one in result.after] == [DYNAMIC]


def test_a_component_is_no_resource_that_is_reported() -> None:
    """It is made of others; a preview shows it all the same."""
    events = steps("create", "network", new=A, type_=COMPONENT)
    for event in events:
        next(iter(event.values()))["metadata"]["new"]["custom"] = False

    result, reported = collected(*events)

    assert ([change.op for change in result.changes], reported) == (["create"], [])


def test_what_drifted_is_told_by_what_came_of_it() -> None:
    """A refresh begins as one, and ends as what it has found."""
    result, reported = collected(
        steps("refresh", "net", A)[0],
        steps("update", "net", A, B, diffs=["cidrBlock"])[1],
        steps("refresh", "gone", A)[0],
        steps("delete", "gone", A)[1],
        steps("refresh", "kept", A)[0],
        steps("same", "kept", A, A)[1],
    )

    assert [(change.op, change.name) for change in result.changes] == [("update", "net"), ("delete", "gone")]
    assert result.unchanged == 1
    assert [told["name"] for told in reported] == ["net", "gone", "kept"]
    assert {one.urn for one in result.before} == {urn("net"), urn("gone"), urn("kept")}
    assert {one.urn: one.inputs for one in result.after} == {urn("net"): B, urn("kept"): A}


def test_a_rule_that_tells_twice_is_heard_once() -> None:
    """As one over the whole stack may; colours are for terminals."""
    open_port, advice = policy("<{%reset%}>port 22 is open<{%reset%}>\n"), policy("small", "advisory")

    result, _ = collected(open_port, advice, open_port, policy("port 23 is open"))

    found = [(one.policy, one.mandatory, one.message) for one in result.policy]
    assert found == [
        ("no-open-port", True, "port 22 is open"),
        ("no-open-port", False, "small"),
        ("no-open-port", True, "port 23 is open"),
    ]


def test_what_was_said_is_kept_without_colours() -> None:
    """But for what is shown for a moment only, and for who looks for mistakes in the engine."""
    result, _ = collected(
        said("error", "<{%fg 1%}>error:<{%reset%}> \x1b[31mno\x1b[0m such thing\n", urn=urn("net")),
        said("info", "building", ephemeral=True),
        said("debug", "port 1234"),
        said("info#err", "a warning of Python's"),
    )

    assert result.diagnostics == (
        Diagnostic(severity="error", message="error: no such thing", urn=urn("net")),
        Diagnostic(severity="info#err", message="a warning of Python's", urn=""),
    )


def test_the_phases_are_the_whole_time() -> None:
    """Of a command that was interrupted, too: what had not begun has taken nothing."""
    for events in ([{"preludeEvent": {"config": {}}}, *steps("same", "net", A, A)], []):
        timing = collected(*events)[0].timing

        phases = (timing.start, timing.program, timing.resources, timing.end)
        assert sum(phases) == pytest.approx(timing.total, abs=0.03)
        assert min(phases) >= 0


EVENTS = st.one_of(
    st.builds(
        lambda op, name, type_, old, new, done: steps(op, name, old, new, type_=type_, diffs=["cidrBlock"])[done],
        st.sampled_from(OPS),
        st.sampled_from(["a", "b", "c"]),
        st.sampled_from([VPC, DYNAMIC]),
        st.sampled_from([A, B, None]),
        st.sampled_from([A, B, None]),
        st.integers(0, 1),
    ),
    st.sampled_from([{"preludeEvent": {"config": {}}}, {"cancelEvent": {}}, policy("x"), said("error", "x"), {}]),
)


@given(st.lists(EVENTS, max_size=12))
def test_whatever_comes_in_whatever_order_adds_up(events: list[dict[str, Any]]) -> None:
    """Each step of each resource is one change or unchanged; none is lost, none counts twice."""
    result, reported = collected(*events)

    parts = {"create-replacement", "delete-replaced", "read", "refresh"}
    told = {
        (step["urn"], step["op"])
        for event in events
        for step in [next(iter(event.values()), {}).get("metadata")]
        if step and step["type"] != DYNAMIC and step["op"] not in parts
    }
    counts = Counter(op for _, op in told)
    assert Counter(change.op for change in result.changes) + Counter(same=result.unchanged) == counts
    assert len(result.before) == len({one.urn for one in result.before})
    assert {one["op"] for one in reported} <= {*OPS} - {"create-replacement", "delete-replaced"}
