"""A shop on the API and the Stripe stand-in: what the page does, and what Stripe knows."""

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import stripe
from quart import Quart, Response

from api.models.account import select_account
from api.payments import BillingState
from api.prices import Price
from api.stripe_gateway import StripeGateway
from local.stripe.stand_in import StandIn
from tests.api.conftest import Client, eventually, log_in, register
from tests.api.sample_settings import WEBHOOK_SECRET

GOOD, DECLINED, AUTHENTICATE_ALWAYS, FAILS_WHEN_CHARGED = (
    "4242424242424242",
    "4000000000000002",
    "4000002760003184",
    "4000000000000341",
)


@dataclass(frozen=True)
class Stripe:
    """The stand-in, and a client of it with the secret key.

    Attributes:
        server: the stand-in itself.
        api: Stripe's own SDK.
        prices: what can be subscribed to.
    """

    server: StandIn
    api: stripe.StripeClient
    prices: tuple[Price, ...]

    async def subscriptions(self, customer: str) -> list[stripe.Subscription]:
        """All of a customer's, the newest first."""
        found = await self.api.v1.subscriptions.list_async({"customer": customer, "status": "all"})
        return found.data

    async def customers(self) -> list[stripe.Customer]:
        """All of them."""
        return (await self.api.v1.customers.list_async({"limit": 100})).data

    async def events(self) -> list[dict[str, Any]]:
        """Every event there is as Stripe sends it, the oldest first."""
        found: list[dict[str, Any]] = []
        async with httpx.AsyncClient(base_url=self.server.url, auth=("sk_test_ofTheTests", "")) as http:
            more, after = True, {}
            while more:
                page = (await http.get("/v1/events", params={"limit": 100, **after})).json()
                found += page["data"]
                more, after = page["has_more"], {"starting_after": found[-1]["id"]} if found else {}
        return found[::-1]


async def make_prices(api: stripe.StripeClient) -> tuple[Price, ...]:
    """Two plans, as the Pulumi program makes them."""
    made: list[Price] = []
    for plan, interval, amount in (("basic", "month", 900), ("basic", "year", 9000), ("premium", "month", 2900)):
        product = await api.v1.products.create_async({"name": f"PriceGuard {plan}"})
        price = await api.v1.prices.create_async(
            {
                "product": product.id,
                "currency": "usd",
                "unit_amount": amount,
                "recurring": {"interval": interval},
                "metadata": {"plan": plan, "environment": "dev"},
            }
        )
        made.append(Price(price.id, plan, interval, amount, "usd"))
    return tuple(made)


@dataclass
class Shop:
    """Somebody who is logged in, and the page that they use.

    Attributes:
        app: the running API.
        client: speaks to it.
        stripe: the Stripe that it uses.
        session: headers of whoever is logged in.
        email: of whoever is logged in.
        history: events that a test keeps.
    """

    app: Quart
    client: Client
    stripe: Stripe
    session: dict[str, str]
    email: str = "ada@example.com"
    history: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @classmethod
    async def open(cls, app: Quart, stripe_: Stripe, email: str = "ada@example.com") -> "Shop":
        """Register and log in."""
        client = app.test_client()
        await register(client, email)
        return cls(app, client, stripe_, await log_in(client, email), email)

    async def post(self, name: str, body: dict[str, Any] | None = None) -> tuple[int, dict[str, Any]]:
        """Status and content of a POST to `/api/billing/<name>`."""
        return await content(await self.client.post(f"/api/billing/{name}", json=body or {}, headers=self.session))

    async def get(self, name: str) -> dict[str, Any]:
        """Content of a GET of `/api/billing/<name>`."""
        status, found = await content(await self.client.get(f"/api/billing/{name}", headers=self.session))
        assert status == 200, found
        return found

    async def confirm(self, number: str = GOOD) -> str:
        """A setup intent confirmed on the page; the payment method that it saved."""
        status, intent = await self.post("create-setup-intent")
        assert status == 200, intent
        card: Any = {"type": "card", "card": {"number": number, "exp_month": 12, "exp_year": 2040, "cvc": "123"}}
        method = await self.stripe.api.v1.payment_methods.create_async(card)
        confirmed = await self.stripe.api.v1.setup_intents.confirm_async(
            intent["setup_intent_id"], {"payment_method": method.id}
        )
        if confirmed.status == "requires_action":
            self.stripe.server.authenticate(confirmed.id)
        return str(confirmed.to_dict()["payment_method"])

    async def save_card(self, number: str = GOOD) -> tuple[int, dict[str, Any]]:
        """A card, saved as a page does it."""
        return await self.post("save-payment-method", {"payment_method_id": await self.confirm(number)})

    async def subscribe(self, price: int = 0) -> tuple[int, dict[str, Any]]:
        """Subscribe to one of the prices."""
        return await self.post("create-subscription", {"price_id": self.stripe.prices[price].id})

    async def customer(self) -> str:
        """The id of the account's customer."""
        found = [c.id for c in await self.stripe.customers() if c.email == self.email]
        assert len(found) == 1
        return found[0]

    async def deliver(self, event: dict[str, Any], secret: str = WEBHOOK_SECRET) -> Response:
        """Send an event as Stripe does."""
        return await deliver(self.client, json.dumps(event).encode(), secret)

    async def booked(self, events: Sequence[dict[str, Any]]) -> None:
        """Deliver events, then wait until none of them is pending."""
        for event in events:
            answer = await self.deliver(event)
            assert answer.status_code == 200, await answer.get_data()
        await eventually(self.nothing_pending)

    async def nothing_pending(self) -> bool:
        """Whether every event that was received is settled."""
        async with self.app.extensions["database"].connection() as connection:
            return not await connection.fetchval("SELECT count(*) FROM webhook_events WHERE state = 'pending'")

    async def known(self) -> BillingState:
        """What the API's database says."""
        answer = await self.client.get("/api/auth/me", headers=self.session)
        account_id = (await answer.get_json())["account"]["id"]
        async with self.app.extensions["database"].connection() as connection:
            account = await select_account(connection, account_id)
        assert account
        return account.billing

    async def true(self) -> BillingState | None:
        """What Stripe says."""
        gateway: StripeGateway = self.app.extensions["gateway"]
        return await gateway.billing_state(await self.customer())


async def deliver(client: Client, body: bytes, secret: str = WEBHOOK_SECRET, at: int | None = None) -> Response:
    """Send a webhook with its signature."""
    signature = stripe.WebhookSignature.generate_signature_header(body.decode(), secret, at or int(time.time()))
    headers = {"Stripe-Signature": signature, "Content-Type": "application/json"}
    return await client.post("/api/stripe/webhook", data=body, headers=headers)


async def content(answer: Response) -> tuple[int, dict[str, Any]]:
    """Status and JSON of an answer."""
    return answer.status_code, await answer.get_json()
