"""What a preview costs a month: from what is there to what comes, and where the difference is."""

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from gitops.previews.preview import Preview
from gitops.previews.words import short_type
from render.cost import Change, Difference, Line
from render.cost_table import cents, plain


def lines(preview: Preview) -> Iterator[str]:
    """The totals, then the lines that differ, the largest first; or why the cost cannot be told."""
    found = preview.cost
    if found is None:
        first, *others = preview.cost_missing.splitlines()
        yield from (f"cost: cannot be told, {first}", *(f"    {line}" for line in others))
        return
    totals = f"${cents(found.before.monthly)} → ${cents(found.after.monthly)} a month ({signed(found.monthly)})"
    unchanged = f"${cents(found.after.monthly)} a month, as before"
    yield f"cost: {totals if found.monthly else unchanged}; list prices of {found.after.as_of}, without usage"
    for words, amounts in sorted(_grouped(found).items(), key=lambda item: -abs(sum(item[1]))):
        number = f" ({len(amounts)})" if len(amounts) > 1 else ""
        yield f"  {signed(sum(amounts, Decimal(0))):>9}  {words}{number}"
    yield from (f"  {'?':>9}  {text}" for text in found.unknown)


def _grouped(found: Difference) -> dict[str, list[Decimal]]:
    """What differs, in words -> by how much; what is said in the same words stands together."""
    groups: defaultdict[str, list[Decimal]] = defaultdict(list)
    for line in found.added:
        groups[_line(line)].append(line.monthly)
    for line in found.removed:
        groups[f"{_line(line)}, no more"].append(-line.monthly)
    for change in found.changed:
        if change.monthly:
            groups[_change(change)].append(change.monthly)
    return groups


def _line(line: Line) -> str:
    return f"{short_type(line.type)}: {_amount(line)}"


def _change(change: Change) -> str:
    old, new = change.before, change.after
    was = plain(old.quantity) if old.what == new.what else _amount(old)
    becomes = f"{plain(new.quantity)} {new.what}" if old.what == new.what else _amount(new)
    return f"{short_type(new.type)} {new.resource}: {was} → {becomes}"


def _amount(line: Line) -> str:
    return line.what if line.quantity == 1 and not line.what.startswith("GB") else f"{plain(line.quantity)} {line.what}"


def signed(amount: Decimal) -> str:
    """`+$3.14`, `-$3.14`."""
    return f"{'-' if amount < 0 else '+'}${cents(abs(amount))}"
