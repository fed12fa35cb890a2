"""Exceptions: they cover what they name until they end, and are reported when nothing needs them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from policy.check import check
from policy.exceptions import EXCEPTIONS, EXTERNAL, RuleException
from policy.rule import Level, Violation
from policy.rules import RULES
from policy.stack import Resource
from tests.policy.resources import literal

TODAY = date(2026, 11, 24)
GROUP = "aws:lb/targetGroup:TargetGroup"
SECRET = "aws:secretsmanager/secret:Secret"
BEHIND = literal(GROUP, {"protocol": "HTTP", "healthCheck": {"protocol": "HTTP", "path": "/health"}})
ENCRYPTED = replace(BEHIND, inputs={"protocol": "HTTPS", "healthCheck": {"protocol": "HTTPS", "path": "/health"}})
EXCEPTION = RuleException(
    rule="target-group-tls",
    type=GROUP,
    name="api",
    environment="dev",
    reason="TLS ends at the load balancer.",
    until=TODAY,
)


def found(
    resource: Resource, *exceptions: RuleException, on: date = TODAY, environment: str = "dev"
) -> list[Violation]:
    """What two rules say of one resource."""
    rules = [rule for rule in RULES if rule.name in {"target-group-tls", "secret-rotation"}]
    return check([resource], environment, on, rules=rules, exceptions=exceptions)


def test_an_exception_covers_its_resource_to_the_last_day() -> None:
    """Nothing is left to say."""
    assert found(BEHIND, EXCEPTION) == []
    assert {v.rule for v in found(BEHIND)} == {"target-group-tls"}


@pytest.mark.parametrize("change", [{"name": "other"}, {"type": "x"}, {"environment": "prod"}])
def test_an_exception_covers_nothing_else(change: dict[str, str]) -> None:
    """Neither another resource nor another environment."""
    assert "target-group-tls" in {v.rule for v in found(BEHIND, replace(EXCEPTION, **change))}


def test_an_expired_exception_stops_the_update() -> None:
    """Even where the rule itself only advises, and with the reason that was given."""
    violations = found(BEHIND, EXCEPTION, on=TODAY + timedelta(days=1))

    expired = next(v for v in violations if v.rule == "exception-expired")
    assert expired.enforcement is Level.MANDATORY
    assert expired.urn == BEHIND.urn
    assert expired.what == (
        "the exception from target-group-tls for api ended on 2026-11-24; it said: TLS ends at the load balancer."
    )
    assert [v.rule for v in violations].count("target-group-tls") == 2


def test_an_exception_that_covers_nothing_is_reported() -> None:
    """As advice: a resource that is put right must not stop the update."""
    (unused,) = found(ENCRYPTED, EXCEPTION)

    assert unused.rule == "exception-unused"
    assert unused.enforcement is Level.ADVISORY
    assert unused.what == "the exception from target-group-tls for api covers nothing"


def test_an_exception_of_a_resource_that_is_gone_is_reported() -> None:
    """Of the stack as a whole, because there is no resource to report it of."""
    assert [(v.rule, v.urn) for v in found(literal("x", {}), EXCEPTION)] == [("exception-unused", "")]


@pytest.mark.parametrize(("tags", "left"), [({"rotation": "external"}, []), ({}, ["secret-rotation"])])
def test_a_secret_says_itself_that_others_rotate_it(tags: dict[str, str], left: list[str]) -> None:
    """The exception holds for the tagged secret only."""
    exception = replace(EXCEPTION, rule="secret-rotation", type=SECRET, tag=EXTERNAL)

    violations = found(literal(SECRET, {"tags": tags}), exception)

    assert [v.rule for v in violations if v.rule != "exception-unused"] == left


def test_recorded_exceptions_name_rules_and_have_reasons_and_ends() -> None:
    """Each is unique, about an environment there is, explained, and ends within a year or so."""
    names = {rule.name for rule in RULES}
    keys = [(one.rule, one.type, one.name, one.environment) for one in EXCEPTIONS]

    assert len(set(keys)) == len(keys)
    assert {one.rule for one in EXCEPTIONS} <= names
    assert {one.environment for one in EXCEPTIONS} <= {"dev", "prod"}
    assert all(len(one.reason) > 60 for one in EXCEPTIONS)
    assert all(one.until <= date(2027, 12, 31) for one in EXCEPTIONS)
