"""The API with a Stripe of its own for each test."""

import dataclasses
from collections.abc import AsyncGenerator

import pytest
import stripe as sdk
from argon2 import PasswordHasher
from quart import Quart

from api import passwords
from api.settings import Settings
from api.stripe_gateway import VERSION
from local.stripe.stand_in import StandIn
from tests.api.billing.shop import Shop, Stripe, make_prices


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in this folder is about passwords, and each customer logs in: hashing takes no time."""
    monkeypatch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
async def stripe() -> AsyncGenerator[Stripe]:
    """A Stripe with the prices of two plans."""
    async with StandIn() as server:
        http = sdk.HTTPXClient(verify_ssl_certs=False)  # there is no TLS, and reading its authorities takes long
        api = sdk.StripeClient(
            "sk_test_ofTheTests",
            stripe_version=VERSION,
            base_addresses={"api": server.url},
            http_client=http,
            max_network_retries=0,
        )
        yield Stripe(server, api, await make_prices(api))
        await http.close_async()


@pytest.fixture
def settings(settings: Settings, stripe: Stripe) -> Settings:
    """The API's settings, with that Stripe."""
    return dataclasses.replace(settings, stripe_api_url=stripe.server.url, stripe_prices=stripe.prices)


@pytest.fixture
async def shop(app: Quart, stripe: Stripe) -> Shop:
    """Ada, who is logged in."""
    return await Shop.open(app, stripe)
