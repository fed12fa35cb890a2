"""What differs between two values of a property: only that, by its path, and short enough for a line.

Text that is JSON, such as a policy or the containers of a task, is compared by what it says.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from gitops.engine_result import UNKNOWN, PropertyChange
from render.registration import MASK

LONGEST = 60
"""Characters of a value that are shown."""
CONTEXT = 10
"""Characters that are shown before the place where two long texts begin to differ."""
MOST_PATHS = 20
"""Differences that are shown of one property."""
NOTHING, LATER, HIDDEN = "(none)", "known after the update", "differs"
NAMES = ("name", "Sid", "sid", "id", "containerName")
"""Keys by which the elements of a list are told apart, so that a new one is not a change of all that follow."""

Difference = tuple[str, Any, Any]
"""Path, what was there, what comes."""


def lines(change: PropertyChange) -> Iterator[str]:
    """`path: before → after` for each place that differs."""
    found = list(differences(change.path, change.before, change.after))
    if not found and change.before != change.after:
        yield f"{plain(change.path)}: the same, written otherwise"
        return
    for path, before, after in (found or [(change.path, change.before, change.after)])[:MOST_PATHS]:
        yield f"{plain(path)}: {arrow(before, after)}"
    if len(found) > MOST_PATHS:
        yield f"{plain(change.path)}: and {len(found) - MOST_PATHS} more"


def differences(path: str, before: Any, after: Any) -> Iterator[Difference]:
    """Each place that differs, as deep as both sides go."""
    old, new = parsed(before), parsed(after)
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in {**old, **new}:
            yield from differences(f"{path}.{key}", old.get(key), new.get(key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_lists(path, old, new)
    elif old != new:
        yield path, old, new


def _of_lists(path: str, old: list[Any], new: list[Any]) -> Iterator[Difference]:
    if not any(isinstance(item, Mapping | list) for item in (*old, *new)):
        removed, added = [item for item in old if item not in new], [item for item in new if item not in old]
        if removed or added:
            yield path, removed or None, added or None
        elif old != new:
            yield path, old, new  # another order, or one of them twice
        return
    label = next((name for name in NAMES if _tells_apart(name, old) and _tells_apart(name, new)), None)
    was, becomes = _keyed(old, label), _keyed(new, label)
    for key in {**was, **becomes}:
        yield from differences(f"{path}[{key}]", was.get(key), becomes.get(key))


def _tells_apart(name: str, items: list[Any]) -> bool:
    names = [item.get(name) for item in items if isinstance(item, Mapping)]
    return len(names) == len(items) == len({name for name in names if isinstance(name, str)})


def _keyed(items: list[Any], label: str | None) -> dict[str, Any]:
    return {str(item[label] if label else place): item for place, item in enumerate(items)}


def parsed(value: Any) -> Any:
    """What text says that is a JSON object or list; anything else as it is."""
    if not isinstance(value, str) or not value.lstrip().startswith(("{", "[")):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def arrow(before: Any, after: Any) -> str:
    """Both values, shortened so that they do not look the same."""
    if before == after == MASK:
        return f"{MASK} → another {MASK}"
    if before is None and after is None:
        return HIDDEN  # what differs stands inside a secret
    was, becomes = text(before), text(after)
    if was != becomes and shortened(was) == shortened(becomes):
        skipped = alike(was, becomes)
        return f"{clipped('…' + was[skipped:], LONGEST)} → {clipped('…' + becomes[skipped:], LONGEST)}"
    return f"{shortened(was)} → {shortened(becomes)}"


def text(value: Any) -> str:
    """A value in one line."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return LATER if value == UNKNOWN else plain(value) or '""'
    if isinstance(value, list) and value and not any(isinstance(item, Mapping | list) for item in value):
        return ", ".join(map(text, value))
    return plain(json.dumps(value, ensure_ascii=False))


def shortened(value: str) -> str:
    """At most `LONGEST` characters, the middle left out."""
    head = LONGEST // 2
    return value if len(value) <= LONGEST else f"{value[:head]}…{value[head + 1 - LONGEST :]}"


def clipped(value: str, longest: int) -> str:
    """At most that many characters, the end left out."""
    return value if len(value) <= longest else f"{value[: longest - 1]}…"


def alike(was: str, becomes: str) -> int:
    """Characters with which both begin and which say nothing: all but the last few before they differ."""
    pairs = enumerate(zip(was, becomes, strict=False))
    same = next((place for place, (old, new) in pairs if old != new), min(len(was), len(becomes)))
    return max(same - CONTEXT, 0)


def plain(value: str) -> str:
    """Text that leaves the terminal alone, and its line."""
    return "".join(character if character.isprintable() else " " for character in value)
