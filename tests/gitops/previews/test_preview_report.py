"""A preview as a person reads it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.engine_result import Change, Diagnostic, PolicyResult, PropertyChange, Result, Timing
from gitops.previews.report import MOST_CREATES, report
from gitops.previews.words import short_type
from tests.gitops.golden_preview.samples import HERE, PREVIEWS, change, preview

WORDS = st.sampled_from(["aws:ecs/service:Service", "stripe:index/price:Price", "odd", "a:b:c:d"])
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.sampled_from(["[unknown]", "[secret]", '{"a": [1', "[{}]"]),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)
NAMES = st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True)
CHANGES = st.builds(
    lambda op, type_, name, diff, reasons, protect, retained: Change(
        op=op,
        urn=f"urn:pulumi:dev::priceguard::{type_}::{name}",
        type=type_,
        name=name,
        diff=tuple(diff),
        reasons=tuple(reasons),
        protect=protect,
        retained=retained,
    ),
    st.sampled_from(["create", "update", "replace", "delete", "import", "discard"]),
    WORDS,
    NAMES,
    st.lists(
        st.builds(
            PropertyChange,
            path=st.text(),
            kind=st.sampled_from(["add", "delete", "update"]),
            before=VALUES,
            after=VALUES,
            replaces=st.booleans(),
        ),
        max_size=2,
    ),
    st.lists(st.text(), max_size=2),
    st.booleans(),
    st.booleans(),
)
RESULTS = st.builds(
    Result,
    changes=st.lists(CHANGES, max_size=5).map(tuple),
    unchanged=st.integers(0, 200),
    policy=st.lists(
        st.builds(PolicyResult, policy=st.text(), mandatory=st.booleans(), urn=st.text(), message=st.text()), max_size=3
    ).map(tuple),
    diagnostics=st.lists(
        st.builds(Diagnostic, severity=st.sampled_from(["error", "info"]), message=st.text(), urn=st.text()), max_size=2
    ).map(tuple),
    before=st.just(()),
    after=st.just(()),
    timing=st.builds(Timing, **dict.fromkeys(("total", "start", "program", "resources", "end"), st.floats(0, 600))),
)


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_reads_as_it_did(name: str) -> None:
    """The texts beside the samples. `python -m tests.gitops.golden_preview` writes them."""
    assert report(PREVIEWS[name], timing=name == "nothing_changes") == (HERE / f"{name}.txt").read_text()


@given(RESULTS, st.booleans())
def test_whatever_goes_is_named(result: Result, timing: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    """Of any result: each resource that is replaced or deleted, with its fate; and the count of all changes."""
    text = report(replace(PREVIEWS["nothing_changes"], result=result), timing=timing)

    lines = text.splitlines()
    for one in result.changes:
        if one.op in {"replace", "delete"}:
            mark = "±" if one.op == "replace" else "-"
            fate = ": REFUSED, because it is protected" if one.protect else ""
            assert any(line.startswith(f"{mark} {short_type(one.type)} {one.name}{fate}") for line in lines)
    assert ("nothing changes" in lines[-1]) == (not result.changes)
    assert all(character.isprintable() for line in text.split("\n") for character in line)


def test_many_creates_are_told_by_service() -> None:
    """One more than are shown one by one."""
    made = [change("create", "aws:ec2/subnet:Subnet", f"subnet-{place}") for place in range(MOST_CREATES + 1)]

    assert "+ ec2 Subnet subnet-0\n" in report(preview(*made[:-1]))
    assert "CREATE\n+ 31 ec2: 31 Subnet\n\n" in report(preview(*made))


@pytest.mark.parametrize(
    ("type_", "short"),
    [
        ("aws:ecs/service:Service", "ecs Service"),
        ("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "vpc SecurityGroupIngressRule"),
        ("awsx:ec2:Vpc", "awsx Vpc"),
        ("docker-build:index:Image", "docker-build Image"),
        ("pulumi-python:dynamic/netlify:DnsRecord", "netlify DnsRecord"),
        ("pulumi:providers:aws", "providers aws"),
        ("priceguard:database:Database", "priceguard Database"),
        ("odd", "odd"),
    ],
)
def test_types_are_short(type_: str, short: str) -> None:
    """The service, then what it is."""
    assert short_type(type_) == short


def test_a_preview_without_rules_and_prices() -> None:
    """Says only what there is."""
    bare = replace(preview(unchanged=1, policy=()), cost=None, cost_missing="nobody knows", exceptions=())

    assert (
        report(bare)
        == "cost: cannot be told, nobody knows\n\ndev: nothing changes, 1 resource is as the program says\n"
    )
