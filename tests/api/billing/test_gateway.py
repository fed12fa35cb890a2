"""The gateway's contract: what Stripe is asked and what comes back, at the stand-in and at Stripe's own mock.

stripe-mock keeps nothing and answers with examples, so only what holds for any answer is asked of both: that every
parameter is one of Stripe's, and that every answer can be understood.
"""

import dataclasses
import uuid
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import stripe as sdk

from api.payments import Payment, PaymentGateway, Subscription, foremost, has_access
from api.prices import Price
from api.settings import Settings
from api.stripe_gateway import VERSION, StripeGateway, shapes
from local.stripe.stand_in import StandIn
from tests.api.billing.payload_shapes import SHAPES
from tests.api.billing.shop import make_prices
from tests.api.sample_settings import make_settings


@dataclasses.dataclass(frozen=True)
class Subject:
    """A gateway, a client of the same Stripe, and a price there."""

    gateway: StripeGateway
    api: sdk.StripeClient
    price: str
    other: str


@pytest.fixture(params=["stand-in", "stripe-mock"])
async def url(request: pytest.FixtureRequest) -> AsyncGenerator[str]:
    """Where a Stripe is."""
    if request.param == "stripe-mock":
        yield request.getfixturevalue("stripe_mock")
    else:
        async with StandIn() as stand_in:
            yield stand_in.url


@pytest.fixture
def settings(url: str) -> Settings:
    """With that Stripe."""
    return make_settings(stripe_api_url=url)


@pytest.fixture
async def subject(settings: Settings) -> AsyncGenerator[Subject]:
    """The gateway and what it needs at Stripe."""
    http = sdk.HTTPXClient()
    api = sdk.StripeClient(
        settings.stripe_secret_key, base_addresses={"api": settings.stripe_api_url}, http_client=http
    )
    prices = await make_prices(api)
    gateway = StripeGateway(settings)
    yield Subject(gateway, api, prices[0].id, prices[2].id)
    await gateway.close()
    await http.close_async()


async def test_every_method(subject: Subject) -> None:
    """A whole life, each call as the API makes it."""
    gateway, account = subject.gateway, uuid.uuid4()
    customer = await gateway.create_customer(account, "ada@example.com", f"customer:{account}")
    assert customer.startswith("cus_")
    intent = await gateway.create_setup_intent(customer, f"setup:{account}")
    assert intent.id.startswith("seti_")
    assert "_secret_" in intent.client_secret
    attached = await subject.api.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer})

    method = await gateway.payment_method(attached.id)
    assert method
    assert method.card
    assert len(method.card.last4) == 4
    await gateway.set_default_payment_method(customer, attached.id, f"default:{account}")

    payment = await gateway.create_subscription(account, customer, subject.price, f"subscription:{account}")
    assert isinstance(payment, Payment)
    state = await gateway.billing_state(customer)
    assert state
    (subscription,) = (await subject.api.v1.subscriptions.list_async({"customer": customer, "status": "all"})).data
    assert state.subscription is None or state.subscription.id == subscription.id

    await gateway.cancel(subscription.id, at_period_end=True, key=f"cancel:{account}")
    await gateway.resume(subscription.id, f"resume:{account}")
    assert isinstance(await gateway.change_price(subscription.id, subject.other, f"change:{account}"), Payment)
    history = await gateway.history(customer, datetime.now(UTC) - timedelta(days=365))
    assert all(item.kind in {"invoice", "payment", "charge"} for item in history)
    invoice = (await subject.api.v1.invoices.list_async({"customer": customer})).data[0]
    assert isinstance(await gateway.pay_invoice(invoice.id, f"pay:{account}"), Payment)
    await gateway.cancel(subscription.id, at_period_end=False, key=f"end:{account}")
    await gateway.find_customer(account, "ada@example.com")


async def test_the_same_key_makes_the_same_customer_and_it_can_be_found(subject: Subject) -> None:
    """By its account, among others with the same address."""
    gateway, account = subject.gateway, uuid.uuid4()
    first = await gateway.create_customer(account, "ada@example.com", f"customer:{account}")
    await gateway.create_customer(uuid.uuid4(), "ada@example.com", str(uuid.uuid4()))
    again = await gateway.create_customer(account, "ada@example.com", f"customer:{account}")

    if "stripe-mock" not in str(await _kind(subject)):
        assert again == first
        assert await gateway.find_customer(account, "ada@example.com") == first
        assert await gateway.find_customer(uuid.uuid4(), "ada@example.com") is None


async def _kind(subject: Subject) -> str:
    """Which Stripe this is: only the mock knows every id."""
    try:
        await subject.api.v1.customers.retrieve_async("cus_thatNobodyHas")
    except sdk.InvalidRequestError:
        return "stand-in"
    return "stripe-mock"


def test_the_version_is_the_one_that_the_sdk_speaks() -> None:
    """A release of the SDK with another one is not taken in silence."""
    assert sdk.api_version == VERSION


def test_the_gateway_is_one() -> None:
    """It has every method of the port."""
    methods = {name for name in vars(PaymentGateway) if not name.startswith("_")}
    assert methods <= set(vars(StripeGateway))


@pytest.mark.parametrize("shape", SHAPES)
def test_every_version_of_a_payload_names_its_customer(shape: str) -> None:
    """A silent None would be a lost event."""
    assert shapes.event_customer({"data": SHAPES[shape]("cus_1")}) == "cus_1"


@pytest.mark.parametrize(
    "payload", [{}, {"data": None}, {"data": {"object": []}}, {"data": {"object": {"customer": 5}}}]
)
def test_a_payload_without_a_customer(payload: dict[str, Any]) -> None:
    """None, and no error."""
    assert shapes.event_customer(payload) is None
    assert shapes.event_environment(payload) is None


def subscription(status: str, day: int) -> Subscription:
    """A subscription in a status, made on a day."""
    created = datetime(2026, 1, day, tzinfo=UTC)
    return Subscription(f"sub_{day}", status, Price("p", "basic", "month", 9, "usd"), created, None, None, created)


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (["active", "canceled"], 0),
        (["canceled", "active"], 1),
        (["past_due", "incomplete"], 0),
        (["canceled", "incomplete_expired"], 0),
        (["canceled", "canceled"], 1),
        (["incomplete_expired", "trialing", "unpaid"], 1),
        (["a status of tomorrow", "canceled"], 0),
    ],
)
def test_the_subscription_that_counts(statuses: list[str], expected: int) -> None:
    """A living one before one that ended, then the newest."""
    subscriptions = [subscription(status, day) for day, status in enumerate(statuses, 1)]
    assert foremost(subscriptions) == subscriptions[expected]
    assert foremost([]) is None


def test_access_is_decided_by_the_status_alone() -> None:
    """Paid, on trial, or while the bank is asked again."""
    assert [
        s for s in ("active", "trialing", "past_due", "unpaid", "paused", "incomplete", "canceled") if has_access(s)
    ] == [
        "active",
        "trialing",
        "past_due",
    ]
    assert not has_access(None)
