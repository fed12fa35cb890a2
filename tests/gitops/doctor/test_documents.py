"""Policies and settings that mean the same are the same, and others are told apart, to the point."""

from typing import Any

import pytest

from gitops.doctor.documents import differences, normal

READ: dict[str, Any] = {"Sid": "Read", "Effect": "Allow", "Action": ["a:Get", "a:List"], "Resource": "*"}
WRITE: dict[str, Any] = {"Sid": "Write", "Effect": "Allow", "Action": "a:Put", "Resource": ["x", "y"]}


def policy(*statements: Any) -> dict[str, Any]:
    """A document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (policy(READ, WRITE), policy(WRITE, READ)),
        (policy(READ), {**policy(), "Statement": READ}),
        (policy(READ), policy({**READ, "Action": ["a:List", "a:Get"]})),
        (policy(WRITE), policy({**WRITE, "Action": ["a:Put"], "Resource": ["y", "x"]})),
        (policy({**READ, "Principal": "*"}), policy({**READ, "Principal": {"AWS": ["*"]}})),
        (
            policy({**READ, "Principal": {"AWS": "123456789012"}}),
            policy({**READ, "Principal": {"AWS": "arn:aws:iam::123456789012:root"}}),
        ),
        (
            policy({**READ, "Condition": {"Bool": {"aws:SecureTransport": False}}}),
            policy({**READ, "Condition": {"Bool": {"aws:SecureTransport": ["false"]}}}),
        ),
        (policy(READ), policy({**READ, "Condition": {}})),
        ({"Rules": [{"Id": "a"}, {"Id": "b"}]}, {"Rules": [{"Id": "b", "Filter": {}}, {"Id": "a"}]}),
        ({"BucketKeyEnabled": False}, {}),
    ],
)
def test_these_are_the_same(one: Any, other: Any) -> None:
    """In either direction."""
    assert normal(one) == normal(other)
    assert list(differences(normal(one), normal(other))) == []


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        (policy(READ), policy({**READ, "Effect": "Deny"}), ("Statement[Read].Effect", "Allow", "Deny")),
        (policy(READ), policy({**READ, "Resource": "x"}), ("Statement[Read].Resource", ["*"], ["x"])),
        (policy(READ), policy({**READ, "Action": "a:Get"}), ("Statement[Read].Action", ["a:List"], None)),
        (
            policy({**READ, "Condition": {"StringEquals": {"a:b": "c"}}}),
            policy(READ),
            ("Statement[Read].Condition", {"StringEquals": {"a:b": ["c"]}}, None),
        ),
        (
            policy({**READ, "Condition": {"Null": {"a:b": "false"}}}),
            policy({**READ, "Condition": {"Null": {"a:b": "true"}}}),
            ("Statement[Read].Condition.Null.a:b", ["false"], ["true"]),
        ),
        (policy(READ), policy({**READ, "NotResource": "x"}), ("Statement[Read].NotResource", None, ["x"])),
        ({"Version": "2012-10-17"}, {"Version": "2008-10-17"}, ("Version", "2012-10-17", "2008-10-17")),
        ({"Rules": [{"Id": "a", "Days": 1}]}, {"Rules": [{"Id": "a", "Days": 2}]}, ("Rules[a].Days", 1, 2)),
    ],
)
def test_these_are_not(expected: Any, found: Any, told: tuple[str, Any, Any]) -> None:
    """Where, what is expected, what is there."""
    assert list(differences(normal(expected), normal(found))) == [told]


def test_a_second_statement_of_the_same_name_is_one_more() -> None:
    """S3 and KMS take names twice, so a name must not hide a statement."""
    twin = {**READ, "Action": "a:Everything"}

    ((where, expected, found),) = differences(normal(policy(READ)), normal(policy(READ, twin)))

    assert (where, expected) == ("Statement", None)
    assert found == normal(policy(twin))["Statement"]


def test_the_same_statement_twice_is_seen() -> None:
    """It changes nothing, but somebody put it there."""
    assert list(differences(normal(policy(READ)), normal(policy(READ, READ)))) != []
