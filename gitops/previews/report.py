"""A preview as plain text, for a terminal or a comment: first what is lost, last whether an update can be made."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from gitops.engine_result import Change, Diagnostic, Result
from gitops.previews import cost as preview_cost
from gitops.previews import policy as preview_policy
from gitops.previews import values as preview_values
from gitops.previews.basis import basis
from gitops.previews.preview import LOSSES, Preview
from gitops.previews.words import counted, indented, short_type, subject

KINDS = {
    "replace": ("±", "to replace"),
    "delete": ("-", "to delete"),
    "create": ("+", "to create"),
    "update": ("~", "to update"),
}
"""What happens to a resource -> its mark, and the word of the count; in the order in which they are shown."""
OTHER = "·"
STAYS = {"replace": "the old one stays where it is", "delete": "leaves the stack, and stays where it is"}
"""What becomes of a resource that is kept."""
MOST_CREATES = 30
"""Resources that are made and shown one by one."""
SAID = {"error": "✗", "warning": "!"}
"""Severities that are shown, and their marks."""
NOISE = {"preview failed", "update failed"}
URN = re.compile(r'"(?P<urn>urn:pulumi:[^"]+)"')
"""A resource as the engine's messages quote it."""
PHASES = {
    "start": "the engine reads the stack",
    "program": "our program and the plugins start",
    "resources": "the program declares, the providers compare",
    "end": "policy over the whole stack, and the ends of the processes",
}


def report(preview: Preview, *, timing: bool = False) -> str:
    """What changes, what the rules and the engine say, what it costs; the counts come last.

    Args:
        preview: one preview.
        timing: also where the time went.
    """
    result = preview.result
    blocks = [
        *_changes(result.changes),
        *preview_policy.blocks(preview),
        *_block(line for one in _unsaid(result) for line in _diagnostic(one)),
        *_block(preview_cost.lines(preview)),
        *_block(_timing(preview) if timing else ()),
        *_block(line for words in basis(preview.program, rendered=preview.rendered) for line in _basis(words)),
        _counts(preview),
    ]
    return "\n\n".join(blocks) + "\n"


def _changes(changes: Sequence[Change]) -> Iterator[str]:
    """A block for each kind of change."""
    by_op: defaultdict[str, list[Change]] = defaultdict(list)
    for change in changes:
        by_op[change.op].append(change)
    for op in sorted(by_op, key=lambda op: list(KINDS).index(op) if op in KINDS else len(KINDS)):
        many = op == "create" and len(by_op[op]) > MOST_CREATES
        found = _summary(by_op[op]) if many else (line for change in by_op[op] for line in change_lines(change))
        yield "\n".join([op.upper(), *found])


def _summary(changes: Sequence[Change]) -> Iterator[str]:
    """A line for each service, with how many there are of each kind."""
    services = sorted((short_type(change.type) for change in changes if change.custom), key=str.casefold)
    for service, types in groupby(services, key=lambda words: words.split(" ", 1)[0]):
        kinds = Counter(words.split(" ", 1)[-1] for words in types)
        told = ", ".join(f"{number} {kind}" if number > 1 else kind for kind, number in kinds.items())
        yield from indented(f"+ {kinds.total()} {service}: {told}", following=4)


def change_lines(change: Change) -> Iterator[str]:
    """What happens to one resource, with the properties that differ below it."""
    mark = KINDS[change.op][0] if change.op in KINDS else OTHER
    yield f"{mark} {short_type(change.type)} {preview_values.plain(change.name)}{_fate(change)}"
    if change.op == "replace" and change.reasons:
        yield f"    replaced, because {_listed(change.reasons)} cannot change in place"
    for one in change.diff:
        yield from (f"    {line}" for line in preview_values.lines(one))


def _fate(change: Change) -> str:
    """What a reviewer has to know of a resource that goes."""
    if change.op not in LOSSES:
        return ""
    if change.protect:
        return ": REFUSED, because it is protected"
    return f": {STAYS[change.op]}" if change.retained else ""


def _unsaid(result: Result) -> Iterator[Diagnostic]:
    """What the engine says beside that it keeps a protected resource, which stands with the resource already."""
    kept = {change.urn for change in result.changes if change.op in LOSSES and change.protect}
    for one in result.diagnostics:
        named = {found["urn"] for found in URN.finditer(one.message)} | {one.urn}
        if one.severity != "error" or not named & kept:
            yield one


def _diagnostic(one: Diagnostic) -> Iterator[str]:
    if one.severity in SAID and one.message not in NOISE:
        message = URN.sub(lambda found: subject(found["urn"]), one.message)
        about = f"{subject(one.urn)}: " if one.urn and subject(one.urn) not in message else ""
        first, *others = map(preview_values.plain, f"{about}{message}".splitlines() or [""])
        yield f"{SAID[one.severity]} {first}"
        yield from (f"    {line}" for line in others)


def _basis(words: str) -> list[str]:
    return indented(words.replace("`", ""), following=4)


def _timing(preview: Preview) -> Iterator[str]:
    """Each phase, with whose time it is."""
    timing = preview.result.timing
    rows = [(name, getattr(timing, name), words) for name, words in PHASES.items()]
    rows.append(("ours", preview.ours_seconds, "what priceguard adds: the cost of both"))
    rows.append(("total", timing.total + preview.ours_seconds, ""))
    yield "TIME"
    yield from (f"{name:<10}{seconds:>7.2f} s  {words}".rstrip() for name, seconds, words in rows)


def _counts(preview: Preview) -> str:
    refused = "; an update would be refused (exit code 1)" if preview.blocked else ""
    return f"{preview.stack}: {_counted(preview.result)}{refused}"


def _counted(result: Result) -> str:
    if not result.changes:
        return f"nothing changes, {counted(result.unchanged, 'resource')} as the program says"
    numbers = Counter(change.op for change in result.changes)
    known = [f"{numbers.pop(op)} {words}" for op, (_, words) in KINDS.items() if op in numbers]
    others = [f"{number} to {op}" for op, number in numbers.items()]
    same = [f"{result.unchanged} unchanged"] if result.unchanged else []
    return ", ".join([*known, *others, *same])


def _listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    *others, last = map(preview_values.plain, words)
    return f"{', '.join(others)} and {last}" if others else last


def _block(found: Iterable[str]) -> Iterator[str]:
    if texts := list(found):
        yield "\n".join(texts)
