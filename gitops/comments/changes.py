"""What happens to resources, as sections of a comment: losses open and with their meaning, the rest folded."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from gitops.comments.blast_radius import blast
from gitops.comments.cut import Part, Section
from gitops.comments.text import code, fenced
from gitops.comments.told import Told
from gitops.engine_result import Change, PropertyChange
from gitops.previews.report import KINDS, OTHER, STAYS
from gitops.previews.values import HIDDEN, alike, clipped, differences, text
from gitops.previews.words import short_type
from render.registration import MASK

LOST: Mapping[str, str] = {"delete": "Deleted", "replace": "Replaced"}
"""Operations that stand open, and their headings; in the order in which they are shown."""
LEAVES = "leaves the stack, and stays where it is", "leave the stack, and stay where they are"
"""Of one, and of many, that are not deleted."""
RANKS = {"delete": 0, "replace": 1, "update": 5, "create": 7}
REST = 6
"""The rank of operations that have none: `read`, `import` and others."""
MOST_PROPERTIES = 50
LONGEST = 160
"""Characters of a value."""
MOST_REASONS = 10
LARGEST = 30_000
"""Characters of a value that is taken apart; to compare long lists takes the square of their length."""


def lost(found: Told) -> Iterator[Section]:
    """What is deleted, and what is replaced; first what cannot be made again. What stays where it is, is no loss."""
    for op, heading in LOST.items():
        if changes := [change for change in found.changes if change.op == op and not _only_leaves(change)]:
            parts = [_loss(change) for change in sorted(changes, key=lambda one: not is_stateful(one))]
            yield Section(opening=f"#### {heading}", parts=parts, rank=RANKS[op])


def folded(found: Told) -> Iterator[Section]:
    """What is updated, created, leaves the stack without being deleted, and done otherwise."""
    for op in ("update", "create"):
        if changes := [change for change in found.changes if change.op == op]:
            yield _fold(f"{len(changes)} {KINDS[op][1]}", changes, RANKS[op])
    if changes := [change for change in found.changes if _only_leaves(change)]:
        yield _fold(f"{len(changes)} {LEAVES[len(changes) > 1]}", changes, RANKS["create"])
    if changes := [change for change in found.changes if change.op not in KINDS]:
        yield _fold(f"{len(changes)} of another kind", changes, REST)


def _only_leaves(change: Change) -> bool:
    """Whether it goes from the stack only, as the image of the commit before in every preview of dev."""
    return change.op == "delete" and change.retained and not change.protect


def is_stateful(change: Change) -> bool:
    """Whether it holds what the program alone cannot make again."""
    return change.custom and blast(change.type, "delete").stateful


def _fold(words: str, changes: Sequence[Change], rank: int) -> Section:
    return Section(
        opening=f"<details><summary>{words}</summary>",
        parts=[Part(short=f"- {_named(change)}", details=properties(change)) for change in changes],
        closing="</details>",
        rank=rank,
        gap="\n\n" if any(change.diff for change in changes) else "\n",
    )


def _named(change: Change) -> str:
    """Its kind and name, and what happens to it where no heading says so."""
    op = "" if change.op in KINDS else f"{OTHER} {code(change.op)} "
    return f"{op}{code(short_type(change.type))} {code(change.name)}"


def _loss(change: Change) -> Part:
    """One resource that goes: whether it holds data, whether it can go at all, why, and what that means."""
    meaning = blast(change.type, "replace" if change.op == "replace" else "delete") if change.custom else None
    said = ["**holds what cannot be made again**"] if meaning and meaning.stateful else []
    if change.protect:
        said.append("**refused, because it is protected**")
    elif change.retained:
        said.append(STAYS[change.op])
    lines = [f"**{KINDS[change.op][0]}** {_named(change)}{''.join(f' · {words}' for words in said)}"]
    if change.op == "replace" and change.reasons:
        lines.append(f"Replaced, because {_listed(change.reasons)} cannot change in place.")
    if meaning and not (change.retained and change.op == "delete"):
        lines.append(f"> {meaning.words}")
    return Part(short="\n".join(lines), details=properties(change))


def _listed(reasons: Sequence[str]) -> str:
    """`a, b and c`."""
    *others, last = map(code, reasons[:MOST_REASONS])
    if len(reasons) > MOST_REASONS:
        others, last = [*others, last], f"{len(reasons) - MOST_REASONS} more"
    return f"{', '.join(others)} and {last}" if others else last


def properties(change: Change) -> str:
    """What differs, as a diff; empty when nothing is known to."""
    shown = [line for one in change.diff[:MOST_PROPERTIES] for line in _lines(one)]
    if (more := len(change.diff) - MOST_PROPERTIES) > 0:
        shown.append(f"  and {more} properties more")
    return fenced(shown, "diff") if shown else ""


def _lines(change: PropertyChange) -> Iterator[str]:
    """Each place of a property that differs: what goes with `-`, what comes with `+`."""
    try:
        small = max(len(json.dumps(side)) for side in (change.before, change.after)) <= LARGEST
        found = list(differences(change.path, change.before, change.after)) if small else []
        pairs = found or [(change.path, change.before, change.after)]
        shown = [line for pair in pairs[:MOST_PROPERTIES] for line in _pair(*pair)]
    except RecursionError:
        shown, pairs = [f"! {clipped(change.path, LONGEST)}: too deep to be shown"], []
    yield from shown
    if len(pairs) > MOST_PROPERTIES:
        yield f"  {clipped(change.path, LONGEST)}: and {len(pairs) - MOST_PROPERTIES} more"


def _pair(path: str, before: Any, after: Any) -> Iterator[str]:
    name = clipped(path, LONGEST)
    if before == after:  # what differs stands inside a secret, or is written otherwise
        yield f"! {name}: another {MASK}" if before == MASK else f"! {name}: {HIDDEN}"
        return
    was, becomes = text(before), text(after)
    longer = max(len(was), len(becomes)) > LONGEST
    skipped = alike(was, becomes) if longer else 0
    start = "…" if skipped else ""
    if before is not None:
        yield f"- {name}: {clipped(start + was[skipped:], LONGEST)}"
    if after is not None:
        yield f"+ {name}: {clipped(start + becomes[skipped:], LONGEST)}"
