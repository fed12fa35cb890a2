"""What people do with their subscription: save a card, subscribe, change, cancel.

Each decides by what is true now, writes through `api/billing_writes.py`, and returns what is true then.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar
from weakref import WeakValueDictionary

from api.billing_state import synchronise
from api.billing_writes import CREATE_CUSTOMER, CREATE_SUBSCRIPTION, Changed, OutdatedError, Writes
from api.db import Database
from api.errors import (
    AlreadySubscribedError,
    CardRequiredError,
    ChangeInProgressError,
    InvoiceOpenError,
    NotSubscribedError,
    PaymentMethodNotFoundError,
    PaymentProviderRefusalError,
    PriceNotFoundError,
)
from api.models.account import Account, select_account
from api.models.billing import update_customer
from api.models.idempotency_key import delete_begun
from api.payments import PAID, PaymentGateway, SetupIntent, Subscription
from api.prices import Price

_DECISIONS: Final = 5  # how often something may change while it is decided what to do

_Result = TypeVar("_Result")


class Billing:
    """The use cases; each takes the account as the session knows it, and reads it again before it decides."""

    def __init__(self, database: Database, gateway: PaymentGateway, prices: Sequence[Price]) -> None:
        self._database = database
        self._gateway = gateway
        self._writes = Writes(database, gateway)
        self._prices = {price.id: price for price in prices}
        # One change at a time for an account in this process. Across processes, versions and keys hold.
        self._locks: WeakValueDictionary[uuid.UUID, asyncio.Lock] = WeakValueDictionary()

    async def create_setup_intent(self, account: Account) -> SetupIntent:
        """The permission to save a card; makes the account's one customer first."""
        operation = "create_setup_intent"
        async with self._alone(account):
            customer = await self._decided(account, self._customer)
            key = await self._writes.begin(account, operation, {"customer": customer})
            made = await self._gateway.create_setup_intent(customer, key)
            await self._writes.forget(account, operation, key)
            return made

    async def save_payment_method(self, account: Account, payment_method_id: str) -> Changed:
        """Pay with this from now on, and pay with it at once what is open."""
        async with self._alone(account):
            account = await self._reload(account)
            customer = account.billing.customer_id
            found = await self._gateway.payment_method(payment_method_id) if customer else None
            if customer is None or found is None or found.customer_id != customer:
                raise PaymentMethodNotFoundError("There is no such payment method. Save it with a setup intent first.")
            saved = await self._writes.write(
                account,
                "save_payment_method",
                {"payment_method": found.id},
                lambda key: self._gateway.set_default_payment_method(customer, found.id, key),
            )
            subscription = saved.account.billing.subscription
            if subscription and (subscription.past_due or subscription.status == "incomplete"):
                return await self._pay_what_is_open(saved.account, subscription)
            return saved

    async def subscribe(self, account: Account, price_id: str) -> Changed:
        """A subscription to one of the allowed prices, paid with the saved card; or the one there is, if it is that."""
        self._require_allowed(price_id)
        async with self._alone(account):
            return await self._decided(account, lambda now: self._subscribe(now, price_id))

    async def _subscribe(self, account: Account, price_id: str) -> Changed:
        # Once the subscription of an attempt that was cut off is known, the next attempt is another one.
        known = account.billing.subscription.id if account.billing.subscription else ""
        wanted = {"customer": account.billing.customer_id or "", "price": price_id, "after": known}
        if not await self._writes.sent_lately(account, CREATE_SUBSCRIPTION, wanted):
            account = await self._synchronise(account, CREATE_SUBSCRIPTION)
            if (subscription := account.billing.subscription) and not subscription.ended:
                if subscription.price.id != price_id or subscription.cancel_at:
                    raise AlreadySubscribedError("There is a subscription. Change its plan, resume or cancel it.")
                if subscription.status != "incomplete":
                    return Changed(account)
                return await self._pay_what_is_open(account, subscription)
        customer, id_ = account.billing.customer_id, account.id
        if customer is None or account.billing.payment_method_id is None:
            raise CardRequiredError("Save a card first.")
        changed = await self._writes.write(
            account,
            CREATE_SUBSCRIPTION,
            wanted,
            lambda key: self._gateway.create_subscription(id_, customer, price_id, key),
        )
        return Changed(changed.account, changed.payment, created=True)

    async def change_plan(self, account: Account, price_id: str) -> Changed:
        """Another of the allowed prices for the living subscription, the difference paid at once."""
        self._require_allowed(price_id)
        async with self._alone(account):
            account, subscription = await self._subscribed(account)
            if subscription.price.id == price_id:
                return Changed(account)
            if subscription.status not in PAID:  # the change would credit what was never paid
                raise InvoiceOpenError("The subscription is not paid. Save a card that works, or cancel it.")
            return await self._writes.write(
                account,
                "change_plan",
                {"subscription": subscription.id, "price": price_id},
                lambda key: self._gateway.change_price(subscription.id, price_id, key),
            )

    async def cancel(self, account: Account, *, at_period_end: bool) -> Changed:
        """End the subscription when what is paid for is used up, or now; to say it twice is fine."""
        async with self._alone(account):
            account, subscription = await self._subscribed(account)
            at_period_end = at_period_end and subscription.status != "incomplete"  # no period of that was paid
            if at_period_end and subscription.cancel_at:
                return Changed(account)
            return await self._writes.write(
                account,
                "cancel_subscription",
                {"subscription": subscription.id, "when": "period_end" if at_period_end else "now"},
                lambda key: self._gateway.cancel(subscription.id, at_period_end=at_period_end, key=key),
            )

    async def resume(self, account: Account) -> Changed:
        """Take back the decision to cancel, as long as the subscription lives."""
        async with self._alone(account):
            account, subscription = await self._subscribed(account)
            if subscription.cancel_at is None:
                return Changed(account)
            return await self._writes.write(
                account,
                "resume_subscription",
                {"subscription": subscription.id},
                lambda key: self._gateway.resume(subscription.id, key),
            )

    def _require_allowed(self, price_id: str) -> None:
        if price_id not in self._prices:
            raise PriceNotFoundError("This is not one of the plans' prices; GET /api/billing/plans lists them.")

    async def _subscribed(self, account: Account) -> tuple[Account, Subscription]:
        """The account with its living subscription, by what Stripe says now."""
        account = await self._synchronise(account, "request")
        subscription = account.billing.subscription
        if subscription is None or subscription.ended:
            raise NotSubscribedError("There is no living subscription.")
        return account, subscription

    async def _customer(self, account: Account) -> str:
        """The account's customer, made if there is none: once, whoever asks how often."""
        if account.billing.customer_id:
            return account.billing.customer_id
        found = None
        if await self._writes.begun(account, CREATE_CUSTOMER) and not await self._writes.sent_lately(
            account, CREATE_CUSTOMER, {}
        ):  # what was cut off a while ago may have made one
            found = await self._gateway.find_customer(account.id, account.email)
        key = await self._writes.begin(account, CREATE_CUSTOMER, {})
        try:
            customer = found or await self._gateway.create_customer(account.id, account.email, key)
        except PaymentProviderRefusalError:
            await self._writes.forget(account, CREATE_CUSTOMER, key)
            raise
        async with self._database.connection() as connection, connection.transaction():
            await update_customer(connection, account.id, customer)
            await delete_begun(connection, account.id, CREATE_CUSTOMER, key)
        return (await self._reload(account)).billing.customer_id or customer

    async def _decided(self, account: Account, decide: Callable[[Account], Awaitable[_Result]]) -> _Result:
        """What comes of a decision about the account as it is now, made again while others change it meanwhile."""
        for _ in range(_DECISIONS):
            with contextlib.suppress(OutdatedError):
                return await decide(await self._reload(account))
        raise ChangeInProgressError("Others are changing the same account. Try again in a few seconds.")

    async def _pay_what_is_open(self, account: Account, subscription: Subscription) -> Changed:
        invoice = subscription.latest_invoice
        if invoice is None or invoice.status != "open":
            return Changed(account)
        pay = self._gateway.pay_invoice
        return await self._writes.write(
            account, "pay_invoice", {"invoice": invoice.id}, lambda key: pay(invoice.id, key)
        )

    async def _reload(self, account: Account) -> Account:
        async with self._database.connection() as connection:
            return await select_account(connection, account.id) or account

    async def _synchronise(self, account: Account, cause: str) -> Account:
        return await synchronise(self._database, self._gateway, account.id, cause)

    def _alone(self, account: Account) -> contextlib.AbstractAsyncContextManager[None]:
        return self._locks.setdefault(account.id, asyncio.Lock())
