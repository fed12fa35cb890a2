"""List prices of AWS in us-east-1, in USD, and how they become prices per month.

The data stands in `prices.us-east-1.json`: each item with its unit, its source, the month in which that source was
read (`as_of`), and whether the figure really stands there (`checked`) or is general knowledge.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

REGION = "us-east-1"
FILE = Path(__file__).with_name(f"prices.{REGION}.json")
HOURS = 730
"""Hours of a month, as AWS's own calculator has it."""


class CostError(Exception):
    """A cost that cannot be told: a price that is missing, or an amount that is not known."""


@dataclass(frozen=True, kw_only=True)
class Price:
    """One item of the data.

    Args:
        item: its name, such as `nat_gateway`.
        unit: what `usd` buys; per time where it ends in `hour` or `month`, otherwise usage.
        usd: USD for one unit.
        source: where the figure was read.
        as_of: year and month in which it was read or noted.
        checked: false when it rests on general knowledge, or the source's figures disagree.
    """

    item: str
    unit: str
    usd: Decimal
    source: str
    as_of: str
    checked: bool

    def monthly(self, quantity: Decimal) -> Decimal:
        """USD of one month (730 hours) of `quantity`, not rounded.

        Raises:
            CostError: the item is billed by usage, not by time.
        """
        if self.unit.endswith("hour"):
            return quantity * self.usd * HOURS
        if self.unit.endswith("month"):
            return quantity * self.usd
        raise CostError(f"{self.item} is billed by {self.unit}, which is usage and has no monthly price")


@dataclass(frozen=True)
class Prices:
    """All items by name, and the month of the newest."""

    items: Mapping[str, Price]

    @property
    def as_of(self) -> str:
        """The newest month in which a figure was read."""
        return max(price.as_of for price in self.items.values())

    def of(self, item: str, where: str, what: str) -> Price:
        """The price of `item`, for the resource `where`, which needs it for `what`.

        Raises:
            CostError: the data has no such item.
        """
        if item not in self.items:
            raise CostError(
                f"{where}: no price is known for {what} ({item}); add it to render/{FILE.name} with its source"
            )
        return self.items[item]


def read_prices(text: str | None = None) -> Prices:
    """The prices of the data file, or of a `text` like it.

    Raises:
        CostError: an item stands there twice.
    """
    rows: list[dict[str, Any]] = json.loads(text or FILE.read_text(), parse_float=Decimal, parse_int=Decimal)
    prices = [Price(**row) for row in rows]
    if twice := sorted(item for item, times in Counter(price.item for price in prices).items() if times > 1):
        raise CostError(f"render/{FILE.name} has {', '.join(twice)} more than once")
    return Prices({price.item: price for price in prices})
