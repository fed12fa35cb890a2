"""Settings and policy documents, compared by what they mean: order, and one value or a list of one, mean nothing."""

import json
import re
from collections.abc import Iterator
from typing import Any

_NAMES = ("Sid", "Id", "PolicyName", "Key")
_ACCOUNT = re.compile(r"[0-9]{12}")

Difference = tuple[str, Any, Any]
"""Where, what is expected there, what is there."""


def normal(value: Any) -> Any:
    """The same for everything that means the same; what is off, or empty, is left out of an object."""
    if isinstance(value, dict):
        inner = {k: v for k, v in value.items() if k != "Statement"}
        kept = {k: w for k, w in ((k, normal(v)) for k, v in inner.items()) if w not in (None, False, "", [], {})}
        if "Statement" in value:
            kept["Statement"] = _sorted(_statement(s) for s in _listed(value["Statement"]))
        return kept
    return _sorted(map(normal, value)) if isinstance(value, list) else value


def differences(expected: Any, found: Any, where: str = "") -> Iterator[Difference]:
    """Where two values in normal form are not the same, as deep inside as that can be said."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for key in sorted({*expected, *found}):
            yield from differences(expected.get(key), found.get(key), f"{where}.{key}".lstrip("."))
    elif isinstance(expected, list) and isinstance(found, list):
        yield from _of_lists(expected, found, where)
    elif expected != found:
        yield where, expected, found


def _of_lists(expected: list[Any], found: list[Any], where: str) -> Iterator[Difference]:
    """Items that have a name are compared with their namesake, and the only one with the only one."""
    lacking, extra = _without(expected, found), _without(found, expected)
    for item in list(lacking):
        twin = next((other for other in extra if _are_one(item, other, alone=len(lacking) == len(extra) == 1)), None)
        if twin is not None:
            lacking.remove(item)
            extra.remove(twin)
            yield from differences(item, twin, f"{where}[{_name(item)}]" if _name(item) else where)
    if lacking or extra:
        yield where, lacking or None, extra or None


def _are_one(item: Any, other: Any, *, alone: bool) -> bool:
    both = isinstance(item, dict) and isinstance(other, dict)
    return both and (alone or (_name(item) is not None and _name(item) == _name(other)))


def _without(items: list[Any], others: list[Any]) -> list[Any]:
    """What is left of `items`; twice is more than once."""
    left, rest = list(others), list[Any]()
    for item in items:
        if item in left:
            left.remove(item)
        else:
            rest.append(item)
    return rest


def _name(item: dict[str, Any]) -> str | None:
    return next((item[key] for key in _NAMES if key in item), None)


def _statement(statement: dict[str, Any]) -> dict[str, Any]:
    """Every value of a statement as a list of texts, apart from its effect and its name."""
    return {key: _READ.get(key, _texts)(value) for key, value in statement.items() if value not in ({}, None)}


def _principals(value: Any) -> Any:
    """`"*"` and `{"AWS": "*"}` are everybody, an account's number is its root."""
    by_kind = value if isinstance(value, dict) else {"AWS": value}
    return {kind: [_root(name) for name in _texts(names)] for kind, names in by_kind.items()}


def _root(name: str) -> str:
    return f"arn:aws:iam::{name}:root" if _ACCOUNT.fullmatch(name) else name


def _condition(value: dict[str, dict[str, Any]]) -> dict[str, dict[str, list[str]]]:
    return {operator: {key: _texts(wanted) for key, wanted in tests.items()} for operator, tests in value.items()}


def _texts(value: Any) -> list[str]:
    return sorted(str(item).lower() if isinstance(item, bool) else str(item) for item in _listed(value))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _sorted(items: Any) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))


_READ = {
    "Sid": str,
    "Effect": str,
    "Principal": _principals,
    "NotPrincipal": _principals,
    "Condition": _condition,
}
