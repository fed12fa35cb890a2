"""Lines of an invoice."""

from local.stripe.errors import Object
from local.stripe.work import new_id


def line(item: Object, amount: int, period: tuple[int, int], description: str, *, proration: bool = False) -> Object:
    """Make one line about one subscription item; `invoice` is filled by the invoice that takes it."""
    price = item["price"]
    return {
        "id": new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": price["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": not proration,
        "discounts": [],
        "invoice": None,
        "livemode": price["livemode"],
        "metadata": {},
        "parent": {
            "type": "subscription_item_details",
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": None,
                "proration": proration,
                "proration_details": {"credited_items": None},
                "subscription": item["subscription"],
                "subscription_item": item["id"],
            },
        },
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": {
            "type": "price_details",
            "price_details": {"price": price["id"], "product": price["product"]},
            "unit_amount_decimal": price["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
        "subtotal": amount,
        "taxes": [],
    }


def full_period(item: Object, period: tuple[int, int], *, free: bool = False) -> Object:
    """Make the line of a whole period, which costs nothing in a trial."""
    price, quantity = item["price"], item["quantity"]
    amount = 0 if free else price["unit_amount"] * quantity
    name = price["nickname"] or price["product"]
    described = f"Trial period for {name}" if free else f"{quantity} x {name}"
    return line(item, amount, period, described)


def prorations(before: list[Object], after: list[Object], now: int) -> list[Object]:
    """Make the lines for the rest of the period: what was paid comes back, what is used now is charged.

    Args:
        before: the items until now.
        after: the items from now on, with the same periods.
        now: Unix time of the change.
    """
    lines: list[Object] = []
    kept = {item["id"]: item for item in after}
    for old in before:
        new = kept.pop(old["id"], None)
        if new is None or _cost(new) != _cost(old):
            lines += [_share(old, now, "Unused time on", -1)] + (
                [_share(new, now, "Remaining time on", 1)] if new else []
            )
    return lines + [_share(new, now, "Remaining time on", 1) for new in kept.values()]


def _cost(item: Object) -> tuple[str, int]:
    return item["price"]["id"], item["quantity"]


def _share(item: Object, now: int, words: str, sign: int) -> Object:
    start, end = item["current_period_start"], item["current_period_end"]
    whole = item["price"]["unit_amount"] * item["quantity"]
    amount = sign * round(whole * (end - now) / (end - start)) if end > start else 0
    name = item["price"]["nickname"] or item["price"]["product"]
    return line(item, amount, (now, end), f"{words} {item['quantity']} x {name}", proration=True)
