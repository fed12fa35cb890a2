"""Several tasks of the service at once: what one decides another may have overtaken."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from api.app import create_app
from api.errors import PaymentProviderUnavailableError
from api.settings import Settings
from tests.api.billing.events import after_renewal, event
from tests.api.billing.shop import Shop, Stripe
from tests.api.conftest import eventually, is_healthy


@pytest.fixture
async def three(settings: Settings, shop: Shop, stripe: Stripe) -> AsyncGenerator[list[Shop]]:
    """Ada, by way of three processes."""
    shops = [shop]
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(2):
            app = create_app(settings)
            await stack.enter_async_context(app.test_app())  # pyright: ignore[reportArgumentType]
            await eventually(lambda app=app: is_healthy(app.test_client()))
            shops.append(Shop(app, app.test_client(), stripe, shop.session, shop.email))
        yield shops


async def test_many_clicks_make_one_customer_and_one_subscription(three: list[Shop]) -> None:
    """Whichever process each click reaches."""
    made = await asyncio.gather(*(shop.post("create-setup-intent") for shop in three * 5))
    assert {status for status, _ in made} == {200}
    assert len(await three[0].stripe.customers()) == 1
    await three[0].save_card()

    answers = await asyncio.gather(*(shop.subscribe() for shop in three * 3))

    assert {status for status, _ in answers} <= {200, 201, 503}
    assert len(await three[0].stripe.subscriptions(await three[0].customer())) == 1


async def test_who_was_overtaken_decides_again(three: list[Shop], monkeypatch: pytest.MonkeyPatch) -> None:
    """One process has seen that the same click is under way; before it sends it again, the other one is done."""
    first, second, _ = three
    await first.save_card()
    seen, go_on = asyncio.Event(), asyncio.Event()
    writes = second.app.extensions["billing"]._writes
    sent_lately = writes.sent_lately

    async def look_and_wait(*args: Any) -> bool:
        found = await sent_lately(*args)
        seen.set()
        await go_on.wait()
        return found

    monkeypatch.setattr(writes, "sent_lately", look_and_wait)
    first.stripe.server.faults.add(match="POST /v1/subscriptions", latency=0.3)
    clicks = [asyncio.create_task(first.subscribe())]
    await asyncio.sleep(0.1)
    clicks.append(asyncio.create_task(second.subscribe()))
    await asyncio.wait_for(seen.wait(), 5)
    assert (await clicks[0])[0] == 201
    go_on.set()

    assert (await clicks[1])[0] == 200
    assert len(await first.stripe.subscriptions(await first.customer())) == 1


async def age(db: asyncpg.Connection, seconds: int) -> None:
    """Let time pass for what was begun."""
    await db.execute("UPDATE idempotency_keys SET created_at = created_at - $1::interval", timedelta(seconds=seconds))


async def test_nobody_guesses_what_became_of_a_call(shop: Shop, db: asyncpg.Connection) -> None:
    """The same click is sent again for half a minute; then all wait; after a minute what is true decides."""
    await shop.save_card()
    shop.stripe.server.faults.add(match="POST /v1/subscriptions", count=4, cut="before")
    assert (await shop.subscribe())[0] == 503
    assert (await shop.subscribe(2))[1]["code"] == "change_in_progress"
    await age(db, 20)
    assert (await shop.subscribe())[1]["code"] == "payment_provider_unavailable"  # sent once more
    await age(db, 20)
    for price in (0, 2):
        assert (await shop.subscribe(price))[1]["code"] == "change_in_progress"
    await age(db, 21)

    status, made = await shop.subscribe(2)

    assert (status, made["subscription"]["plan"]) == (201, "premium")
    assert len(await shop.stripe.subscriptions(await shop.customer())) == 1


async def test_an_error_that_stripe_repeats_does_not_lock_anybody_out(
    shop: Shop, db: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stripe gives the same answer to the same key, a 500 too: the next attempt has another one."""
    await shop.save_card()
    gateway, cursed = shop.app.extensions["gateway"], set[str]()
    create = gateway.create_subscription

    async def create_or_fail(account: Any, customer: str, price: str, key: str) -> Any:
        if not cursed or key in cursed:
            cursed.add(key)
            raise PaymentProviderUnavailableError("a 500 that was stored")
        return await create(account, customer, price, key)

    monkeypatch.setattr(gateway, "create_subscription", create_or_fail)
    assert [(await shop.subscribe())[0] for _ in range(2)] == [503, 503]
    await age(db, 61)
    assert (await shop.subscribe())[0] == 201


async def test_a_lost_customer_is_found_again(shop: Shop, db: asyncpg.Connection) -> None:
    """Made long ago by an attempt that was cut off: by now Stripe may have forgotten the key, but not the customer."""
    shop.stripe.server.faults.add(match="POST /v1/customers", count=2, cut="after")
    assert (await shop.post("create-setup-intent"))[0] == 503
    await age(db, 24 * 3600)
    shop.stripe.server.faults.add(match="GET /v1/customers", count=2, status=500)
    assert (await shop.post("create-setup-intent"))[0] == 503  # a search that fails decides nothing

    assert (await shop.post("create-setup-intent"))[0] == 200
    assert len(await shop.stripe.customers()) == 1


async def test_a_burst_of_events_of_one_customer(three: list[Shop]) -> None:
    """Two dozen workers of three processes; none waits for another one for ever."""
    shop = three[0]
    await shop.save_card()
    await shop.subscribe()
    customer = await shop.customer()
    with capture_logs() as lines:
        for burst in range(5):
            events = [event(id=f"evt_{burst}_{n}", data={"object": {"customer": customer}}) for n in range(8)]
            answers = await asyncio.gather(*(three[n % 3].deliver(e) for n, e in enumerate(events)))
            assert {answer.status_code for answer in answers} == {200}
        for each in three:
            await eventually(each.nothing_pending)
    assert not [line for line in lines if line["event"] in {"webhook_worker_failed", "webhook_failed"}]


async def test_the_plan_of_an_unpaid_subscription_does_not_change(shop: Shop) -> None:
    """It would credit what was never paid; another card pays first."""
    await shop.save_card()
    await shop.subscribe(1)
    shop.stripe.server.decline_next(await shop.customer())
    shop.stripe.server.advance(335 * 24 * 3600)
    await shop.booked(await after_renewal(shop))
    assert (await shop.get("subscription"))["subscription"]["past_due"] is True

    status, problem = await shop.post("change-plan", {"price_id": shop.stripe.prices[0].id})

    assert (status, problem["code"]) == (409, "invoice_open")
    await shop.save_card()
    assert (await shop.post("change-plan", {"price_id": shop.stripe.prices[0].id}))[0] == 200
