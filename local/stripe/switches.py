"""How badly webhooks are delivered: what real ones do now and then, on request."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass
class Switches:
    """All off: each event arrives once, at once, and about in order.

    Attributes:
        duplicates: how often each event is sent, at the same time.
        shuffle: seed of the order in which what comes up within 50 ms is sent; None keeps the order.
        drop: share of the deliveries that are never sent, 0 to 1; the same ones for the same seed.
        seed: of the choice of `drop`.
        delay: seconds before each attempt.
        hold: nothing is sent until it is off again.
    """

    duplicates: int = 1
    shuffle: int | None = None
    drop: float = 0
    seed: int = 0
    delay: float = 0
    hold: bool = False

    def set(self, changes: dict[str, Any]) -> None:
        """Set some of them.

        Raises:
            ValueError: a name is unknown or a value out of range; says which and what is possible. None is set.
        """
        refuse_unfit(changes, _ALLOWED, "there is no switch {!r}; there are {}")
        for name, value in changes.items():
            setattr(self, name, value)


Allowed = Mapping[str, tuple[Callable[[Any], bool], str]]
"""Name -> whether a value is possible, and what is, in words."""


def refuse_unfit(values: Mapping[str, Any], allowed: Allowed, unknown: str) -> None:
    """Check values by their names; `unknown` says a name that there is not, then those that there are.

    Raises:
        ValueError: a name is unknown or a value not possible.
    """
    for name, value in values.items():
        if name not in allowed:
            raise ValueError(unknown.format(name, ", ".join(allowed)))
        is_possible, what = allowed[name]
        if not is_possible(value):
            raise ValueError(f"{name} is {what}, not {value!r}")


def is_number(value: Any, low: float, high: float) -> bool:
    """Whether JSON's value is a number within bounds."""
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_ALLOWED: Allowed = {
    "duplicates": (lambda value: _whole(value) and 1 <= value <= 100, "a whole number from 1 to 100"),
    "shuffle": (lambda value: value is None or _whole(value), "a whole number (the seed) or null"),
    "drop": (lambda value: is_number(value, 0, 1), "a share from 0 to 1"),
    "seed": (_whole, "a whole number"),
    "delay": (lambda value: is_number(value, 0, 3600), "seconds from 0 to 3600"),
    "hold": (lambda value: isinstance(value, bool), "true or false"),
}
