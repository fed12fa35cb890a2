"""The price data, and the table of types beside the provider's own."""

import importlib
import re
from decimal import Decimal

import pytest

from render.cost_prices import FILE, CostError, Price, read_prices
from render.cost_types import FREE, ROWS

PRICES = read_prices()
DISAGREEING = "rds_postgres_db.t4g.medium"
"""Items of which the sources' own figures disagree."""


def test_items_stand_once() -> None:
    """A second one would hide the first."""
    row = '{"item": "nat", "unit": "hour", "usd": 1, "source": "", "as_of": "2026-05", "checked": true}'

    assert FILE.read_text().count('"item"') == len(PRICES.items)
    with pytest.raises(CostError, match="nat more than once"):
        read_prices(f"[{row}, {row}]")


@pytest.mark.parametrize("price", PRICES.items.values(), ids=PRICES.items)
def test_an_item_is_complete(price: Price) -> None:
    """A price that is not negative, with a unit, a source and a month; `checked` says whether it was read there."""
    assert price.usd >= 0
    assert price.unit
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", price.as_of)
    assert price.checked == ("to be checked" not in price.source and not price.item.startswith(DISAGREEING))


def test_a_month_has_730_hours() -> None:
    """By the hour, by the month; what is usage has no monthly price."""
    assert PRICES.items["nat_gateway"].monthly(Decimal(2)) == Decimal("65.70")
    assert PRICES.items["kms_key"].monthly(Decimal(2)) == 2
    with pytest.raises(CostError, match="billed by gb, which is usage"):
        PRICES.items["nat_gateway_data"].monthly(Decimal(1))


def test_a_type_is_priced_or_free_and_not_both() -> None:
    """Each type stands in one table."""
    assert not FREE & set(ROWS)


@pytest.mark.filterwarnings("ignore:s3.* has been deprecated:DeprecationWarning")  # of their own old names
def test_types_are_those_of_the_provider() -> None:
    """A misspelt one would never be found."""
    wrong: list[str] = []
    for type_ in {*FREE, *ROWS}:
        _, module, name = type_.split(":")
        service = module.split("/")[0].replace("lambda", "lambda_")
        if getattr(importlib.import_module(f"pulumi_aws.{service}"), name).pulumi_type != type_:
            wrong.append(type_)

    assert not wrong
