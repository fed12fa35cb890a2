"""Killed between any two steps of any write: a repetition completes it, and Stripe holds one of each."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from quart import Quart

from api.app import create_app
from api.db import Database
from api.models import Connection
from api.settings import Settings
from api.stripe_gateway import StripeGateway
from tests.api.api_process import ApiProcess
from tests.api.billing.shop import Shop, Stripe
from tests.api.conftest import eventually, is_healthy
from tests.api.sample_settings import variables


class Killed(BaseException):
    """The process is gone; nothing of it catches this."""


class Countdown:
    """Kills before one step: a call of Stripe, or a use of the database. After one is before the next."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.steps = 0

    def step(self) -> None:
        """One step."""
        self.steps += 1
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Killed


class FragileDatabase(Database):
    """A database whose user may be killed before it asks."""

    def __init__(self, dsn: str, countdown: Countdown) -> None:
        super().__init__(dsn)
        self.countdown = countdown

    @contextlib.asynccontextmanager
    async def connection(self) -> AsyncGenerator[Connection]:
        """A connection, after a step."""
        self.countdown.step()
        async with super().connection() as connection:
            yield connection


class FragileGateway(StripeGateway):
    """A Stripe whose user may be killed before it asks."""

    def __init__(self, settings: Settings, countdown: Countdown) -> None:
        super().__init__(settings)
        for name in ("create_customer", "create_setup_intent", "set_default_payment_method", "create_subscription"):
            setattr(self, name, _fragile(getattr(self, name), countdown))
        for name in ("change_price", "cancel", "resume", "pay_invoice", "billing_state", "payment_method"):
            setattr(self, name, _fragile(getattr(self, name), countdown))


def _fragile(call: Callable[..., Awaitable[Any]], countdown: Countdown) -> Callable[..., Awaitable[Any]]:
    async def fragile(*args: Any, **kwargs: Any) -> Any:
        countdown.step()
        return await call(*args, **kwargs)

    return fragile


@contextlib.asynccontextmanager
async def process(settings: Settings, countdown: Countdown) -> AsyncGenerator[Quart]:
    """An API that may be killed. Its worker is off: it would count steps of its own."""
    app = create_app(
        settings,
        database=FragileDatabase(settings.database_url, countdown),
        gateway=FragileGateway(settings, countdown),
        background=False,
    )
    async with app.test_app():
        await eventually(lambda: is_healthy(app.test_client()))
        yield app


WRITES: dict[str, tuple[int, str, Callable[[Stripe], dict[str, Any]]]] = {
    # name -> how far the customer has come, route, body
    "customer and setup intent": (0, "create-setup-intent", lambda _: {}),
    "subscription": (2, "create-subscription", lambda stripe: {"price_id": stripe.prices[0].id}),
    "another plan": (3, "change-plan", lambda stripe: {"price_id": stripe.prices[2].id}),
    "cancellation at the end": (3, "cancel-subscription", lambda _: {}),
    "cancellation now": (3, "cancel-subscription", lambda _: {"at_period_end": False}),
    "resumption": (4, "resume-subscription", lambda _: {}),
}


async def prepare(shop: Shop, stage: int) -> None:
    """Bring somebody to the point before the write."""
    if stage >= 2:
        assert (await shop.save_card())[0] == 200
    if stage >= 3:
        assert (await shop.subscribe())[0] == 201
    if stage >= 4:
        assert (await shop.post("cancel-subscription"))[0] == 200


@pytest.mark.parametrize("write", WRITES)
async def test_a_repetition_completes_what_was_cut_off(settings: Settings, stripe: Stripe, write: str) -> None:
    """At every step in turn, a customer each; the process that goes on is another one."""
    stage, route, body = WRITES[write]
    countdown = Countdown()
    number, killed = 0, True
    async with process(settings, countdown) as first, process(settings, Countdown()) as second:
        while killed:  # in the last round it is not: that is the same click once more
            shop = await Shop.open(first, stripe, f"ada{number}@example.com")
            await prepare(shop, stage)
            countdown.left = number
            try:
                await shop.post(route, body(stripe))
                killed = False
            except Killed:
                pass
            countdown.left = None
            again = Shop(second, second.test_client(), stripe, shop.session, shop.email)
            status, answer = await again.post(route, body(stripe))
            await check(again, write, status, answer)
            number += 1
    assert number > 5, "a write has more steps than that"


async def check(shop: Shop, write: str, status: int, answer: dict[str, Any]) -> None:
    """What the customer has at Stripe, and that the database agrees."""
    customer = await shop.customer()  # exactly one
    subscriptions = await shop.stripe.subscriptions(customer)
    if write == "cancellation now" and status == 409:
        assert answer["code"] == "not_subscribed"  # it had been done
    else:
        assert status in {200, 201}, answer
    assert len(subscriptions) == (0 if write == "customer and setup intent" else 1)
    assert await shop.known() == await shop.true()
    if subscriptions:
        (subscription,) = subscriptions
        expected = {
            "another plan": subscription.to_dict()["items"]["data"][0]["price"]["id"] == shop.stripe.prices[2].id,
            "cancellation at the end": subscription.cancel_at is not None,
            "cancellation now": subscription.status == "canceled",
            "resumption": subscription.cancel_at is None and not subscription.cancel_at_period_end,
        }
        assert expected.get(write, subscription.status == "active")


async def test_a_process_that_is_killed_while_stripe_answers(
    settings: Settings, stripe: Stripe, tmp_path: Path
) -> None:
    """SIGKILL, with the subscription under way: Stripe makes it all the same, and the next process finds it."""
    variables_ = variables(stripe.prices, stripe.server.url)
    async with process(settings, Countdown()) as app:
        shop = await Shop.open(app, stripe)
        await shop.save_card()
    body = {"price_id": stripe.prices[0].id}
    stripe.server.faults.add(match="POST /v1/subscriptions", latency=0.5)
    with ApiProcess(settings.database_url, tmp_path, **variables_) as api:
        await asyncio.to_thread(api.wait)
        click = asyncio.to_thread(api.request, "POST", "/api/billing/create-subscription", body, shop.session)
        clicked = asyncio.create_task(click)
        await eventually(lambda: _is_taken(stripe))
        api.process.kill()
        with pytest.raises(OSError, match=r"reset|closed|end"):
            await clicked
    customer = await shop.customer()

    async def is_made() -> bool:
        return bool(await stripe.subscriptions(customer))

    await eventually(is_made)
    with ApiProcess(settings.database_url, tmp_path, **variables_) as api:
        await asyncio.to_thread(api.wait)
        status, _, made = await asyncio.to_thread(
            api.request, "POST", "/api/billing/create-subscription", body, shop.session
        )

    assert (status, made["subscription"]["status"]) == (201, "active")
    assert len(await stripe.subscriptions(customer)) == 1


async def _is_taken(stripe: Stripe) -> bool:
    """Whether the fault has met its request."""
    return not stripe.server.faults.waiting
