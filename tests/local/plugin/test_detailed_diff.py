"""Paths to what differs: exactly that, as the engine and a preview read them."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.engine_diff import at, steps
from local.plugin.detailed_diff import paths

PROPERTIES = st.sampled_from(["tags", "ingress", "name"])
NAMES = st.text(max_size=3) | st.text('."[]\\ a1_', max_size=3) | st.sampled_from(["a", "b.c", "kubernetes.io/name"])
# Pulumi's own paths cannot say a backslash before a quote, nor one at the end.
SAYABLE = NAMES.filter(lambda name: '\\"' not in name and not name.endswith("\\"))
VALUES = st.recursive(
    st.sampled_from(["x", "y", 2, 3.5]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SAYABLE, inner, max_size=3),
    max_leaves=6,
)
INPUTS = st.dictionaries(PROPERTIES, VALUES)
DIFFERENCES = [
    ({"a": 1}, {"a": 1}, {}),
    ({}, {"a": {"b": 1}}, {"a": "ADD"}),
    ({"a": [1]}, {}, {"a": "DELETE"}),
    ({"a": 1}, {"a": [1]}, {"a": "UPDATE"}),
    ({"t": {"Name": "a", "k": 1}}, {"t": {"Name": "b", "l": 1}}, {"t.Name": "UPDATE", "t.k": "DELETE", "t.l": "ADD"}),
    ({"i": [{"p": 1}, {"p": 2}]}, {"i": [{"p": 1}, {"p": 3}]}, {"i[1].p": "UPDATE"}),
    ({"i": [1, 2, 3]}, {"i": [1]}, {"i[1]": "DELETE", "i[2]": "DELETE"}),
    ({"i": [[1]]}, {"i": [[1, 2], 3]}, {"i[0][1]": "ADD", "i[1]": "ADD"}),
    ({"t": {"a.b": 1}}, {"t": {"a.b": 2}}, {'t["a.b"]': "UPDATE"}),
    ({"t": {'a"b': 1}}, {"t": {'a"b': 2}}, {'t["a\\"b"]': "UPDATE"}),
    ({"t": {}}, {"t": {"": 1}}, {'t[""]': "ADD"}),
]


@pytest.mark.parametrize(("old", "new", "expected"), DIFFERENCES)
def test_a_difference_is_told_where_it_is(old: dict[str, Any], new: dict[str, Any], expected: dict[str, str]) -> None:
    """Only there, and in Pulumi's way to write it."""
    assert paths(old, new, {*old, *new}) == expected


@given(INPUTS, INPUTS, st.sets(PROPERTIES))
def test_nothing_but_what_changed_is_told(old: dict[str, Any], new: dict[str, Any], changed: set[str]) -> None:
    """A provider may find that what differs makes no difference."""
    told = paths(old, new, changed)

    assert {next(steps(path)) for path in told} == {k for k in changed if old.get(k) != new.get(k)}


@given(INPUTS, INPUTS)
def test_every_path_leads_to_a_difference(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Of the kind that is told."""
    for path, kind in paths(old, new, {*old, *new}).items():
        before, after = at(path, old), at(path, new)

        assert before != after
        assert kind == ("ADD" if before is None else "DELETE" if after is None else "UPDATE")


@given(INPUTS, INPUTS)
def test_the_paths_are_all_that_differs(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Who changes just that in the old ones has the new ones."""
    told = list(paths(old, new, {*old, *new}).items())
    made = copy.deepcopy(old)
    for path, _ in reversed([one for one in told if one[1] == "DELETE"]):
        *outside, last = steps(path)
        del inside(made, outside)[last]
    for path, _ in [one for one in told if one[1] != "DELETE"]:
        *outside, last = steps(path)
        holder = inside(made, outside)
        if last == len(holder) and isinstance(holder, list):
            holder.append(at(path, new))
        else:
            holder[last] = at(path, new)

    assert made == new


def inside(value: Any, names: list[str | int]) -> Any:
    """What stands in a value, step by step."""
    for name in names:
        value = value[name]
    return value
