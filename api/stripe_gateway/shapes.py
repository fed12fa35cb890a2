"""From Stripe's objects to ours: one function for each value, all that knows Stripe's field names.

Objects that we read have the shape of the pinned API version. Webhook payloads may be of any version (an old
endpoint, a dashboard that was never upgraded), so of those only what all versions have in common is used: who the
customer is. Ids may arrive as expanded objects.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from api.payments import ENDED, Card, HistoryItem, Invoice, PaymentMethod, Subscription
from api.prices import Price

_INVOICE_STATES: Final = {
    "draft": "processing",
    "open": "processing",
    "paid": "processed",
    "uncollectible": "failed",
    "void": "failed",
}
_CHARGE_STATES: Final = {"succeeded": "processed", "pending": "processing", "failed": "failed"}
_PAYMENT_STATES: Final = {"succeeded": "processed", "canceled": "failed"}


def id_of(value: Any) -> str | None:
    """The id of something that is an id, an expanded object, or nothing."""
    if isinstance(value, Mapping):
        value = value.get("id")
    return value if isinstance(value, str) else None


def event_customer(payload: Mapping[str, Any]) -> str | None:
    """Whose state an event may have changed; the former owner of what was detached. Any version's payload."""
    data = payload.get("data")
    thing = data.get("object") if isinstance(data, Mapping) else None
    if not isinstance(data, Mapping) or not isinstance(thing, Mapping):
        return None
    if thing.get("object") == "customer":
        return id_of(thing)
    before = data.get("previous_attributes")
    return id_of(thing.get("customer")) or (id_of(before.get("customer")) if isinstance(before, Mapping) else None)


def event_environment(payload: Mapping[str, Any]) -> str | None:
    """The environment that stamped the event's object, if one did."""
    data = payload.get("data")
    thing = data.get("object") if isinstance(data, Mapping) else None
    metadata = thing.get("metadata") if isinstance(thing, Mapping) else None
    environment = metadata.get("environment") if isinstance(metadata, Mapping) else None
    return environment if isinstance(environment, str) else None


def at(seconds: int | None) -> datetime | None:
    """A time of Stripe's."""
    return datetime.fromtimestamp(seconds, UTC) if seconds is not None else None


def price(item: Mapping[str, Any]) -> Price:
    """A price; of our own making when its metadata names the plan."""
    recurring = item.get("recurring") or {}
    plan = (item.get("metadata") or {}).get("plan")
    return Price(item["id"], plan, recurring.get("interval", "once"), item.get("unit_amount") or 0, item["currency"])


def subscription(item: Mapping[str, Any]) -> Subscription:
    """A subscription whose latest invoice is expanded; ours have one item."""
    (first, *_) = item["items"]["data"]
    period_end = at(min(i["current_period_end"] for i in item["items"]["data"]))
    # With flexible billing only `cancel_at` tells; without it the flag means the end of the period.
    cancel_at = at(item.get("cancel_at")) or (period_end if item.get("cancel_at_period_end") else None)
    latest = item.get("latest_invoice")
    created = at(item["created"])
    assert period_end
    assert created
    return Subscription(
        id=item["id"],
        status=item["status"],
        price=price(first["price"]),
        current_period_end=period_end,
        cancel_at=None if item["status"] in ENDED else cancel_at,
        latest_invoice=Invoice(latest["id"], latest["status"] or "draft") if isinstance(latest, Mapping) else None,
        created=created,
    )


def payment_method(item: Mapping[str, Any]) -> PaymentMethod:
    """A payment method of any type."""
    return PaymentMethod(item["id"], id_of(item.get("customer")), card(item.get("card")))


def card(item: Mapping[str, Any] | None) -> Card | None:
    """What a payment method or a charge says of its card."""
    return Card(item["brand"], item["last4"], item["exp_month"], item["exp_year"]) if item else None


def history(
    invoices: Sequence[Mapping[str, Any]],
    payments: Sequence[Mapping[str, Any]],
    charges: Sequence[Mapping[str, Any]],
) -> list[HistoryItem]:
    """Invoices, then what belongs to none of them: payments, and charges without either; the newest first."""
    of_invoices = {id_of(p["payment"].get("payment_intent")) for i in invoices for p in i["payments"]["data"]}
    alone = [p for p in payments if p["id"] not in of_invoices and p["status"] in {"succeeded", "processing"}]
    covered = of_invoices | {p["id"] for p in alone}
    rest = [c for c in charges if id_of(c.get("payment_intent")) not in covered - {None}]
    items = [*map(_invoice_item, invoices), *map(_payment_item, alone), *map(_charge_item, rest)]
    return sorted(items, key=lambda item: (item.created_at, item.id), reverse=True)


def _invoice_item(item: Mapping[str, Any]) -> HistoryItem:
    state = _INVOICE_STATES.get(item["status"], "processing")
    first_line = next(iter(item["lines"]["data"]), {})
    return _item(
        item,
        state,
        amount=item["total"],
        description=item.get("description") or first_line.get("description"),
        pdf_url=item.get("invoice_pdf"),
        hosted_url=item.get("hosted_invoice_url"),
    )


def _payment_item(item: Mapping[str, Any]) -> HistoryItem:
    return _item(item, _PAYMENT_STATES.get(item["status"], "processing"), kind="payment", amount=item["amount"])


def _charge_item(item: Mapping[str, Any]) -> HistoryItem:
    state = _CHARGE_STATES.get(item["status"], "processing")
    return _item(item, state, amount=item["amount"], receipt_url=item.get("receipt_url"))


def _item(item: Mapping[str, Any], state: str, *, amount: int, kind: str = "", **more: str | None) -> HistoryItem:
    created = at(item["created"])
    assert created
    links = {"description": item.get("description"), "pdf_url": None, "hosted_url": None, "receipt_url": None, **more}
    return HistoryItem(
        id=item["id"],
        kind=kind or item["object"],
        state=state,
        status=item["status"],
        amount=amount,
        currency=item["currency"],
        created_at=created,
        **links,
    )
