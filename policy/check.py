"""`check`: every violation of the rules by the resources of one environment."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from policy.exceptions import EXCEPTIONS, RuleException
from policy.rule import ADVICE, Finding, Level, Rule, Violation
from policy.rules import RULES
from policy.stack import Resource, Stack

EXPIRED = Rule(
    name="exception-expired",
    why="What was right a year ago need not be right today, so an exception holds until its last day only.",
    fix="Put the resource right and take the exception out, or give it a new last day in policy/exceptions.py.",
    check=lambda _: (),
)
STALE = Rule(
    name="exception-unused",
    why="An exception that nothing needs any more hides the next violation.",
    fix="Take it out of policy/exceptions.py.",
    check=lambda _: (),
    levels=ADVICE,
)


def check(
    resources: Iterable[Resource],
    environment: str,
    today: date,
    *,
    rules: Sequence[Rule] = RULES,
    exceptions: Sequence[RuleException] = EXCEPTIONS,
) -> list[Violation]:
    """Every violation, by rule in their order; then exceptions that have expired or that nothing needs.

    Args:
        resources: all resources of the environment.
        environment: the stack's name.
        today: the day on which exceptions must hold.
        rules: the rules to look at.
        exceptions: all that are recorded; those of other rules and environments are passed over.
    """
    stack = Stack(environment, resources)
    names = {rule.name for rule in rules}
    recorded = [one for one in exceptions if one.environment == environment and one.rule in names]
    used: set[RuleException] = set()
    violations: list[Violation] = []
    for rule in rules:
        if rule.level(environment) is not Level.OFF:
            for finding in rule.check(stack):
                covering = [one for one in recorded if covers(one, rule, finding)]
                used.update(covering)
                if not any(one.until >= today for one in covering):
                    violations.append(violation(rule, environment, finding))
    return [*violations, *judged(recorded, used, stack, today)]


def covers(one: RuleException, rule: Rule, finding: Finding) -> bool:
    """Whether an exception is about a finding, be it expired or not."""
    resource = finding.resource
    if resource is None or (one.rule, one.type, one.name) != (rule.name, resource.type, resource.name):
        return False
    return one.tag is None or resource.value(f"tags.{one.tag[0]}") == one.tag[1]


def judged(
    recorded: Sequence[RuleException], used: set[RuleException], stack: Stack, today: date
) -> Iterator[Violation]:
    """What is wrong with the exceptions themselves."""
    for one in recorded:
        about = next((r for r in stack if (r.type, r.name) == (one.type, one.name)), None)
        if one.until < today:
            what = f"the exception from {one.rule} for {one.name} ended on {one.until}; it said: {one.reason}"
            yield violation(EXPIRED, stack.environment, Finding(what, about))
        elif one not in used:
            what = f"the exception from {one.rule} for {one.name} covers nothing{tag_of(one)}"
            yield violation(STALE, stack.environment, Finding(what, about))


def tag_of(one: RuleException) -> str:
    """What an exception that asks for a tag may be waiting for."""
    return f" that is tagged {one.tag[0]}={one.tag[1]}" if one.tag else ""


def violation(rule: Rule, environment: str, finding: Finding) -> Violation:
    """A finding with all that its reader needs."""
    resource = finding.resource
    return Violation(
        rule=rule.name,
        controls=rule.controls,
        enforcement=rule.level(environment),
        type=resource.type if resource else "",
        name=resource.name if resource else "",
        urn=resource.urn if resource else "",
        what=finding.what,
        why=rule.why,
        fix=rule.fix,
    )
