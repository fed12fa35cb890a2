"""What differs between two values."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.engine_result import UNKNOWN
from gitops.previews.values import LONGEST, MOST_PATHS, arrow, differences, lines
from tests.gitops.engine_states import changed

POLICY = {"Statement": [{"Sid": "Read", "Action": ["s3:Get", "s3:List"]}, {"Sid": "Tls", "Effect": "Deny"}]}
MORE = {
    "Statement": [{"Sid": "New"}, {"Sid": "Tls", "Effect": "Deny"}, {"Sid": "Read", "Action": ["s3:List", "s3:Put"]}]
}
LONG = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/"


def said(before: Any, after: Any) -> list[str]:
    """The lines for a property `p`."""
    return list(lines(changed("p", before, after)))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (1, 2, ["p: 1 → 2"]),
        (True, None, ["p: true → (none)"]),
        ("", "x", ['p: "" → x']),
        ("a", UNKNOWN, ["p: a → known after the update"]),
        (["a", "b"], UNKNOWN, ["p: a, b → known after the update"]),
        ("[secret]", "[secret]", ["p: [secret] → another [secret]"]),
        (None, None, ["p: differs"]),
        ("two\nlines\x1b[31m", "x", ["p: two lines [31m → x"]),
        ({"a": {"b": 1, "c": 2}}, {"a": {"b": 1, "c": 3, "d": "x"}}, ["p.a.c: 2 → 3", "p.a.d: (none) → x"]),
        (["a", "b", "c"], ["b", "c", "d"], ["p: a → d"]),
        (["a"], ["a", "b"], ["p: (none) → b"]),
        (["a", "b"], ["b", "a"], ["p: a, b → b, a"]),
        ([{"port": 1}], [{"port": 2}, {"port": 3}], ["p[0].port: 1 → 2", 'p[1]: (none) → {"port": 3}']),
        (json.dumps(POLICY), json.dumps(POLICY, indent=1), ["p: the same, written otherwise"]),
        ('{"a": 1', '{"a": 2', ['p: {"a": 1 → {"a": 2']),
    ],
)
def test_only_what_differs_is_said(before: Any, after: Any, expected: list[str]) -> None:
    """By its path, in words."""
    assert said(before, after) == expected


def test_json_text_is_compared_by_what_it_says() -> None:
    """Elements are told apart by their names: a new one in front is no change of those behind it."""
    assert said(json.dumps(POLICY), json.dumps(MORE)) == [
        "p.Statement[Read].Action: s3:Get → s3:Put",
        'p.Statement[New]: (none) → {"Sid": "New"}',
    ]


@pytest.mark.parametrize("ends", [("a", "b"), (f"a{'x' * 60}", f"b{'x' * 60}"), ("", "x" * 60)])
def test_long_values_do_not_look_the_same(ends: tuple[str, str]) -> None:
    """Wherever they differ: in front, in the middle, at the end."""
    for text in (LONG + ends[0], LONG + ends[1]), (ends[0] + LONG, ends[1] + LONG):
        before, after = arrow(*text).split(" → ")

        assert before != after
        assert max(len(before), len(after)) <= LONGEST


def test_a_property_that_differs_everywhere_is_cut() -> None:
    """With the number of the rest."""
    found = said({str(place): 1 for place in range(50)}, {str(place): 2 for place in range(50)})

    assert found[MOST_PATHS:] == [f"p: and {50 - MOST_PATHS} more"]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "Sid", "a"]), inner, max_size=2)
        | inner.map(json.dumps)
    ),
    max_leaves=6,
)


@given(VALUES, VALUES)
def test_what_differs_is_found_and_nothing_else(before: Any, after: Any) -> None:
    """Of the same value nothing; there is always a line, and each is of the property."""
    assert list(differences("p", before, before)) == []
    assert all(old != new for _, old, new in differences("p", before, after))
    assert said(before, after)
    assert all(line.startswith("p") for line in said(before, after))
