"""Twelve months of invoices and payments, page by page."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from api.models.account import Account
from api.payments import HistoryItem, PaymentGateway

_REACHES_BACK: Final = timedelta(days=366)


async def billing_history(gateway: PaymentGateway, account: Account) -> list[HistoryItem]:
    """Everything of the last twelve months, the newest first; nothing for who never was a customer."""
    if account.billing.customer_id is None:
        return []
    return await gateway.history(account.billing.customer_id, datetime.now(UTC) - _REACHES_BACK)


def start_after(items: Sequence[HistoryItem], after: str | None) -> int:
    """Where the page begins that follows the item `after`: at the end, when that is older than all that is left."""
    if after is None:
        return 0
    for index, item in enumerate(items):
        if item.id == after:
            return index + 1
    return len(items)
