"""What a pricing function gets and gives, and how it reads the inputs of a resource.

An input may be unknown before the resource exists (`${aws:…}`) or masked (`[secret]`). Whatever decides on a price is
therefore read by one of the functions below, which refuse by name what they cannot read.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from render.cost_prices import CostError
from render.manifest import Manifest, ManifestResource
from render.registration import MASK

UNITS_OF_1024 = re.compile(r"(?P<number>\d*\.?\d+) ?(?P<unit>gb|vcpu)?", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Charge:
    """An amount of one price item.

    Args:
        part: what of the resource it is, in a word; with the resource it identifies a line.
        what: the same in words, with what decides on the price.
        item: name of the price.
        quantity: how much of it, in the item's unit without its time.
        sure: false when the price is known but only near to what AWS will bill.
    """

    part: str
    what: str
    item: str
    quantity: Decimal
    sure: bool = True


@dataclass(frozen=True)
class Usage:
    """Something that is billed by use, where that depends on more than the type of the resource."""

    what: str


@dataclass(frozen=True)
class Unpriced:
    """Something of a resource that costs and whose price is not known; `why` says what."""

    why: str


@dataclass(frozen=True)
class Note:
    """What the reader of a price has to know, such as what was assumed."""

    text: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What else a price depends on.

    Args:
        manifest: all resources.
        image_gb: GB of images assumed in each repository.
        tasks: logical name of an ECS service -> tasks assumed to run, instead of what the program asks for.
    """

    manifest: Manifest
    image_gb: Decimal
    tasks: Mapping[str, int]


Charges = Iterator[Charge | Usage | Unpriced | Note]
Pricing = Callable[[ManifestResource, Context], Charges]


def key(resource: ManifestResource) -> str:
    """`type::name`, as unknown values and messages have it."""
    return f"{resource.type}::{resource.name}"


def refers(text: object, resource: ManifestResource) -> bool:
    """Whether `text` has an output of `resource` in it."""
    return f"${{{key(resource)}." in str(text)


def whole(resource: ManifestResource, name: str, default: int | None = None) -> int:
    """An input that is a whole number.

    Raises:
        CostError: missing without a `default`, or not known yet.
    """
    value = resource.inputs.get(name, default)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and value.isdecimal():
        return int(value)
    raise _unknown(resource, name, value, "a number")


def flag(resource: ManifestResource, name: str, inputs: Mapping[str, Any] | None = None) -> bool:
    """An input that is true or false, and false where it is missing; `inputs` when it lies deeper.

    Raises:
        CostError: not known yet.
    """
    value = (resource.inputs if inputs is None else inputs).get(name, False)
    known = {"true": True, "false": False}.get(str(value).lower())
    if known is None:
        raise _unknown(resource, name, value, "true or false")
    return known


def word(resource: ManifestResource, name: str, default: str | None = None) -> str:
    """An input that is text.

    Raises:
        CostError: missing without a `default`, or not known yet.
    """
    value = resource.inputs.get(name, default)
    if not isinstance(value, str) or "${" in value or value == MASK:
        raise _unknown(resource, name, value, "a word")
    return value


def amount(resource: ManifestResource, name: str) -> Decimal:
    """CPU or memory of a task in vCPU or GB: `512`, `0.5 vCPU` and `0.5 GB` are all one half.

    Raises:
        CostError: missing, or not known yet.
    """
    value = resource.inputs.get(name)
    match = UNITS_OF_1024.fullmatch(str(value))
    if match is None:
        raise _unknown(resource, name, value, "an amount")
    return Decimal(match["number"]) / (1 if match["unit"] else 1024)


def several(resource: ManifestResource, name: str) -> list[Any]:
    """An input that is a list, and empty where it is missing.

    Raises:
        CostError: not known yet.
    """
    value = resource.inputs.get(name, [])
    if not isinstance(value, list):
        raise _unknown(resource, name, value, "a list")
    return value


def nested(resource: ManifestResource, name: str) -> dict[str, Any]:
    """An input that is an object, and empty where it is missing.

    Raises:
        CostError: not known yet.
    """
    value = resource.inputs.get(name, {})
    if not isinstance(value, dict):
        raise _unknown(resource, name, value, "an object")
    return value


def times(count: int, noun: str) -> str:
    """`1 task`, `2 tasks`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def mentions(value: object, words: frozenset[str]) -> list[str]:
    """Those of `words` that stand anywhere in `value`, quoted, sorted."""
    text = json.dumps(value)
    return sorted(found for found in words if f'"{found}"' in text)


def _unknown(resource: ManifestResource, name: str, value: object, kind: str) -> CostError:
    state = "missing" if value is None else f"{value!r}"
    return CostError(
        f"{key(resource)}: {name} is {state}, and its price depends on it: it must be {kind} that is known"
    )
