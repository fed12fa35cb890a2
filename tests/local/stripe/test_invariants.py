"""Whatever is done in whatever order, what the stand-in says fits together."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from local.stripe.errors import Object
from local.stripe.stand_in import StandIn
from local.stripe.standing import ENDED
from tests.local.stripe.conftest import JudgingClient
from tests.local.stripe.schemas import Judge
from tests.local.stripe.shop import DAY, Shop

CARDS = ["visa", "renewalFail", "chargeCustomerFail", "authenticationRequired"]
BEHAVIOURS = ["allow_incomplete", "default_incomplete", "error_if_incomplete"]


def all_of(stand_in: StandIn, kind: str) -> list[Object]:
    """Every object of a kind."""
    return list(stand_in.world.store.newest(kind))


async def subscribe(stand_in: StandIn, shop: Shop, number: int) -> None:
    """A customer with some card subscribes in some way."""
    del stand_in
    more: dict[str, Any] = {"trial_period_days": 5} if number % 5 == 0 else {}
    customer = await shop.customer(f"pm_card_{CARDS[number % 4]}")
    price = ("small", "large", "year")[number % 3]
    await shop.subscribe(customer, price, payment_behavior=BEHAVIOURS[number % 3], **more)


async def change(stand_in: StandIn, shop: Shop, number: int) -> None:
    """Some subscription gets another price."""
    chosen = await some(stand_in, shop, number)
    proration = ("always_invoice", "create_prorations", "none")[number % 3]
    behavior = ("allow_incomplete", "error_if_incomplete")[number % 2]
    price = ("large", "small", "year")[number % 3]
    await shop.switch(chosen, price, proration_behavior=proration, payment_behavior=behavior)


async def cancel(stand_in: StandIn, shop: Shop, number: int) -> None:
    """Some subscription is canceled: now, at its end, or not any more."""
    chosen = await some(stand_in, shop, number)
    if number % 3 == 0:
        await shop.client.v1.subscriptions.cancel_async(chosen.id)
    else:
        await shop.client.v1.subscriptions.update_async(chosen.id, {"cancel_at_period_end": number % 3 == 1})


async def pay(stand_in: StandIn, shop: Shop, number: int) -> None:
    """Some invoice is paid with a good card."""
    invoices = all_of(stand_in, "invoice")
    if invoices:
        chosen = invoices[number % len(invoices)]["id"]
        await shop.client.v1.invoices.pay_async(chosen, {"payment_method": "pm_card_visa"})


async def ask_bank(stand_in: StandIn, shop: Shop, number: int) -> None:
    """The bank answers for what waits for it."""
    del shop
    for intent in all_of(stand_in, "payment_intent"):
        if intent["status"] == "requires_action":
            stand_in.authenticate(intent["id"], succeed=number % 2 == 0)


async def wait(stand_in: StandIn, shop: Shop, number: int) -> None:
    """Time passes."""
    del shop
    stand_in.advance(number * DAY)


async def leave(stand_in: StandIn, shop: Shop, number: int) -> None:
    """Some customer is deleted."""
    customers = [one for one in all_of(stand_in, "customer") if not one.get("deleted")]
    if customers:
        await shop.client.v1.customers.delete_async(customers[number % len(customers)]["id"])


async def some(stand_in: StandIn, shop: Shop, number: int) -> stripe.Subscription:
    """Any subscription."""
    subscriptions = all_of(stand_in, "subscription")
    if not subscriptions:
        return await shop.subscribe(await shop.customer())
    return await shop.subscription(subscriptions[number % len(subscriptions)]["id"])


Step = Callable[[StandIn, Shop, int], Awaitable[None]]
STEPS: list[Step] = [subscribe, subscribe, change, change, cancel, pay, ask_bank, wait, wait, leave]


def assert_consistent(stand_in: StandIn) -> None:
    """What must hold after every step."""
    objects = stand_in.objects
    for invoice in all_of(stand_in, "invoice"):
        assert invoice["total"] == sum(line["amount"] for line in invoice["lines"]["data"])
        assert invoice["amount_due"] == invoice["amount_paid"] + invoice["amount_remaining"]
        assert invoice["total"] + invoice["starting_balance"] == invoice["amount_due"] + invoice["ending_balance"]
        charges = [
            charge["amount"]
            for charge in all_of(stand_in, "charge")
            if charge["paid"] and objects[charge["payment_intent"]]["_invoice"] == invoice["id"]
        ]
        assert sum(charges) == invoice["amount_paid"]
        assert len(charges) <= 1
    for subscription in all_of(stand_in, "subscription"):
        latest, customer = objects[subscription["latest_invoice"]], objects[subscription["customer"]]
        assert latest["parent"]["subscription_details"]["subscription"] == subscription["id"]
        assert latest["customer"] == subscription["customer"]
        assert not customer.get("deleted") or subscription["status"] in ENDED
        assert (subscription["ended_at"] is not None) == (subscription["status"] in ENDED)
        if subscription["status"] == "past_due":
            assert latest["status"] == "open"
        if subscription["status"] in {"active", "trialing"}:
            assert latest["status"] == "paid"
            assert all(item["current_period_end"] > stand_in.clock.now for item in subscription["items"]["data"])
    for customer in all_of(stand_in, "customer"):
        assert customer.get("balance", 0) <= 0


def ended(stand_in: StandIn) -> dict[str, tuple[Any, ...]]:
    """The subscriptions that have ended, and what may not change about them."""
    fixed = ("status", "ended_at", "items", "canceled_at")
    found = [one for one in all_of(stand_in, "subscription") if one["status"] in ENDED]
    return {one["id"]: tuple(one[name] for name in fixed) for one in found}


async def live(steps: list[tuple[Step, int]], check: Judge) -> None:
    """Run the steps; a refusal is an answer like any other."""
    async with StandIn() as stand_in:
        http = JudgingClient(check)
        client = stripe.StripeClient(
            "sk_test_x", base_addresses={"api": stand_in.url}, http_client=http, max_network_retries=0
        )
        shop = await Shop.opened(client)
        for step, number in steps:
            before = ended(stand_in)
            with contextlib.suppress(stripe.CardError, stripe.InvalidRequestError):
                await step(stand_in, shop, number)
            assert_consistent(stand_in)
            assert before.items() <= ended(stand_in).items()
        await http.close_async()


@settings(max_examples=30, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 40)), max_size=14))
def test_everything_fits_together(check: Judge, steps: list[tuple[Step, int]]) -> None:
    """Totals add up, states agree, what has ended stays as it is."""
    asyncio.run(live(steps, check))
