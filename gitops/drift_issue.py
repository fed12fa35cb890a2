"""Drift as an issue: one for each stack, that says what it is now, and is closed when there is none.

It is written only when what drifted differs, so that nobody gets mail every day for the same thing. That it is still so
the run of each day says.
"""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

import msgspec

from gitops.comments.changes import properties
from gitops.comments.comment import RUN, STACK
from gitops.comments.cut import Part, Section, fitted
from gitops.comments.text import code
from gitops.engine_result import Change, Result
from gitops.github.client import GitHub
from gitops.previews.report import KINDS
from gitops.previews.secrets import without_secrets
from gitops.previews.words import counted, short_type
from gitops.seals.steps import canonical, sha256

LABEL = "drift"
GONE = "Nothing is adrift any more, as [this run]({run_url}) has found."
_SINCE = re.compile(r"<!-- plan=(?P<digest>[0-9a-f]{64}) since=(?P<since>\d{4}-\d\d-\d\d) -->")

Outcome = Literal["none", "told", "unchanged", "gone"]


@dataclass(frozen=True, kw_only=True)
class Told:
    """What became of the issue.

    Args:
        outcome: `none` when nothing is adrift and there is no issue, `gone` when it was closed for that, `unchanged`
            when it says all of it already, `told` when it was opened or changed.
        url: of the issue; empty when there is none.
    """

    outcome: Outcome
    url: str = ""


def report_drift(github: GitHub, stack: str, found: Result, *, run_url: str, today: dt.date) -> Told:
    """Have one open issue that says what is adrift, or none.

    Args:
        github: asks; it needs to write issues.
        stack: the environment.
        found: what a look at the cloud has found.
        run_url: where all of it can be read.
        today: for the day on which it was seen first.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    marked = marker(stack)
    known = next((one for one in github.issues(LABEL) if one.is_bot and one.body.startswith(marked)), None)
    if not found.changes:
        if known is None:
            return Told(outcome="none")
        github.close_issue(known.number, GONE.format(run_url=run_url))
        return Told(outcome="gone", url=known.url)
    digest = sha256(canonical(msgspec.to_builtins(sorted(found.changes, key=lambda one: (one.urn, one.op)))))
    before = _SINCE.search(known.body) if known else None
    if known and before and before["digest"] == digest:
        return Told(outcome="unchanged", url=known.url)
    since = before["since"] if before else today.isoformat()
    text = body(stack, found, run_url=run_url, since=since, digest=digest)
    issue = github.issue(marked, title(stack, found), text, (LABEL,))
    return Told(outcome="told", url=issue.url)


def marker(stack: str) -> str:
    """By which the issue of a stack is found again."""
    if not STACK.fullmatch(stack):
        raise ValueError(f"{stack!r} is no name of a stack")
    return f"<!-- priceguard:drift stack={stack} -->"


def title(stack: str, found: Result) -> str:
    """One line."""
    return f"{stack}: {counted(len(found.changes), 'resource')} no longer as the program made it"


def body(stack: str, found: Result, *, run_url: str, since: str, digest: str) -> str:
    """What is adrift, what each property was and is, and what to do; within GitHub's limit.

    Args:
        stack: the environment.
        found: what a look at the cloud has found.
        run_url: where all of it can be read.
        since: the day on which something was seen first.
        digest: of what was found, by which the next run knows that nothing is new.
    """
    if not RUN.fullmatch(run_url):
        raise ValueError("the address of the run is none of the web")
    number = counted(len(found.changes), "resource")
    head = (
        f"{marker(stack)}\n<!-- plan={digest} since={since} -->\n"
        f"**{number} no longer as the program made it**, {found.unchanged} unchanged. Somebody or something changed "
        f"what is listed here, behind the program's back; drift was first seen on {since}. [This run]({run_url}) wrote "
        "this, and others leave it as it is while nothing else drifts."
    )
    parts = [Part(short=_named(one), details=properties(one)) for one in _ordered(found)]
    opening = "#### What drifted\n\nWith `-` what the program made, with `+` what is there now."
    return fitted(head, [Section(opening=opening, parts=parts)], f"{_next(stack)}\n")


def _ordered(found: Result) -> list[Change]:
    """First what is gone; without what the engine did not know to be secret."""
    text = without_secrets(msgspec.json.encode(found.changes).decode())
    changes = msgspec.json.decode(text, type=tuple[Change, ...])
    return sorted(changes, key=lambda one: (one.op != "delete", one.type, one.name))


def _named(change: Change) -> str:
    gone = ": is gone" if change.op == "delete" else ""
    return f"**{KINDS.get(change.op, KINDS['update'])[0]}** {code(short_type(change.type))} {code(change.name)}{gone}"


def _next(stack: str) -> str:
    return (
        "#### What to do\n\n"
        f"- To put it back: `pulumi up --refresh --stack {stack}`. What an update would do beside that "
        f"`priceguard preview {stack} --refresh` says first.\n"
        "- To keep it: have the program say the same, in a pull request; an update then changes nothing.\n\n"
        "When nothing is adrift any more, the next run closes this."
    )
