"""A stand-in for each test, Stripe's SDK before it, a receiver behind it, and a judge of all that passes."""

import json
from collections.abc import AsyncGenerator, Callable, Mapping
from typing import Any

import pytest
import stripe
from aiohttp import web

from local.stripe.courier import Backoff
from local.stripe.stand_in import StandIn
from tests.local.stripe.receiver import Receiver
from tests.local.stripe.schemas import Judge, judge
from tests.local.stripe.shop import Shop

QUICK = Backoff(start=0.01, factor=1.5, cap=0.05)


class JudgingClient(stripe.HTTPXClient):
    """Stripe's HTTP client; what comes back is held against Stripe's document."""

    def __init__(self, check: Judge) -> None:
        super().__init__(verify_ssl_certs=False)  # there is no TLS, and reading its authorities takes long
        self.check = check

    def _get_request_args_kwargs(self, method: str, url: str, headers: Mapping[str, str], post_data: Any) -> Any:
        """The SDK hands over the body as `data`, of which httpx says that it is deprecated for text."""
        args, options = super()._get_request_args_kwargs(method, url, headers, post_data)
        prepared: dict[str, Any] = {**options, "content": post_data}  # pyright: ignore[reportGeneralTypeIssues]
        del prepared["data"]
        return args, prepared

    async def request_async(
        self, method: str, url: str, headers: Mapping[str, str], post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Ask, check, pass on."""
        content, status, answered = await super().request_async(method, url, headers, post_data)
        if answered.get("content-type", "").startswith("application/json"):
            self.check(json.loads(content))
        return content, status, answered


@pytest.fixture(scope="session")
def check(request: pytest.FixtureRequest) -> Judge:
    """The judge; without Stripe's document it lets everything pass."""
    try:
        return judge(request.getfixturevalue("stripe_openapi"))
    except pytest.skip.Exception:
        return lambda _: None


@pytest.fixture
async def stand_in() -> AsyncGenerator[StandIn]:
    """A running stand-in that keeps nothing on disk."""
    async with StandIn(backoff=QUICK) as running:
        yield running


Connect = Callable[..., stripe.StripeClient]


@pytest.fixture
async def connect(check: Judge) -> AsyncGenerator[Connect]:
    """Make clients: `connect(url, key="sk_test_x")`."""
    opened: list[JudgingClient] = []

    def client(url: str, key: str = "sk_test_x", **options: Any) -> stripe.StripeClient:
        opened.append(JudgingClient(check))
        version = options.pop("stripe_version", "2026-10-28.endive")
        return stripe.StripeClient(
            key,
            stripe_version=version,
            base_addresses={"api": url},
            http_client=opened[-1],
            max_network_retries=0,
        )

    yield client
    for one in opened:
        await one.close_async()


@pytest.fixture
def client(stand_in: StandIn, connect: Connect) -> stripe.StripeClient:
    """Stripe's SDK with a secret key, asking the stand-in."""
    return connect(stand_in.url)


@pytest.fixture
def page(stand_in: StandIn, connect: Connect) -> stripe.StripeClient:
    """The same with a publishable key, as a page has it."""
    return connect(stand_in.url, "pk_test_x")


@pytest.fixture
async def shop(client: stripe.StripeClient) -> Shop:
    """A product with two monthly prices and a yearly one."""
    return await Shop.opened(client)


@pytest.fixture
async def receiver(check: Judge) -> AsyncGenerator[Receiver]:
    """Something that takes webhooks."""
    receiving = Receiver(check)
    app = web.Application()
    app.router.add_post("/{path:.*}", receiving.handle)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiving.port = runner.addresses[0][1]
    yield receiving
    await runner.cleanup()


@pytest.fixture
async def hooked(client: stripe.StripeClient, receiver: Receiver) -> Receiver:
    """The receiver, registered for every event."""
    await receiver.register(client)
    return receiver
