"""A cost as plain text, for a terminal or a comment."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from render.cost_lines import Cost, Line
from render.cost_prices import REGION

MARK = "*"
HEADINGS = ("resource", "type", "what", "quantity", "USD per unit", "USD/month")
LEFT = 3
"""Columns of text; the others are numbers, and stand right."""


def table(cost: Cost) -> str:
    """Aligned columns, the total, where the prices come from, and what is in no line."""
    rows = [HEADINGS, *(_row(line) for line in cost.lines)]
    rows.append(("total", "", "", "", "", f"{cents(cost.monthly)} "))
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    text = [_aligned(row, widths) for row in rows]
    rule = "-" * max(len(line) for line in text)
    below = [f"List prices of {cost.as_of}, {REGION}, usage excluded"]
    if cost.unchecked:
        below.append(f"{MARK} {cents(cost.unchecked)} of it at prices that are not checked, or only near")
    below += _list("Notes", cost.notes) + _list("Excluded", cost.excluded) + _list("Unknown", cost.unknown)
    return "\n".join([text[0], rule, *text[1:-1], rule, text[-1], "", *below]) + "\n"


def _row(line: Line) -> tuple[str, ...]:
    return (
        line.resource,
        line.type.rsplit(":", maxsplit=1)[-1],
        line.what,
        plain(line.quantity),
        f"{plain(line.price.usd)}/{line.price.unit}",
        cents(line.monthly) + (" " if line.checked else MARK),
    )


def _aligned(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [
        cell.ljust(width) if column < LEFT else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def _list(heading: str, texts: Sequence[str]) -> list[str]:
    return [f"{heading}:", *(f"- {text}" for text in texts)] if texts else []


def cents(amount: Decimal) -> str:
    """USD as bills round them."""
    return str(amount.quantize(Decimal("0.01"), ROUND_HALF_UP))


def plain(number: Decimal) -> str:
    """Without trailing zeros and exponents."""
    return f"{number.normalize():f}"
