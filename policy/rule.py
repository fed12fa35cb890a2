"""What a rule is, what it finds, and what becomes of that."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from policy.stack import DEV, PROD, Resource, Stack, is_known


class Level(StrEnum):
    """What a violation does: stop the update, be told, nothing."""

    MANDATORY = "mandatory"
    ADVISORY = "advisory"
    OFF = "off"


EVERYWHERE = {DEV: Level.MANDATORY, PROD: Level.MANDATORY}
IN_PROD = {DEV: Level.ADVISORY, PROD: Level.MANDATORY}
ADVICE = {DEV: Level.ADVISORY, PROD: Level.ADVISORY}
ONLY_IN_PROD = {DEV: Level.OFF, PROD: Level.MANDATORY}


@dataclass(frozen=True)
class Finding:
    """Something that a rule does not allow.

    Args:
        what: what is wrong, as the end of "<name>: …"; it never quotes a secret.
        resource: the one that is wrong; none when something is missing from the stack.
    """

    what: str
    resource: Resource | None = None


Check = Callable[[Stack], Iterable[Finding]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule.

    Args:
        name: unique, as exceptions and the engine know it.
        why: one sentence, what goes wrong otherwise.
        fix: one sentence, what to do.
        check: looks at the whole stack and has no effects.
        levels: environment -> what a violation does there; an environment that is not named is treated like prod.
        controls: ids of the AWS Security Hub controls that ask for it; none for our own rules.
    """

    name: str
    why: str
    fix: str
    check: Check
    levels: Mapping[str, Level] = field(default_factory=EVERYWHERE.copy)
    controls: tuple[str, ...] = ()

    def level(self, environment: str) -> Level:
        """What a violation does in an environment."""
        return self.levels.get(environment, self.levels[PROD])


@dataclass(frozen=True, kw_only=True)
class Violation:
    """A finding, and all that its reader needs.

    Args:
        rule: name of the rule.
        controls: what else it is known as.
        enforcement: what it does in this environment.
        type: type of the resource; empty for the stack as a whole.
        name: its logical name; empty likewise.
        urn: its URN; empty likewise.
        what: what is wrong.
        why: what that leads to.
        fix: what to do.
    """

    rule: str
    controls: tuple[str, ...]
    enforcement: Level
    type: str
    name: str
    urn: str
    what: str
    why: str
    fix: str

    @property
    def message(self) -> str:
        """What is wrong, why, and how it is put right."""
        return f"{self.name or 'stack'}: {self.what}. {self.why} {self.fix}"


def requires(type_: str, path: str, allowed: tuple[Any, ...]) -> Check:
    """A check that a property of every resource of a type has one of some values; `None` allows that it is absent."""
    expected = " or ".join(shown(value) for value in allowed if value is not None)

    def check(stack: Stack) -> Iterator[Finding]:
        for resource in stack.of_type(type_):
            if resource.differs(path, allowed):
                yield Finding(f"{path} is {shown(resource.value(path))} instead of {expected}", resource)

    return check


def demands(type_: str, *paths: str) -> Check:
    """A check that every resource of a type has something at each path."""

    def check(stack: Stack) -> Iterator[Finding]:
        for resource in stack.of_type(type_):
            for path in paths:
                if resource.lacks(path):
                    yield Finding(f"{path} is {shown(resource.value(path))}", resource)

    return check


def all_of(*checks: Check) -> Check:
    """A check that finds what each of several finds."""

    def check(stack: Stack) -> Iterator[Finding]:
        for one in checks:
            yield from one(stack)

    return check


def shown(value: Any) -> str:
    """A value as a message has it."""
    if value is None:
        return "not set"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if is_known(value) else "not known yet"
