"""What a preview costs a month, as a section of a comment."""

from collections import defaultdict
from collections.abc import Iterator

from gitops.comments.cut import Part, Section
from gitops.comments.text import code, fenced
from gitops.comments.told import Told, ToldCost, ToldLine
from gitops.previews.values import clipped
from gitops.previews.words import short_type

COST_RANK = 4
LONGEST = 150
"""Characters of a line."""


def cost(found: Told) -> Iterator[Section]:
    """Before, after and the difference, then where it is."""
    parts = [Part(short=_totals(found.cost))]
    if lines := [*_lines(found.cost), *(f"{'?':>9}  {clipped(text, LONGEST)}" for text in found.cost.unknown)]:
        parts.append(Part(details=fenced(lines)))
    yield Section(opening="#### Cost", parts=parts, rank=COST_RANK)


def _totals(found: ToldCost) -> str:
    # Amounts stand in code, because GitHub takes what is between two dollars for mathematics.
    if found.before_usd is None or found.after_usd is None:
        return f"Cannot be told: {code(found.missing, 500)}"
    ending = f"list prices of {code(found.as_of)}, without usage"
    after = f"`${found.after_usd:,.2f}`"
    if not found.monthly_usd:
        return f"{after} a month, as before; {ending}"
    return f"`${found.before_usd:,.2f}` → {after} a month, **`{_signed(found.monthly_usd)}`**; {ending}"


def _lines(found: ToldCost) -> Iterator[str]:
    """What differs, the largest first; what is said in the same words stands together."""
    groups: defaultdict[str, list[float]] = defaultdict(list)
    for line in found.added:
        groups[_line(line)].append(line.monthly_usd)
    for line in found.removed:
        groups[f"{_line(line)}, no more"].append(-line.monthly_usd)
    for change in found.changed:
        if change.monthly_usd:
            groups[f"{_line(change.before)} → {_amount(change.after)}"].append(change.monthly_usd)
    for words, amounts in sorted(groups.items(), key=lambda item: -abs(sum(item[1]))):
        number = f" ({len(amounts)})" if len(amounts) > 1 else ""
        yield f"{_signed(sum(amounts)):>9}  {clipped(words, LONGEST)}{number}"


def _line(line: ToldLine) -> str:
    return f"{short_type(line.type)}: {_amount(line)}"


def _amount(line: ToldLine) -> str:
    return line.what if line.quantity == 1 else f"{line.quantity:g} {line.what}"


def _signed(amount: float) -> str:
    return f"{'-' if amount < 0 else '+'}${abs(amount):,.2f}"
