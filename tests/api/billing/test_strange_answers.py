"""What Stripe may say one day: new words, errors of its edge, a refused key, rows that the database refuses."""

import dataclasses
import json
from collections.abc import AsyncGenerator, Callable
from typing import Any

import asyncpg
import pytest
from aiohttp import web
from structlog.testing import capture_logs

from api import reconcile
from api.errors import ApiError
from api.payments import BillingState, Card
from api.stripe_gateway import StripeGateway
from tests.api.billing.events import event
from tests.api.billing.shop import Shop
from tests.api.conftest import eventually
from tests.api.sample_settings import make_settings

Answer = Callable[[int, str, str], None]


@pytest.fixture
async def edge() -> AsyncGenerator[tuple[StripeGateway, Answer]]:
    """A gateway to something that gives one answer to everything."""
    given: list[Any] = []

    async def handle(_: web.Request) -> web.Response:
        status, content_type, text = given[0]
        return web.Response(status=status, text=text, content_type=content_type)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    gateway = StripeGateway(make_settings(stripe_api_url=f"http://127.0.0.1:{runner.addresses[0][1]}"))
    yield gateway, lambda *answer: given.append(answer)
    await gateway.close()
    await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "content_type", "text", "code"),
    [
        (503, "text/html", "<html>", "payment_provider_unavailable"),
        (502, "text/html", "", "payment_provider_unavailable"),
        (429, "application/json", '{"error": {"type": "rate_limit"}}', "payment_provider_unavailable"),
        (401, "application/json", '{"error": {"type": "invalid_request_error"}}', "payment_provider_unavailable"),
        (403, "application/json", '{"error": {"type": "invalid_request_error"}}', "payment_provider_unavailable"),
        (409, "application/json", '{"error": {"code": "idempotency_key_in_use"}}', "change_in_progress"),
        (400, "application/json", '{"error": {"type": "invalid_request_error"}}', "payment_provider_error"),
        (200, "text/html", "<html>", "payment_provider_error"),
        (200, "application/json", "{}", "payment_provider_error"),
        (200, "application/json", "[]", "payment_provider_error"),
    ],
)
async def test_each_answer_has_its_code(
    edge: tuple[StripeGateway, Answer], status: int, content_type: str, text: str, code: str
) -> None:
    """An outage is waited for; what cannot be understood is somebody's defect."""
    gateway, answer = edge
    answer(status, content_type, text)
    with pytest.raises(ApiError) as caught:
        await gateway.create_setup_intent("cus_1", "key")
    assert caught.value.code == code


async def test_a_status_of_tomorrow(shop: Shop, db: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is stored as it is, and entitles to nothing."""
    await shop.save_card()
    await shop.subscribe()
    gateway = shop.app.extensions["gateway"]
    state = await gateway.billing_state(await shop.customer())

    async def tomorrow(_: str) -> BillingState:
        return dataclasses.replace(state, subscription=dataclasses.replace(state.subscription, status="suspended"))

    monkeypatch.setattr(gateway, "billing_state", tomorrow)
    await shop.booked([event(data={"object": {"customer": await shop.customer()}})])

    found = (await shop.get("subscription"))["subscription"]
    assert (found["status"], found["has_access"]) == ("suspended", False)
    assert await db.fetchval("SELECT subscription_status FROM accounts") == "suspended"


async def test_a_row_that_the_database_refuses_is_shown_to_nobody(
    shop: Shop, db: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL's own text shows the whole row; and one such account does not stop the others."""
    await shop.save_card()
    other = await Shop.open(shop.app, shop.stripe, "bob@example.com")
    await other.save_card()
    gateway, database = shop.app.extensions["gateway"], shop.app.extensions["database"]
    poisoned, read = await shop.customer(), gateway.billing_state

    async def impossible(customer: str) -> BillingState:
        state = await read(customer)
        return dataclasses.replace(state, card=Card("visa", "none", 1, 2040)) if customer == poisoned else state

    monkeypatch.setattr(gateway, "billing_state", impossible)
    with capture_logs() as lines:
        await shop.deliver(event(data={"object": {"customer": poisoned}}))

        async def is_postponed() -> bool:
            return bool(await db.fetchval("SELECT reason FROM webhook_events WHERE id = 'evt_1'"))

        await eventually(is_postponed)
        result = await reconcile.reconcile(database, gateway)

    reason = await db.fetchval("SELECT reason FROM webhook_events WHERE id = 'evt_1'")
    assert reason == "CheckViolationError 23514 accounts_card_last4_check"
    assert (result.read, result.failed) == (1, 1)
    shown = json.dumps([line for line in lines if line["event"] != "webhook_failed"], default=str)
    assert "argon2" not in shown
