"""The payment provider as the rest of the API sees it: what an account has there, and what can be done.

`PaymentGateway` is the port; `api/stripe_gateway.py` is the adapter that speaks to Stripe. Every method raises
PaymentProviderUnavailableError when the provider is down or slow, and PaymentProviderError when its answer cannot be
used; methods that take money also raise CardDeclinedError. A `key` is an idempotency key: the same key with the same
arguments gives the same result, however often it is sent.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from api.prices import Price

# https://docs.stripe.com/billing/subscriptions/overview#subscription-statuses, the one that counts most first.
_RANKS: Final = {
    "active": 0,
    "trialing": 0,
    "past_due": 1,
    "unpaid": 2,
    "paused": 3,
    "incomplete": 4,
    "canceled": 5,
    "incomplete_expired": 6,
}
PAID: Final = frozenset({"active", "trialing"})  # nothing is owed
ENDED: Final = frozenset({"canceled", "incomplete_expired"})  # terminal: it never comes back
_PAST_DUE: Final = frozenset({"past_due", "unpaid"})
_ACCESS: Final = frozenset({"active", "trialing", "past_due"})  # past_due: the bank is asked again for two weeks


def has_access(status: str | None) -> bool:
    """Whether a subscription in this status entitles to the product."""
    return status in _ACCESS


@dataclass(frozen=True, slots=True)
class Card:
    """What may be shown of a card; its number never comes near the API."""

    brand: str
    last4: str
    exp_month: int
    exp_year: int


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    """A way to pay; `card` is None when it is not a card, `customer_id` when it belongs to nobody."""

    id: str
    customer_id: str | None
    card: Card | None


@dataclass(frozen=True, slots=True)
class Invoice:
    """An invoice: draft, open, paid, uncollectible or void."""

    id: str
    status: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscription as it is now; `cancel_at` is when it will end, if that is decided."""

    id: str
    status: str
    price: Price
    current_period_end: datetime
    cancel_at: datetime | None
    latest_invoice: Invoice | None
    created: datetime

    @property
    def ended(self) -> bool:
        """Whether it is over for good."""
        return self.status in ENDED

    @property
    def past_due(self) -> bool:
        """Whether a renewal could not be paid."""
        return self.status in _PAST_DUE


@dataclass(frozen=True, slots=True)
class BillingState:
    """All that counts of a customer: the default payment method, and the subscription that counts most.

    Read from the database it is what is known, read from the provider it is what is true.
    """

    customer_id: str | None = None
    payment_method_id: str | None = None
    card: Card | None = None
    subscription: Subscription | None = None


def foremost(subscriptions: Sequence[Subscription]) -> Subscription | None:
    """The subscription that counts: by status, then the newest. So an old one that ended never hides a living one."""
    return min(subscriptions, key=lambda s: (_RANKS.get(s.status, 0), -s.created.timestamp(), s.id), default=None)


@dataclass(frozen=True, slots=True)
class SetupIntent:
    """The permission to save a card, which the customer's browser confirms with the client secret."""

    id: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What became of a payment: nothing to do, or the customer must authenticate it with the client secret."""

    client_secret: str | None = None


@dataclass(frozen=True, slots=True)
class HistoryItem:
    """One invoice, payment or charge.

    Attributes:
        kind: invoice, payment or charge.
        state: processed (money moved, or none had to), processing, or failed.
        status: the provider's own word.
        amount: in the smallest unit of the currency.
        pdf_url, hosted_url, receipt_url: where a person can read it; links expire, so they are never stored.
    """

    id: str
    kind: str
    state: str
    status: str
    amount: int
    currency: str
    created_at: datetime
    description: str | None
    pdf_url: str | None
    hosted_url: str | None
    receipt_url: str | None


@dataclass(frozen=True, slots=True)
class PaymentEvent:
    """What a verified webhook says; `customer_id` is whose state may have changed, `environment` who made it."""

    id: str
    type: str
    created: datetime
    live: bool
    api_version: str | None
    customer_id: str | None
    environment: str | None


class PaymentGateway(Protocol):
    """The payment provider."""

    def verified_event(self, body: bytes, signature: str | None) -> PaymentEvent:
        """What a webhook says; BadSignatureError or MalformedBodyError when it cannot be trusted or read."""
        ...

    async def create_customer(self, account_id: uuid.UUID, email: str, key: str) -> str:
        """A new customer's id."""
        ...

    async def find_customer(self, account_id: uuid.UUID, email: str) -> str | None:
        """The customer that an earlier `create_customer` of this account made, if it did."""
        ...

    async def create_setup_intent(self, customer_id: str, key: str) -> SetupIntent:
        """The permission to save a card for later payments."""
        ...

    async def payment_method(self, payment_method_id: str) -> PaymentMethod | None:
        """A payment method, or None when there is no such."""
        ...

    async def set_default_payment_method(self, customer_id: str, payment_method_id: str, key: str) -> None:
        """What subscriptions are paid with from now on."""
        ...

    async def create_subscription(self, account_id: uuid.UUID, customer_id: str, price_id: str, key: str) -> Payment:
        """A subscription, paid at once with the default payment method; CardDeclinedError leaves it incomplete."""
        ...

    async def change_price(self, subscription_id: str, price_id: str, key: str) -> Payment:
        """Another price from now on, the difference paid at once; CardDeclinedError leaves everything as it was."""
        ...

    async def pay_invoice(self, invoice_id: str, key: str) -> Payment:
        """Pay an open invoice with the default payment method."""
        ...

    async def cancel(self, subscription_id: str, *, at_period_end: bool, key: str) -> None:
        """End a subscription now or when what is paid for is used up; one that has ended is fine."""
        ...

    async def resume(self, subscription_id: str, key: str) -> None:
        """Take back the decision to end it."""
        ...

    async def billing_state(self, customer_id: str) -> BillingState | None:
        """What is true of a customer; None when it was deleted."""
        ...

    async def history(self, customer_id: str, since: datetime) -> list[HistoryItem]:
        """Invoices, and payments and charges without one, the newest first; as many as the provider lists at once."""
        ...

    async def close(self) -> None:
        """Close connections."""
        ...
