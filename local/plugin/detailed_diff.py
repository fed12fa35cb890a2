"""Where two sets of inputs differ: paths such as `tags.Name` or `ingress[0].fromPort`, and how."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

Kind = Literal["ADD", "DELETE", "UPDATE"]


def paths(old: Mapping[str, Any], new: Mapping[str, Any], changed: Collection[str]) -> dict[str, Kind]:
    """Path -> what became of it, for the properties in `changed`; as deep as both sides have the same shape."""
    return {path: kind for name in sorted(changed) for path, kind in _differences(name, old.get(name), new.get(name))}


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Kind]]:
    if old == new:
        return
    if old is None or new is None:
        yield path, "ADD" if old is None else "DELETE"
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in {**old, **new}:
            yield from _differences(_inside(path, name), old.get(name), new.get(name))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from _differences(f"{path}[{index}]", _at(old, index), _at(new, index))
    else:
        yield path, "UPDATE"


def _inside(path: str, name: str) -> str:
    """Pulumi's way to write a path: a name that is no word stands in brackets."""
    if name.replace("_", "").isalnum():
        return f"{path}.{name}"
    quoted = name.replace('"', '\\"')
    return f'{path}["{quoted}"]'


def _at(items: list[Any], index: int) -> Any:
    return items[index] if index < len(items) else None
