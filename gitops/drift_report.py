"""What somebody changed behind a stack's back, as plain text."""

from collections.abc import Iterator

from gitops.engine_result import Change, Result
from gitops.previews.report import change_lines
from gitops.previews.words import counted, short_type

NEXT = (
    "`pulumi up --refresh` puts it back (on this machine: `priceguard local up --refresh`); "
    "to keep it, have the program say the same."
)


def report(result: Result) -> str:
    """Each resource that is no longer as it was made, what of it differs, and what to do; the numbers come last."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    for change in result.changes:
        yield from [_gone(change)] if change.op == "delete" else change_lines(change)
    if result.changes:
        yield from ("", NEXT, "")
    drifted = (
        f"{counted(len(result.changes), 'resource')} no longer as made" if result.changes else "nothing has drifted"
    )
    yield f"{drifted}, {result.unchanged} unchanged"


def _gone(change: Change) -> str:
    return f"- {short_type(change.type)} {change.name}: is gone"
