"""What says the same: however AWS orders and spells it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.providers.comparison import as_said
from local.providers.errors import Refusal
from local.providers.expressions import evaluate

leaves = st.text(min_size=1) | st.integers(1) | st.booleans()
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


def rewritten(value: Any) -> Any:
    """The same as AWS may say it."""
    if isinstance(value, dict):
        return {**{k: rewritten(v) for k, v in reversed(value.items())}, "more than 5 characters": False}
    if isinstance(value, list):
        return [rewritten(item) for item in reversed(value)]
    return str(value).lower() if isinstance(value, bool) else str(value)


@given(said=values)
def test_what_says_the_same_is_left_as_the_program_says_it(said: Any) -> None:
    """Order, texts of numbers, and what is false where the program says nothing."""
    assert as_said(said, rewritten(said)) == said


@given(said=values, more=leaves.filter(bool))
def test_more_is_a_difference_unless_aws_fills_it_in(said: Any, more: Any) -> None:
    """Inside of what the program says, too."""
    inner = {"said": said}
    there = {"outer": {**inner, "more": more}}

    assert as_said({"outer": inner}, there) == there
    assert as_said({"outer": inner}, there, filled=True) == {"outer": inner}


@pytest.mark.parametrize(
    ("said", "there"),
    [
        ({"action": {"block": {}}}, {"action": {"count": {}}}),
        ([{"a": 1}, {"a": 2}], [{"a": 1}, {"a": 1}]),
        ([1, 1], [1, 2]),
        ([1], [1, 1]),
        ({"a": 1}, {}),
        ({"a": True}, {"a": False}),
        ("None", None),
        ("", "x"),
    ],
)
def test_what_says_something_else_is_seen(said: Any, there: Any) -> None:
    """Both ways."""
    assert as_said(said, there) == there
    assert as_said(there, said) == said


def test_of_a_difference_only_the_difference_is_other() -> None:
    """The rest is as the program says it, so that a diff is short."""
    said = {"port": "443", "rules": [{"n": 1}, {"n": "2"}]}

    assert as_said(said, {"port": 443, "rules": [{"n": 2}, {"n": 3}]}) == {
        "port": "443",
        "rules": [{"n": "2"}, {"n": 3}],
    }


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("pairs(Tags, 'Key', 'Value')", {"A": "b", "C": None}),
        ("pairs(Nothing, 'Key', 'Value')", {}),
        ("where(Tags, 'Key', Name).Value", "b"),
        ("where(Tags, 'Key', 'D')", None),
        ("where(Nothing, 'Key', 'D')", None),
        ("listed(Map, 'name', 'values')", [{"name": "K", "values": [1]}]),
        ("listed(Nothing, 'name', 'values')", None),
        (
            "[plain('60'), plain('true'), plain('defensive'), plain(Nothing), plain('')]",
            [60, True, "defensive", None, ""],
        ),
        ("spelt(Rules)", [{"sseAlgorithm": "A", "kmsMasterKeyId": "k", "cloudwatchMetricsEnabled": True, "id": "/x"}]),
        ("spelt(Nothing)", None),
    ],
)
def test_functions_of_expressions(expression: str, found: Any) -> None:
    """What rows use to tell a property as the program says it."""
    rule = {"SSEAlgorithm": "A", "KMSMasterKeyID": "k", "CloudWatchMetricsEnabled": True, "ID": b"/x"}
    answer = {"Tags": [{"Key": "A", "Value": "b"}, {"Key": "C"}], "Name": "A", "Map": {"K": [1]}, "Rules": [rule]}

    assert evaluate(expression, answer) == found


@pytest.mark.parametrize(
    ("code", "gone"),
    [
        *((code, True) for code in ("NoSuchEntity", "InvalidVpcID.NotFound", "DBInstanceNotFound")),
        *((code, True) for code in ("WAFNonexistentItemException", "OwnershipControlsNotFoundError")),
        *((code, False) for code in ("", "AccessDenied", "ThrottlingException", "500", "ValidationError")),
    ],
)
def test_only_some_refusals_mean_that_there_is_no_such_thing(code: str, gone: bool) -> None:  # noqa: FBT001
    """Whoever may not look has not seen that it is gone."""
    assert Refusal("no", code=code).gone is gone
