"""How a money path ends, and how long it is waited for: data only."""

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any, ClassVar


class MoneyPathError(Exception):
    """No event went all the way; the message says where it ended and what to do, without the key."""

    outcome: ClassVar[str] = "refused"

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {"paid": False, "outcome": self.outcome, "message": str(self)}


class BusyError(MoneyPathError):
    """Stripe is busy or out of reach, which may pass."""

    outcome = "no_answer"


class MissingError(MoneyPathError):
    """Stripe does not have what was asked for."""


class EndpointError(MoneyPathError):
    """Stripe would deliver nothing to an endpoint of the environment."""

    outcome = "endpoint"


class UndeliveredError(MoneyPathError):
    """Stripe has not got rid of the event."""

    outcome = "undelivered"


class UnbookedError(MoneyPathError):
    """Stripe has delivered the event, and the API's log does not say that it is settled."""

    outcome = "unbooked"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Seconds, and the clocks that count them.

    Args:
        most: until the event is delivered and booked.
        grace: for Stripe to count no delivery any more, once the event is booked.
        pause: between two looks.
        now, sleep: the clock.
        unix: what time it is.
    """

    most: float = 180
    grace: float = 30
    pause: float = 3
    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    unix: Callable[[], float] = time.time


@dataclass(frozen=True, kw_only=True)
class Paid:
    """An event went all the way.

    Args:
        event_id: of Stripe's event.
        seconds: from the deletion at Stripe until both sides had said so.
        pending: deliveries that Stripe still counts. It counts those to every endpoint of the account, and the event
            is booked, so that they are another's: of somebody else's, or of the older one while secrets are rotated.
        removed: customers that earlier runs had left and that are gone now.
    """

    event_id: str
    seconds: float
    pending: int
    removed: int

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {"paid": True, **asdict(self)}

    def __str__(self) -> str:
        others = f"; not delivered to other endpoints of the account: {self.pending}" if self.pending else ""
        return f"Stripe's event {self.event_id} was booked after {self.seconds:g} s{others}"
