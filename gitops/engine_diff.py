"""Which properties of a step differ, with what was there and what comes."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi.automation.events import StepEventMetadata
from pulumi.runtime.rpc import UNKNOWN as _UNKNOWN

from gitops.engine_result import SECRET, UNKNOWN, PropertyChange
from render.registration import SIGNATURE

_STEP = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.\[\]]+)')


def property_changes(step: StepEventMetadata) -> tuple[PropertyChange, ...]:
    """The properties that differ, by the provider's own list; each value as the program says it, where it does."""
    forcing = set(step.keys or ())
    kinds = {path: diff.diff_kind.value for path, diff in (step.detailed_diff or {}).items()}
    listed = kinds or dict.fromkeys(step.diffs or (), "update")
    old, new = (side.inputs or {} if side else {} for side in (step.old, step.new))
    was, becomes = (side.outputs or {} if side else {} for side in (step.old, step.new))
    return tuple(
        PropertyChange(
            path=path,
            kind=kind.removesuffix("-replace"),
            before=shown(_first(path, old, was)),
            after=shown(_first(path, new, becomes)),
            replaces=kind.endswith("-replace") or path in forcing,
        )
        for path, kind in listed.items()
    )


def shown(value: Any) -> Any:
    """`value` with the engine's marks of secrets, and of what is not known, replaced by words."""
    if isinstance(value, Mapping):
        return SECRET if SIGNATURE in value else {name: shown(item) for name, item in value.items()}
    if isinstance(value, list):
        return [shown(item) for item in value]
    return UNKNOWN if value == _UNKNOWN else value


def at(path: str, value: Any) -> Any:
    """What stands at a path such as `tags["a.b"].c[0]`; None when nothing does."""
    for step in steps(path):
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else value if value == _UNKNOWN else None
    return value


def steps(path: str) -> Iterator[str | int]:
    """The names and positions in a path."""
    for quoted, index, name in _STEP.findall(path):
        yield int(index) if index else name or quoted.replace('\\"', '"')


def _first(path: str, *places: Mapping[str, Any]) -> Any:
    return next((found for place in places if (found := at(path, place)) is not None), None)
