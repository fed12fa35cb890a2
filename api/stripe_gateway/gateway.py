"""What is asked of Stripe, call by call."""

import contextlib
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import httpx
import stripe

from api.errors import CardDeclinedError
from api.payments import (
    ENDED,
    BillingState,
    HistoryItem,
    Payment,
    PaymentEvent,
    PaymentGateway,
    PaymentMethod,
    SetupIntent,
)
from api.settings import Settings
from api.stripe_gateway import shapes
from api.stripe_gateway.failures import asking, is_missing
from api.stripe_gateway.reading import PAGE, read_history, read_state
from api.stripe_gateway.signatures import verified_event

# A release of the SDK that speaks another one fails a test, not a customer.
VERSION: Final = "2026-10-28.endive"

# Seconds. A page waits for these; the SDK's own 80 s and two repetitions would outlast every caller.
TIMEOUT: Final = httpx.Timeout(10, connect=3)
_AUTHENTICATE: Final = frozenset(
    {"authentication_required", "invoice_payment_intent_requires_action", "subscription_payment_intent_requires_action"}
)
_SECRET: Final = "latest_invoice.confirmation_secret"  # noqa: S105 - the name of a field


class StripeGateway(PaymentGateway):
    """Stripe, with the key, the address and the signing secrets of `settings`. Methods: see `PaymentGateway`."""

    def __init__(self, settings: Settings) -> None:
        self._secrets = settings.stripe_webhook_secret
        self._stamp = {"environment": settings.environment}
        self._http = stripe.HTTPXClient(timeout=TIMEOUT)
        client = stripe.StripeClient(
            settings.stripe_secret_key,
            stripe_version=VERSION,
            base_addresses={"api": settings.stripe_api_url},
            http_client=self._http,
            max_network_retries=1,
        )
        self._api = client.v1

    async def close(self) -> None:
        await self._http.close_async()

    def verified_event(self, body: bytes, signature: str | None) -> PaymentEvent:
        return verified_event(body, signature, self._secrets)

    async def create_customer(self, account_id: uuid.UUID, email: str, key: str) -> str:
        metadata = {**self._stamp, "account_id": str(account_id)}
        async with asking():
            made = await self._api.customers.create_async({"email": email, "metadata": metadata}, _once(key))
            return made.id

    async def find_customer(self, account_id: uuid.UUID, email: str) -> str | None:
        async with asking():
            found = await self._api.customers.list_async({"email": email, "limit": PAGE})
            wanted = {**self._stamp, "account_id": str(account_id)}
            return next((c.id for c in found.data if wanted.items() <= (c.to_dict()["metadata"] or {}).items()), None)

    async def create_setup_intent(self, customer_id: str, key: str) -> SetupIntent:
        async with asking():
            made = await self._api.setup_intents.create_async(
                {
                    "customer": customer_id,
                    "usage": "off_session",
                    "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
                    "metadata": self._stamp,
                },
                _once(key),
            )
            return SetupIntent(made.id, str(made.client_secret))

    async def payment_method(self, payment_method_id: str) -> PaymentMethod | None:
        async with asking():
            try:
                found = await self._api.payment_methods.retrieve_async(payment_method_id)
            except stripe.InvalidRequestError as error:
                if is_missing(error):
                    return None
                raise
            return shapes.payment_method(found.to_dict())

    async def set_default_payment_method(self, customer_id: str, payment_method_id: str, key: str) -> None:
        settings: Any = {"invoice_settings": {"default_payment_method": payment_method_id}}
        async with asking():
            await self._api.customers.update_async(customer_id, settings, _once(key))

    async def create_subscription(self, account_id: uuid.UUID, customer_id: str, price_id: str, key: str) -> Payment:
        async with asking():
            made = await self._api.subscriptions.create_async(
                {
                    "customer": customer_id,
                    "items": [{"price": price_id}],
                    "payment_behavior": "allow_incomplete",
                    "metadata": {**self._stamp, "account_id": str(account_id)},
                    "expand": [_SECRET],
                },
                _once(key),
            )
            return await self._payment(made.to_dict()) if made.status == "incomplete" else Payment()

    async def change_price(self, subscription_id: str, price_id: str, key: str) -> Payment:
        async with asking():
            found = await self._api.subscriptions.retrieve_async(subscription_id)
            changed = await self._api.subscriptions.update_async(
                subscription_id,
                {
                    "items": [{"id": found.to_dict()["items"]["data"][0]["id"], "price": price_id}],
                    "proration_behavior": "always_invoice",
                    "payment_behavior": "pending_if_incomplete",  # until it is paid, the old price stays
                    "expand": [_SECRET],
                },
                _once(key),
            )
            if changed.pending_update is None:
                return Payment()
            try:
                return await self._payment(changed.to_dict())
            except CardDeclinedError:
                # The bank said no: without its invoice the change is off, too. If this fails, Stripe drops it in a day.
                with contextlib.suppress(stripe.StripeError):
                    await self._api.invoices.void_invoice_async(changed.to_dict()["latest_invoice"]["id"])
                raise

    async def pay_invoice(self, invoice_id: str, key: str) -> Payment:
        async with asking():
            try:
                # The customer is there, and can do what the bank wants.
                await self._api.invoices.pay_async(invoice_id, {"off_session": False}, _once(key))
            except stripe.CardError as error:
                if error.code not in _AUTHENTICATE:
                    raise
                found = await self._api.invoices.retrieve_async(invoice_id, {"expand": ["confirmation_secret"]})
                return await self._payment({"latest_invoice": found.to_dict()})
            except stripe.InvalidRequestError as error:
                if error.code != "invoice_already_paid":  # somebody was quicker, Stripe's own retry for one
                    raise
            return Payment()

    async def cancel(self, subscription_id: str, *, at_period_end: bool, key: str) -> None:
        async with asking():
            try:
                if at_period_end:
                    await self._api.subscriptions.update_async(
                        subscription_id, {"cancel_at_period_end": True}, _once(key)
                    )
                else:
                    await self._api.subscriptions.cancel_async(subscription_id, {}, _once(key))
            except stripe.InvalidRequestError as error:
                if not is_missing(error) and not await self._has_ended(subscription_id):
                    raise  # else it has ended already, which is what was asked for

    async def resume(self, subscription_id: str, key: str) -> None:
        async with asking():
            found = await self._api.subscriptions.retrieve_async(subscription_id)
            if found.status in ENDED:
                return
            undo: Any = {"cancel_at_period_end": False} if found.cancel_at_period_end else {"cancel_at": ""}
            await self._api.subscriptions.update_async(subscription_id, undo, _once(key))

    async def billing_state(self, customer_id: str) -> BillingState | None:
        async with asking():
            return await read_state(self._api, customer_id)

    async def history(self, customer_id: str, since: datetime) -> list[HistoryItem]:
        async with asking():
            return await read_history(self._api, customer_id, since)

    async def _has_ended(self, subscription_id: str) -> bool:
        return (await self._api.subscriptions.retrieve_async(subscription_id)).status in ENDED

    async def _payment(self, subscription: Mapping[str, Any]) -> Payment:
        """What is missing for the latest invoice to be paid; CardDeclinedError when only another card helps."""
        secret = (subscription["latest_invoice"]["confirmation_secret"] or {}).get("client_secret")
        if not secret:  # nothing that a customer could confirm
            return Payment()
        intent = await self._api.payment_intents.retrieve_async(secret.partition("_secret_")[0])
        if intent.status == "requires_payment_method":
            reason = intent.last_payment_error.message if intent.last_payment_error else None
            raise CardDeclinedError(reason or "The card was declined. Try another one.")
        return Payment(secret if intent.status in {"requires_action", "requires_confirmation"} else None)


def _once(key: str) -> Any:
    return {"idempotency_key": key}
