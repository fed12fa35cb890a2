"""What goes in and out over HTTP, as the OpenAPI document describes it.

Requests refuse unknown fields: a misspelt optional field is then an error and not silently without effect. Times are
RFC 3339 in UTC, amounts whole numbers in the smallest unit of the currency.
"""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from api.accounts import LONGEST_EMAIL
from api.passwords import LONGEST, SHORTEST

Amount = Annotated[int, Meta(description="In the smallest unit of the currency.", examples=[900])]
Currency = Annotated[str, Meta(description="ISO 4217, lower case.", examples=["usd"])]
Time = Annotated[datetime, Meta(tz=True, examples=["2026-03-01T09:30:00Z"])]
Email = Annotated[str, Meta(examples=["ada@example.com"])]
# What JSON Schema says here to callers, `api.accounts` decides.
NewEmail = Annotated[Email, Meta(max_length=LONGEST_EMAIL, extra_json_schema={"format": "email"})]
OwnEmail = Annotated[str | None, Meta(description="If given, it must be the caller's own, else the answer is 403.")]
Password = Annotated[str, Meta(examples=["correct horse battery"])]
NewPassword = Annotated[
    Password, Meta(min_length=SHORTEST, max_length=LONGEST, extra_json_schema={"pattern": r"^[^\u0000]*$"})
]
StripeId = Annotated[str, Meta(min_length=1, max_length=255, pattern=r"^[A-Za-z0-9_]+$")]
Status = Annotated[
    str,
    Meta(
        description="Stripe's word: incomplete, incomplete_expired, trialing, active, past_due, unpaid, paused, "
        "canceled.",
        examples=["active"],
    ),
]


class Request(Struct, forbid_unknown_fields=True):
    """What every request body has in common."""


class Credentials(Request):
    """What a person logs in with."""

    email: Email
    password: Password


class Registration(Request):
    """What an account is made from."""

    email: NewEmail
    password: NewPassword


class PasswordChange(Request):
    """The password that counts, and the one that shall."""

    current_password: Password
    new_password: NewPassword


class OwnAccount(Request):
    """Nothing but, if the caller wants, whom it is for."""

    email: OwnEmail = None


class Page(Struct):
    """Which part of a list."""

    limit: Annotated[int, Meta(ge=1, le=100, description="How many items at the most.")] = 20
    after: Annotated[StripeId | None, Meta(description="`next` of the page before.")] = None


class SavedPaymentMethod(OwnAccount, kw_only=True):
    """A payment method that a setup intent has saved."""

    payment_method_id: Annotated[StripeId, Meta(description="As Stripe.js names it.", examples=["pm_1Qx"])]


class ChosenPrice(OwnAccount, kw_only=True):
    """One of the prices of `GET /api/billing/plans`."""

    price_id: Annotated[StripeId, Meta(description="From `GET /api/billing/plans`.", examples=["price_1Qx"])]


class Cancellation(OwnAccount):
    """When the subscription ends."""

    at_period_end: Annotated[bool, Meta(description="False ends it now.")] = True


class Invoice(Struct):
    """The latest invoice of a subscription."""

    id: str
    status: Annotated[str, Meta(description="draft, open, paid, uncollectible or void.", examples=["paid"])]


class Subscription(Struct):
    """A subscription as it is now."""

    id: str
    status: Status
    has_access: Annotated[bool, Meta(description="Whether it entitles to the product.")]
    past_due: Annotated[bool, Meta(description="A renewal could not be paid: ask for another card.")]
    plan: Annotated[str | None, Meta(description="basic, premium or enterprise.", examples=["basic"])]
    price_id: str
    interval: Annotated[str, Meta(description="month or year.", examples=["month"])]
    unit_amount: Amount
    currency: Currency
    current_period_end: Time
    cancel_at: Annotated[Time | None, Meta(description="When it ends, if that is decided.")]
    latest_invoice: Invoice | None


class PaymentMethod(Struct):
    """What may be shown of a way to pay."""

    id: str
    brand: Annotated[str | None, Meta(description="Null when it is not a card.", examples=["visa"])]
    last4: Annotated[str | None, Meta(examples=["4242"])]
    exp_month: int | None
    exp_year: int | None


class BillingSummary(Struct):
    """What a page header needs to know."""

    subscription_status: Status | None
    plan: str | None
    has_access: bool
    past_due: bool
    card_last4: str | None


class Account(Struct):
    """An account as its owner sees it."""

    id: UUID
    email: str
    created_at: Time
    billing: BillingSummary


class AccountAnswer(Struct):
    """An account."""

    account: Account


class LoginAnswer(Struct):
    """A session that was just opened. The token is shown this once."""

    token: Annotated[str, Meta(description="Send it as `Authorization: Bearer <token>`.")]
    expires_at: Annotated[Time, Meta(description="Its end at the latest.")]
    account: Account


class SetupIntentAnswer(Struct):
    """The permission to save a card."""

    setup_intent_id: str
    client_secret: Annotated[str, Meta(description="For Stripe.js `confirmSetup`.")]


class BillingAnswer(Struct):
    """What somebody pays for, and with what."""

    subscription: Subscription | None
    payment_method: PaymentMethod | None


class ChangeAnswer(BillingAnswer):
    """What a change has led to."""

    client_secret: Annotated[
        str | None,
        Meta(description="If set, the bank wants the customer to authenticate: Stripe.js `confirmPayment`."),
    ]


class PriceItem(Struct):
    """What a plan costs for an interval."""

    price_id: str
    interval: Literal["month", "year"]
    unit_amount: Amount
    currency: Currency


class Plan(Struct):
    """A plan that can be subscribed to."""

    plan: Annotated[str, Meta(examples=["basic"])]
    prices: list[PriceItem]


class PlansAnswer(Struct):
    """Every plan."""

    plans: list[Plan]


class HistoryEntry(Struct):
    """An invoice, or a payment or charge that belongs to none."""

    id: str
    kind: Literal["invoice", "payment", "charge"]
    state: Literal["processed", "processing", "failed"]
    status: Annotated[str, Meta(description="Stripe's word.")]
    amount: Amount
    currency: Currency
    created_at: Time
    description: str | None
    pdf_url: Annotated[str | None, Meta(description="Expires: fetch it when it is wanted.")]
    hosted_url: str | None
    receipt_url: str | None


class HistoryAnswer(Struct):
    """A page of the history, the newest first."""

    items: list[HistoryEntry]
    next: Annotated[str | None, Meta(description="`after` of the next page; null on the last one.")]


class Received(Struct):
    """The event is stored."""

    received: Literal[True] = True


class HealthQuery(Struct):
    """How deep the check goes."""

    simple: Annotated[str, Meta(description="`1`: do not ask the database.", examples=["1"])] = "0"


class Health(Struct, omit_defaults=True):
    """How the service is."""

    status: Literal["ok", "starting", "degraded", "unavailable"]
    revision: str
    database: str | None = None
