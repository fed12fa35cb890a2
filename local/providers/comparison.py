"""What of a resource differs: between two sets of inputs, and between what the program says and what is there."""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from local.providers.resource import Resource


def views(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `new` has `added` to and `removed` from the lists and maps of `old`; nothing is None."""
    added: dict[str, Any] = {}
    removed: dict[str, Any] = {}
    for name in {*old, *new}:
        before, now = old.get(name), new.get(name)
        if isinstance(before or now, Mapping):
            before, now = before or {}, now or {}
            added[name] = {k: v for k, v in now.items() if k not in before or before[k] != v} or None
            removed[name] = [k for k in before if k not in now] or None
        elif isinstance(before or now, list):
            before, now = before or [], now or []
            added[name] = [item for item in now if item not in before] or None
            removed[name] = [item for item in before if item not in now] or None
    return {"added": added, "removed": removed}


def seen_again(
    resource: Resource,
    seen: Mapping[str, Any],
    defaults: Mapping[str, Any],
    normal: Mapping[str, Callable[[Any], Any]],
    filled: AbstractSet[str] = frozenset(),
) -> Resource:
    """Return the resource with what was `seen` of it; a property that says the same is left as the program says it.

    Args:
        resource: as it was when it was last made, changed or read.
        seen: property -> what is there.
        defaults: what counts where the program says nothing; beside these, nothing and empty are alike.
        normal: property -> function to its normal form.
        filled: properties in which AWS fills what the program leaves out, be it all.
    """
    changed: dict[str, Any] = {}
    for name, there in seen.items():
        said = resource.inputs.get(name)
        if said is None and name in filled:
            continue
        form = normal.get(name, lambda same: same)
        before = form(defaults.get(name) if said is None else said)
        now = as_said(before, form(_without_nothing(there)), filled=name in filled)
        if now != before and (before or there):
            changed[name] = there if name in normal else now
    return replace(resource, inputs=_with(resource.inputs, changed), outputs=_with(resource.outputs, changed))


def _with(properties: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """The properties with what has changed; what is nothing now is absent."""
    return {k: v for k, v in {**properties, **changed}.items() if v is not None or k not in changed}


def _without_nothing(value: Any) -> Any:
    """What an expression finds, without the members for which it finds nothing."""
    if isinstance(value, Mapping):
        return {name: _without_nothing(inner) for name, inner in value.items() if inner is not None}
    return [_without_nothing(inner) for inner in value] if isinstance(value, list) else value


def as_said(said: Any, there: Any, *, filled: bool = False) -> Any:
    """Return `said` when what is `there` says the same, else what is there, with those parts as said that say the same.

    A list may be in another order, a number may be a text, what the program leaves out may be false or empty; where it
    is `filled`, it may be anything.
    """
    if isinstance(said, Mapping) and isinstance(there, Mapping):
        names = [k for k in said if said[k] is not None] if filled else {**said, **there}
        found = {k: as_said(said.get(k), there.get(k), filled=filled) for k in names}
        same = all(said.get(k) == v for k, v in found.items())
        return said if same else {k: v for k, v in found.items() if v is not None}
    if isinstance(said, list) and isinstance(there, list):
        twins = [[one for one in said if as_said(one, item, filled=filled) == one] for item in there]
        same = len(said) == len(twins) and all(twins) and all(any(one in found for found in twins) for one in said)
        return said if same else [found[0] if found else item for found, item in zip(twins, there, strict=True)]
    silent = not _tells(said) and not _tells(there)
    return said if silent or said == there or _text(said) == _text(there) else there


def _tells(value: Any) -> bool:
    """Whether it makes a difference; an empty object does, as in `action: {block: {}}`."""
    return bool(value) or isinstance(value, Mapping)


def _text(value: Any) -> str | None:
    """As AWS says it where it has only texts."""
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value)
