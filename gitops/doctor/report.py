"""What the doctor says: a row for each check."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

_LONGEST = 400


class State(StrEnum):
    """How a check ended. What was not asked, and advice, are no findings."""

    GOOD = "good"
    WRONG = "wrong"
    UNREAD = "unread"
    NOT_ASKED = "not-asked"
    ADVICE = "advice"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One check.

    `id` never changes: what is looked at, and which property of it. `fix` is what a shell takes, line by line,
    or a sentence; it is empty when nothing is wrong. Of what was not asked, it says how to have it asked.
    """

    id: str
    state: State
    expected: str
    found: str
    fix: str = ""

    @property
    def subject(self) -> str:
        """What is looked at, without the property."""
        return self.id.partition(".")[0]


@dataclass(frozen=True, kw_only=True)
class Report:
    """All checks, in the order in which they were made; account and region are None when AWS was not asked."""

    account: str | None
    region: str | None
    environments: Sequence[str]
    rows: Sequence[Row]

    @property
    def findings(self) -> list[Row]:
        """What is wrong, or could not be read."""
        return [row for row in self.rows if row.state in {State.WRONG, State.UNREAD}]

    def as_dict(self) -> dict[str, Any]:
        """For programs; keys and ids are stable."""
        return {
            "account": self.account,
            "region": self.region,
            "environments": list(self.environments),
            "good": not self.findings,
            "checks": [asdict(row) for row in self.rows],
        }


def good(check: str, found: str) -> Row:
    """A row of something that is as expected."""
    return Row(id=check, state=State.GOOD, expected=found, found=found)


def wrong(check: str, *, expected: str, found: str, fix: str) -> Row:
    """A row of something that is not."""
    return Row(id=check, state=State.WRONG, expected=expected, found=found, fix=fix)


def judged(check: str, expected: str, found: Any, fix: str, *, holds: bool) -> Row:
    """A row of something that is as expected, or not."""
    return good(check, expected) if holds else wrong(check, expected=expected, found=shown(found), fix=fix)


def advice(check: str, *, expected: str, found: str, fix: str) -> Row:
    """A row of something that is worth knowing, and may well be meant."""
    return Row(id=check, state=State.ADVICE, expected=expected, found=found, fix=fix)


def shown(value: Any) -> str:
    """A value as one line of text. Others may have written it, so it is cut and cannot steer a terminal."""
    if value is None:
        return "nothing"
    text = value if isinstance(value, str) else json.dumps(value, separators=(", ", ": "), default=str)
    text = "".join(character if character.isprintable() else " " for character in text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
