"""The lines of a cost, their totals, and what differs between two costs; and all of it as plain data.

Amounts are USD in a month of 730 hours, exact, and rounded only where they are shown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from render.cost_prices import REGION, Price

PLACES = 4
"""Decimal places of the amounts in JSON."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """One fixed price of one resource.

    Args:
        address: the resource's URN without its stack, the same in every stack.
        part: what of the resource it is; with `address` it identifies the line.
        what: the same in words.
        quantity: in the unit of `price`, without its time.
        price: for one.
        monthly: USD a month, not rounded.
        checked: whether the price was read in its source, and is really the one for this.
    """

    address: str
    part: str
    what: str
    quantity: Decimal
    price: Price
    monthly: Decimal
    checked: bool

    @property
    def resource(self) -> str:
        """Logical name."""
        return self.address.split("::", 2)[2]

    @property
    def type(self) -> str:
        """Type token."""
        return self.address.split("::")[1].rsplit("$", maxsplit=1)[-1]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "resource": self.resource,
            "type": self.type,
            "part": self.part,
            "what": self.what,
            "quantity": float(self.quantity),
            "unit": self.price.unit,
            "unit_usd": float(self.price.usd),
            "monthly_usd": dollars(self.monthly),
            "checked": self.checked,
            "as_of": self.price.as_of,
        }


@dataclass(frozen=True, kw_only=True)
class Cost:
    """The cost of one stack.

    Args:
        stack: its name.
        as_of: month in which the newest price was read.
        lines: everything with a fixed price, in the order of the manifest.
        notes: warnings, and what was assumed.
        excluded: what is left out because it is usage, sorted.
        unknown: resources, or parts of them, whose price nobody has entered yet; they are in no total.
    """

    stack: str
    as_of: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    excluded: tuple[str, ...]
    unknown: tuple[str, ...]

    @property
    def monthly(self) -> Decimal:
        """USD a month, not rounded."""
        return total(self.lines)

    @property
    def unchecked(self) -> Decimal:
        """USD a month of the lines whose price is not checked, not rounded."""
        return total(line for line in self.lines if not line.checked)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: the same object for the same manifest."""
        return {
            "stack": self.stack,
            "region": REGION,
            "as_of": self.as_of,
            "monthly_usd": dollars(self.monthly),
            "unchecked_usd": dollars(self.unchecked),
            "lines": [line.as_dict() for line in self.lines],
            "notes": list(self.notes),
            "excluded": list(self.excluded),
            "unknown": list(self.unknown),
        }


@dataclass(frozen=True)
class Change:
    """A line that is in both, and not the same."""

    before: Line
    after: Line

    @property
    def monthly(self) -> Decimal:
        """By how many USD a month it rises."""
        return self.after.monthly - self.before.monthly


@dataclass(frozen=True, kw_only=True)
class Difference:
    """What changes between two costs.

    Args:
        before: the cost that was.
        after: the cost that will be.
        added: lines that only `after` has.
        removed: lines that only `before` has.
        changed: lines of the same part of the same resource that differ.
    """

    before: Cost
    after: Cost
    added: tuple[Line, ...]
    removed: tuple[Line, ...]
    changed: tuple[Change, ...]

    @property
    def monthly(self) -> Decimal:
        """By how many USD a month the cost rises, not rounded."""
        return total(self.added) - total(self.removed) + sum((change.monthly for change in self.changed), Decimal(0))

    @property
    def unknown(self) -> tuple[str, ...]:
        """What `after` has of unknown price and `before` had not."""
        return tuple(text for text in self.after.unknown if text not in self.before.unknown)

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        changed = [
            {"before": c.before.as_dict(), "after": c.after.as_dict(), "monthly_usd": dollars(c.monthly)}
            for c in self.changed
        ]
        return {
            "as_of": self.after.as_of,
            "before_usd": dollars(self.before.monthly),
            "after_usd": dollars(self.after.monthly),
            "monthly_usd": dollars(self.monthly),
            "added": [line.as_dict() for line in self.added],
            "removed": [line.as_dict() for line in self.removed],
            "changed": changed,
            "unknown": list(self.unknown),
        }


def total(lines: Iterable[Line]) -> Decimal:
    """USD a month of all lines, not rounded."""
    return sum((line.monthly for line in lines), Decimal(0))


def dollars(amount: Decimal) -> float:
    """An amount as JSON has it, rounded."""
    return float(round(amount, PLACES))
