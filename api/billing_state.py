"""Synchronisation: what the database knows of an account's billing becomes what the payment provider says.

There is one way in which billing state is written, whatever the cause: read the account with its version, ask the
provider, and store the answer if the version is still the same. Of two at once the one who asked first may lose and
asks again, so an old answer never overwrites a newer one, and no connection to the database is held meanwhile.
"""

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from api.db import Database
from api.errors import ChangeInProgressError
from api.models import Connection
from api.models.account import Account, select_account
from api.models.billing import insert_billing_change, update_billing
from api.payments import BillingState, PaymentGateway

_ROUNDS: Final = 10

InTransaction = Callable[[Connection], Awaitable[None]]


async def synchronise(
    database: Database, gateway: PaymentGateway, account_id: uuid.UUID, cause: str, also: InTransaction | None = None
) -> Account:
    """Store what is true of the account's customer now, and return the account.

    Args:
        database: where the account is.
        gateway: who knows what is true.
        account_id: an account that exists.
        cause: for the trail of changes: what led to this.
        also: stores something in the same transaction.

    Raises:
        ChangeInProgressError: others stored something each time.
        PaymentProviderUnavailableError, PaymentProviderError, DatabaseUnavailableError: nothing was stored.
    """
    for _ in range(_ROUNDS):
        async with database.connection() as connection:
            known = await select_account(connection, account_id)
        assert known, "accounts are never deleted"
        customer = known.billing.customer_id
        found = await gateway.billing_state(customer) if customer else known.billing
        state = found or without_customer(known.billing)
        async with database.connection() as connection, connection.transaction():
            if await update_billing(connection, account_id, known.version, state):
                await insert_billing_change(connection, account_id, cause, known.billing, state)
                if also:
                    await also(connection)
                return replace(known, version=known.version + 1, billing=state)
    raise ChangeInProgressError("Others are changing the same account. Try again in a few seconds.")


def without_customer(known: BillingState) -> BillingState:
    """What is left when the customer was deleted: the memory of a subscription that is over."""
    subscription = known.subscription
    if subscription and not subscription.ended:
        subscription = replace(subscription, status="canceled", cancel_at=None)
    return BillingState(subscription=subscription)
