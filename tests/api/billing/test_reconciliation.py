"""Reconciliation: what no webhook told."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from api.models.schedule import take_turn
from api.reconcile import reconcile
from tests.api.billing.shop import Shop


async def test_lost_deliveries_are_made_up_for(shop: Shop, db: asyncpg.Connection) -> None:
    """30 % of the deliveries to ten customers are lost; afterwards the database says what Stripe says."""
    shops = [shop, *[await Shop.open(shop.app, shop.stripe, f"bob{n}@example.com") for n in range(9)]]
    for each in shops:
        await each.save_card()
        await each.subscribe()
    chance = random.Random(7)  # noqa: S311 - the same loss each time
    for each in shops[::2]:
        shop.stripe.server.decline_next(await each.customer())
    shop.stripe.server.advance(32 * 24 * 3600)
    await shop.booked([e for e in await shop.stripe.events() if chance.random() > 0.3])
    database, gateway = shop.app.extensions["database"], shop.app.extensions["gateway"]

    result = await reconcile(database, gateway)

    assert (result.read, result.failed) == (10, 0)
    for each in shops:
        assert await each.known() == await each.true()
    causes = {r["cause"] for r in await db.fetch("SELECT DISTINCT cause FROM billing_changes")}
    assert causes <= {"save_payment_method", "create_subscription", "reconciliation"} | {
        cause for cause in causes if cause.startswith("webhook evt_")
    }


async def test_it_goes_on_where_it_stopped(shop: Shop) -> None:
    """Bounded: what was read lately is not read again; one that cannot be read does not stop the others."""
    others = [await Shop.open(shop.app, shop.stripe, f"bob{n}@example.com") for n in range(4)]
    for each in others:
        await each.post("create-setup-intent")
    database, gateway = shop.app.extensions["database"], shop.app.extensions["gateway"]
    now = datetime.now(UTC)

    first = await reconcile(database, gateway, before=now, most=1)
    unlucky = await others[-1].customer()
    shop.stripe.server.faults.add(match=f"GET /v1/customers/{unlucky}", count=2, status=500)
    shop.stripe.server.faults.add(match=f"GET /v1/customers/{await others[0].customer()}", count=2, status=500)
    second = await reconcile(database, gateway, before=now)
    shop.stripe.server.faults.waiting.clear()
    third = await reconcile(database, gateway, before=now)

    assert (first.read, first.failed) == (1, 0)
    assert second.failed in {1, 2}  # the first run may have read one of the two
    assert second.read + second.failed == 3
    assert (third.read, third.failed) == (second.failed, 0)  # what failed for a moment comes first
    assert (await reconcile(database, gateway, before=now)).read == 0


async def test_the_schedule_is_one_processs_turn(shop: Shop, db: asyncpg.Connection) -> None:
    """Of many that ask at once, one does it; the next turn is later."""
    database = shop.app.extensions["database"]
    await db.execute("DELETE FROM schedules")

    async def ask(every: timedelta) -> bool:
        async with database.connection() as connection:
            return await take_turn(connection, "reconciliation", every=every)

    assert sum(await asyncio.gather(*(ask(timedelta(hours=1)) for _ in range(8)))) == 1
    assert not await ask(timedelta(hours=1))
    await db.execute("UPDATE schedules SET due_at = now() - interval '1 second'")
    assert await ask(timedelta(hours=1))


@pytest.mark.parametrize(
    "statement",
    [
        "card_last4 = '12'",
        "card_brand = NULL",
        "stripe_default_payment_method_id = NULL",
        (
            "stripe_customer_id = NULL, stripe_default_payment_method_id = NULL, card_brand = NULL, card_last4 = NULL, "
            "card_exp_month = NULL, card_exp_year = NULL"
        ),
        "stripe_price_id = NULL",
        "stripe_price_id = 'price_unknown'",
        "subscription_status = NULL",
        "subscription_status = ''",
        "subscription_status = 'past_due'",
        "past_due = true",
        "stripe_latest_invoice_status = NULL",
        "subscription_status = 'canceled', cancel_at = now()",
    ],
)
async def test_impossible_states_are_impossible(shop: Shop, db: asyncpg.Connection, statement: str) -> None:
    """The database refuses them, whoever writes."""
    await shop.save_card()
    await shop.subscribe()
    with pytest.raises(asyncpg.IntegrityConstraintViolationError):
        await db.execute(f"UPDATE accounts SET {statement}")  # noqa: S608 - of the list above


async def test_a_customer_belongs_to_one_account(shop: Shop, db: asyncpg.Connection) -> None:
    """Else somebody would read another one's billing."""
    await shop.save_card()
    await Shop.open(shop.app, shop.stripe, "bob@example.com")
    with pytest.raises(asyncpg.UniqueViolationError):
        await db.execute("UPDATE accounts SET stripe_customer_id = $1", await shop.customer())
