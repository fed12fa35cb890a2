"""Rule 4: any order, any repetition, any part of the deliveries ends in the state that Stripe reports."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.webhook_events import EVENT_TYPES
from tests.api.billing.shop import Shop

_FORGET = """
    UPDATE accounts SET stripe_default_payment_method_id = NULL, card_brand = NULL, card_last4 = NULL,
        card_exp_month = NULL, card_exp_year = NULL, stripe_subscription_id = NULL, subscription_status = NULL,
        subscription_created_at = NULL, stripe_price_id = NULL, current_period_end = NULL, cancel_at = NULL,
        stripe_latest_invoice_id = NULL, stripe_latest_invoice_status = NULL
"""


def steps(shop: Shop, customer: str) -> list[Callable[[], Awaitable[Any]]]:
    """A subscription's life: created, updated twice, renewed, failed, paid, ended, and another one."""
    api = shop.stripe.api.v1.subscriptions
    basic, premium = shop.stripe.prices[0].id, shop.stripe.prices[2].id

    async def current() -> Any:
        return (await shop.stripe.subscriptions(customer))[0]

    async def subscribe() -> None:
        await api.create_async({"customer": customer, "items": [{"price": basic}]})

    async def change() -> None:
        subscription = await current()
        item = subscription.to_dict()["items"]["data"][0]["id"]
        await api.update_async(subscription.id, {"items": [{"id": item, "price": premium}]})

    async def decide_to_cancel_and_not() -> None:
        for decided in (True, False):
            await api.update_async((await current()).id, {"cancel_at_period_end": decided})

    async def renew() -> None:
        ends = (await current()).to_dict()["items"]["data"][0]["current_period_end"]
        shop.stripe.server.advance(ends - shop.stripe.server.clock.now + 7200)

    async def fail_to_renew() -> None:
        shop.stripe.server.decline_next(customer)
        await renew()

    async def pay() -> None:
        await shop.stripe.api.v1.invoices.pay_async(str((await current()).latest_invoice))

    async def end() -> None:
        await api.cancel_async((await current()).id)

    return [subscribe, change, decide_to_cancel_and_not, renew, fail_to_renew, pay, end, subscribe]


async def forget(shop: Shop, db: asyncpg.Connection) -> None:
    """What the API knows, except who the customer is."""
    await db.execute(_FORGET)
    await db.execute("DELETE FROM webhook_events")
    assert (await shop.known()).subscription is None


async def lived(shop: Shop) -> list[dict[str, Any]]:
    """The events of the whole history, which is made once for all examples."""
    if not await shop.stripe.customers():
        await shop.save_card()
        for step in steps(shop, await shop.customer()):
            await step()
        shop.history = [
            e
            for e in await shop.stripe.events()
            if e["type"] in EVENT_TYPES and ("subscription" in e["type"] or "invoice" in e["type"])
        ]
    return shop.history


async def test_at_every_moment(shop: Shop) -> None:
    """After each step of the history, its events backwards and twice lead to what is true then."""
    await shop.save_card()
    seen: set[str] = set()
    for step in steps(shop, await shop.customer()):
        await step()
        events = [e for e in await shop.stripe.events() if e["type"] in EVENT_TYPES]
        new = [e for e in events if e["id"] not in seen]
        assert new
        seen |= {e["id"] for e in new}
        await shop.booked([*reversed(new), *new])
        assert await shop.known() == await shop.true()


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
async def test_any_order_of_any_prefix(shop: Shop, db: asyncpg.Connection, data: st.DataObject) -> None:
    """With repetitions, some of them at the same time; the last one may be anything."""
    life = await lived(shop)
    assert len(life) >= 8
    await forget(shop, db)

    prefix = life[: data.draw(st.integers(1, len(life)), "length")]
    again = data.draw(st.lists(st.sampled_from(prefix), max_size=4), "again")
    order = data.draw(st.permutations([*prefix, *again]), "order")
    at_once = data.draw(st.integers(1, 5), "at once")
    for start in range(0, len(order), at_once):
        answers = await asyncio.gather(*(shop.deliver(event) for event in order[start : start + at_once]))
        assert {answer.status_code for answer in answers} == {200}
    await shop.booked([])

    assert await shop.known() == await shop.true()
