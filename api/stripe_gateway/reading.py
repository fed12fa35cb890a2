"""What is read of a customer: what is true now, and what was."""

import asyncio
from datetime import datetime
from typing import Any, Final

import stripe

from api.payments import ENDED, BillingState, HistoryItem, foremost
from api.stripe_gateway import shapes
from api.stripe_gateway.failures import is_missing

PAGE: Final = 100  # the most that Stripe lists at once
_MOST: Final = 300  # invoices, payments and charges of a history, each

Api = Any  # the SDK's `v1`, whose type it keeps to itself


async def read_state(api: Api, customer_id: str) -> BillingState | None:
    """What is true of a customer; None when it was deleted."""
    customer, subscriptions = await asyncio.gather(
        _customer(api, customer_id), _subscriptions(api, customer_id), return_exceptions=True
    )
    if isinstance(customer, BaseException):
        raise customer
    if customer.get("deleted"):  # whatever became of its subscriptions
        return None
    if isinstance(subscriptions, BaseException):
        raise subscriptions
    default = (customer.get("invoice_settings") or {}).get("default_payment_method")
    method = shapes.payment_method(default) if default else None
    return BillingState(
        customer_id=customer_id,
        payment_method_id=method.id if method else None,
        card=method.card if method else None,
        subscription=foremost(list(map(shapes.subscription, subscriptions))),
    )


async def read_history(api: Api, customer_id: str, since: datetime) -> list[HistoryItem]:
    """Invoices, and payments and charges that belong to none, since a time."""
    asked: Any = {"customer": customer_id, "created": {"gte": int(since.timestamp())}, "limit": PAGE}
    lists = await asyncio.gather(
        api.invoices.list_async(asked | {"expand": ["data.payments"]}),
        api.payment_intents.list_async(asked),
        api.charges.list_async(asked),
    )
    return shapes.history(*(await asyncio.gather(*map(_up_to_most, lists))))


async def _customer(api: Api, customer_id: str) -> dict[str, Any]:
    """With the payment method in full; a deleted customer has none that could be."""
    try:
        expand = ["invoice_settings.default_payment_method"]
        found = await api.customers.retrieve_async(customer_id, {"expand": expand})
    except stripe.InvalidRequestError as error:
        if is_missing(error):
            raise
        found = await api.customers.retrieve_async(customer_id)
    return found.to_dict()


async def _subscriptions(api: Api, customer_id: str) -> list[dict[str, Any]]:
    """All that can be read; of those that ended long ago some have no items any more."""
    asked = {"customer": customer_id, "status": "all", "limit": PAGE, "expand": ["data.latest_invoice"]}
    found = [item.to_dict() for item in (await api.subscriptions.list_async(asked)).data]
    return [item for item in found if item["items"]["data"] or item["status"] not in ENDED]


async def _up_to_most(pages: stripe.ListObject[Any]) -> list[dict[str, Any]]:
    """The items of a list, page after page, up to a bound."""
    items: list[dict[str, Any]] = []
    async for item in pages.auto_paging_iter():
        items.append(item.to_dict())
        if len(items) == _MOST:
            break
    return items
