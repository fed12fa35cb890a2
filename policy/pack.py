"""The rules as policies of Pulumi's engine.

Each rule is one policy of the whole stack, because many are about how resources are related. The engine asks at the
end of every preview and of every update, with what the providers made of the resources. Its environment is the name
of the stack that it works on: it tells the pack when it starts it, so each policy has the level of that environment.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UnknownValueError

from policy.check import EXPIRED, STALE, check
from policy.rule import Level, Rule
from policy.rules import RULES
from policy.stack import PROD, UNKNOWN, Resource

NAME = "priceguard"
LEVELS = {
    Level.MANDATORY: EnforcementLevel.MANDATORY,
    Level.ADVISORY: EnforcementLevel.ADVISORY,
    Level.OFF: EnforcementLevel.DISABLED,
}


def environment() -> str:
    """The name of the stack; without one, as when a pack is only looked at, the strictest."""
    stack: str | None = pulumi.get_stack()
    return stack or PROD


def policies(environment: str) -> list[Policy]:
    """A policy for each rule, and two for the exceptions."""
    return [policy(rule, environment) for rule in (*RULES, EXPIRED, STALE)]


def policy(rule: Rule, environment: str) -> Policy:
    """The policy of one rule; those of the exceptions have to look at all."""
    rules = (rule,) if rule in RULES else RULES

    def validate(args: StackValidationArgs, report_violation: ReportViolation) -> None:
        today = dt.datetime.now(tz=dt.UTC).date()
        for found in check(map(resource, args.resources), environment, today, rules=rules):
            if found.rule == rule.name:
                report_violation(found.message, found.urn or None)

    return StackValidationPolicy(
        name=rule.name,
        description=f"{' '.join(rule.controls)} {rule.name}".strip(),
        validate=validate,
        enforcement_level=LEVELS[rule.level(environment)],
        remediation_steps=rule.fix,
    )


def resource(from_engine: PolicyResource) -> Resource:
    """A resource as the rules see it."""
    return Resource(
        type=from_engine.resource_type,
        name=from_engine.name,
        urn=from_engine.urn,
        inputs=plain(from_engine.props),
        protect=from_engine.opts.protect,
        parent=from_engine.parent.urn if from_engine.parent else "",
        references={
            name: frozenset(source.urn for source in sources)
            for name, sources in from_engine.property_dependencies.items()
        },
    )


def plain(value: Any) -> Any:
    """A value without the engine's guard, which raises where something is unknown; whole numbers as such."""
    if isinstance(value, Mapping):
        return {key: guarded(value, key) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [guarded(value, index) for index in range(len(value))]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def guarded(values: Any, key: Any) -> Any:
    """One element, or `UNKNOWN`."""
    try:
        return plain(values[key])
    except UnknownValueError:
        return UNKNOWN
