"""Kinds of parameters: how text of a form becomes a value, and what is refused.

Each operation has a table from name to kind. A name that is not in the table is a 400, as at Stripe.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from local.stripe.errors import StripeError, invalid


@dataclass(frozen=True)
class Kind:
    """How to read one parameter.

    Args:
        read: takes what the form says and the parameter's full name; raises StripeError.
        fields: the members, of an object.
        item: the kind of the elements, of a list.
    """

    read: Callable[[Any, str], Any]
    fields: "Mapping[str, Kind] | None" = None
    item: "Kind | None" = None


Table = Mapping[str, Kind]


def _text(value: Any, name: str) -> str | None:
    if not isinstance(value, str):
        raise invalid(f"Invalid string: {name}", param=name)
    return value or None  # empty text is how a form says "none"


def _word(value: Any, name: str) -> str:
    if not _text(value, name):
        raise invalid(f"Invalid string: {name} must not be empty", name, "parameter_invalid_empty")
    return value


def _integer(value: Any, name: str) -> int:
    if not isinstance(value, str) or not value.removeprefix("-").isdecimal():
        raise invalid(f"Invalid integer: {value}", param=name, code="parameter_invalid_integer")
    return int(value)


def _boolean(value: Any, name: str) -> bool:
    if value not in {"true", "false"}:
        raise invalid(f"Invalid boolean: {value}", param=name)
    return value == "true"


def _metadata(value: Any, name: str) -> dict[str, str]:
    if value == "":
        return {}
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise invalid(f"Invalid object: {name} maps names to text", param=name)
    if any(len(key) > 40 or len(text) > 500 for key, text in value.items()):
        raise invalid(f"{name}: names have at most 40 characters, values at most 500", param=name)
    return value


def _anything(value: Any, _: str) -> Any:
    return value


TEXT = Kind(_text)
WORD = Kind(_word)  # text that says something
INTEGER = Kind(_integer)
BOOLEAN = Kind(_boolean)
METADATA = Kind(_metadata)
IGNORED = Kind(_anything)  # accepted, because callers send it, and without effect here


def one_of(*values: str) -> Kind:
    """Read one of these words; a single one is all that the stand-in implements."""

    def choose(value: Any, name: str) -> str:
        if value not in values:
            raise invalid(f"Invalid {name}: must be one of {', '.join(values)}", param=name)
        return str(value)

    return Kind(choose)


def members(fields: Table) -> Kind:
    """Read an object with these members; empty text gives None."""
    return Kind(lambda value, name: None if value == "" else read(value, fields, name), fields=fields)


def many(item: Kind) -> Kind:
    """Read a list; empty text is the empty list."""

    def each(value: Any, name: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, dict) or not all(key.isdecimal() for key in value):
            raise invalid(f"Invalid array: {name}", param=name)
        numbers = sorted(value, key=int)
        return [item.read(value[number], f"{name}[{number}]") for number in numbers]

    return Kind(each, item=item)


def either(word: str, other: Kind) -> Kind:
    """Take this word, or what the other kind takes."""
    return Kind(lambda value, name: word if value == word else other.read(value, name))


_BOUNDS = {"gt": INTEGER, "gte": INTEGER, "lt": INTEGER, "lte": INTEGER}


def _range(value: Any, name: str) -> dict[str, int]:
    """A range of time, as half-open bounds: `from` and `before`, each optional."""
    if isinstance(value, str):
        exact = _integer(value, name)
        return {"from": exact, "before": exact + 1}
    bounds: dict[str, int] = read(value, _BOUNDS, name)
    starts = [bounds[key] + (key == "gt") for key in ("gt", "gte") if key in bounds]
    ends = [bounds[key] + (key == "lte") for key in ("lt", "lte") if key in bounds]
    return ({"from": max(starts)} if starts else {}) | ({"before": min(ends)} if ends else {})


TIMES = Kind(_range)
EXPAND = {"expand": many(WORD)}
PAGE = {"limit": INTEGER, "starting_after": TEXT, "ending_before": TEXT, **EXPAND}


def read(given: Any, table: Table, prefix: str = "") -> dict[str, Any]:
    """Read all parameters of a request, or all members of one.

    Raises:
        StripeError: one is unknown or has a wrong value.
    """
    if not isinstance(given, dict):
        raise invalid(f"Invalid object: {prefix}", param=prefix)
    result: dict[str, Any] = {}
    for name, value in given.items():
        full = f"{prefix}[{name}]" if prefix else name
        if name not in table:
            raise StripeError(400, f"Received unknown parameter: {full}", code="parameter_unknown", param=full)
        result[name] = table[name].read(value, full)
    return result
