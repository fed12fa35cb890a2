"""What the rules and the engine say of a preview, as sections of a comment."""

from collections import Counter
from collections.abc import Iterator

from gitops.comments.cut import Part, Section
from gitops.comments.text import code, fenced
from gitops.comments.told import Told
from gitops.engine_result import Diagnostic, PolicyResult
from gitops.previews.report import NOISE, SAID, URN
from gitops.previews.values import plain
from gitops.previews.words import indented, subject

ENGINE_RANK, RULES_RANK = 2, 3
MOST_RULES = 30
LONGEST = 300
"""Characters of a line that stands in the text."""


def engine(found: Told) -> Iterator[Section]:
    """Errors, then warnings."""
    ordered = sorted(found.diagnostics, key=lambda one: one.severity != "error")
    if parts := [_diagnostic(one) for one in ordered if one.severity in SAID and one.message not in NOISE]:
        yield Section(opening="#### The engine says", parts=parts, rank=ENGINE_RANK)


def _diagnostic(one: Diagnostic) -> Part:
    """The first line, and all of them where there are more."""
    message = URN.sub(lambda quoted: subject(quoted["urn"]), one.message).strip()
    first, *others = message.splitlines() or [""]
    about = f"{code(subject(one.urn))}: " if one.urn else ""
    return Part(
        short=f"{SAID[one.severity]} {about}{code(first, LONGEST)}",
        details=_wrapped([first, *others]) if others or len(first) > LONGEST else "",
    )


def rules(found: Told) -> Iterator[Section]:
    """What stops an update in full, what is advised by name."""
    parts = [_violation(one) for one in found.mandatory]
    opening = "#### Policy, it stops an update" if parts else "#### Policy"
    if advised := Counter(one.policy for one in found.policy if not one.mandatory):
        names = [f"{code(name)} ({times})" if times > 1 else code(name) for name, times in advised.items()]
        more = [f"and {len(names) - MOST_RULES} more"] if len(names) > MOST_RULES else []
        parts.append(Part(short=f"{advised.total()} advisory: {', '.join([*names[:MOST_RULES], *more])}"))
    if parts:
        yield Section(opening=opening, parts=parts, rank=RULES_RANK)


def _violation(one: PolicyResult) -> Part:
    """The rule and the resource, then what is wrong."""
    heading, _, message = one.message.partition("\n")
    if not heading.endswith(one.policy):  # the engine puts the description of the rule first
        heading, message = one.policy, one.message
    return Part(short=f"✗ {code(heading)}: {code(subject(one.urn))}", details=_wrapped(message.splitlines()))


def _wrapped(lines: list[str]) -> str:
    """As a block, its long lines on several."""
    return fenced(short for line in lines for short in indented(plain(line), following=2))
