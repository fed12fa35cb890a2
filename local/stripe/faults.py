"""Faults on request: an API that is slow, busy, broken, or gone in the middle of an answer."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from local.stripe.switches import Allowed, is_number, refuse_unfit


@dataclass
class Fault:
    """What happens to the next requests that match.

    Attributes:
        match: method and path, e.g. `POST /v1/subscriptions`; `*` stands for anything, empty is every request.
        count: how many requests it hits.
        latency: seconds before the request is looked at.
        status: answered instead of doing anything: 429, 500 or 503.
        cut: the connection ends `before` anything is done, or `after` it was done and before the answer.
        nonsense: the answer is 200 with HTML, and nothing is done, as behind a broken proxy.
    """

    match: str = ""
    count: int = 1
    latency: float = 0
    status: int | None = None
    cut: str | None = None
    nonsense: bool = False


_ALLOWED: Allowed = {
    "match": (lambda value: isinstance(value, str), "text such as `POST /v1/customers`"),
    "count": (lambda value: isinstance(value, int) and value >= 1, "a whole number from 1 on"),
    "latency": (lambda value: is_number(value, 0, 600), "seconds from 0 to 600"),
    "status": (lambda value: value in {429, 500, 503, None}, "429, 500 or 503"),
    "cut": (lambda value: value in {"before", "after", None}, "`before` or `after`"),
    "nonsense": (lambda value: isinstance(value, bool), "true or false"),
}


class Faults:
    """The faults that wait for requests, the oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, **fields: Any) -> Fault:
        """Let the next requests that match fail; see `Fault` for the fields.

        Raises:
            ValueError: a field is unknown or its value wrong; says which and what is possible.
        """
        refuse_unfit(fields, _ALLOWED, "a fault has no {!r}; it has {}")
        fault = Fault(**fields)
        self.waiting.append(fault)
        return fault

    def take(self, method: str, path: str) -> Fault | None:
        """Return what happens to this request, and count it."""
        for fault in self.waiting:
            if not fault.match or fnmatchcase(f"{method} {path}", fault.match):
                fault.count -= 1
                if not fault.count:
                    self.waiting.remove(fault)
                return fault
        return None
