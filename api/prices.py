"""What plans cost, as the task definition tells it.

The settings need this, and the container's health check needs the settings: imports stay light here.
"""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Price:
    """A price of Stripe's.

    Attributes:
        id: Stripe's id, `price_...`.
        plan: basic, premium or enterprise; None for a price that is not of our making.
        interval: month or year.
        unit_amount: what an interval costs, in the smallest unit of the currency.
        currency: three lower-case letters (ISO 4217).
    """

    id: str
    plan: str | None
    interval: str
    unit_amount: int
    currency: str


def parse_prices(text: str) -> tuple[Price, ...]:
    """The prices that may be subscribed to, from a JSON list of objects with the names of Price; else ValueError."""
    try:
        prices = tuple(Price(**item) for item in json.loads(text))
    except TypeError:
        raise ValueError from None
    if not prices or len({price.id for price in prices}) < len(prices) or not all(map(_is_whole, prices)):
        raise ValueError
    return prices


def _is_whole(price: Price) -> bool:
    texts = (price.id, price.plan, price.currency)
    return (
        all(isinstance(text, str) and text for text in texts)
        and price.interval in {"month", "year"}
        and type(price.unit_amount) is int  # a bool is no amount
        and price.unit_amount > 0
    )
