"""From what the use cases return to what goes out over HTTP."""

from collections.abc import Iterable, Sequence

import msgspec

from api.billing import Changed
from api.blueprints import shapes
from api.models.account import Account
from api.payments import BillingState, HistoryItem, Subscription, has_access
from api.prices import Price


def account(stored: Account) -> shapes.Account:
    """An account for its owner."""
    subscription = stored.billing.subscription
    card = stored.billing.card
    summary = shapes.BillingSummary(
        subscription_status=subscription.status if subscription else None,
        plan=subscription.price.plan if subscription else None,
        has_access=has_access(subscription.status if subscription else None),
        past_due=subscription.past_due if subscription else False,
        card_last4=card.last4 if card else None,
    )
    return shapes.Account(stored.id, stored.email, stored.created_at, summary)


def billing(state: BillingState) -> shapes.BillingAnswer:
    """Subscription and payment method for their owner."""
    card, method = state.card, None
    if state.payment_method_id:
        brand, last4 = (card.brand, card.last4) if card else (None, None)
        month, year = (card.exp_month, card.exp_year) if card else (None, None)
        method = shapes.PaymentMethod(state.payment_method_id, brand, last4, month, year)
    return shapes.BillingAnswer(_subscription(state.subscription), method)


def change(changed: Changed) -> shapes.ChangeAnswer:
    """What a change has led to."""
    now = billing(changed.account.billing)
    return shapes.ChangeAnswer(now.subscription, now.payment_method, changed.payment.client_secret)


def _subscription(stored: Subscription | None) -> shapes.Subscription | None:
    if stored is None:
        return None
    invoice, price = stored.latest_invoice, stored.price
    return shapes.Subscription(
        id=stored.id,
        status=stored.status,
        has_access=has_access(stored.status),
        past_due=stored.past_due,
        plan=price.plan,
        price_id=price.id,
        interval=price.interval,
        unit_amount=price.unit_amount,
        currency=price.currency,
        current_period_end=stored.current_period_end,
        cancel_at=stored.cancel_at,
        latest_invoice=shapes.Invoice(invoice.id, invoice.status) if invoice else None,
    )


def plans(prices: Iterable[Price]) -> shapes.PlansAnswer:
    """The prices that can be subscribed to, in the order given, by plan."""
    found: dict[str, list[shapes.PriceItem]] = {}
    for price in prices:
        item = msgspec.convert(
            {"price_id": price.id, "interval": price.interval, "unit_amount": price.unit_amount}
            | {"currency": price.currency},
            shapes.PriceItem,
        )
        found.setdefault(price.plan or "", []).append(item)
    return shapes.PlansAnswer([shapes.Plan(plan, items) for plan, items in found.items()])


def history_page(items: Sequence[HistoryItem], start: int, limit: int) -> shapes.HistoryAnswer:
    """`limit` items from `start` on."""
    page = [msgspec.convert(item, shapes.HistoryEntry, from_attributes=True) for item in items[start : start + limit]]
    more = start + limit < len(items)
    return shapes.HistoryAnswer(page, page[-1].id if more else None)
