"""What a person at one account asks of the stand-in: whose customer it is, what was told of it, what comes next."""

import time
from pathlib import Path

import httpx
import pytest
import stripe

from local.stripe.stand_in import StandIn
from local.stripe.work import Work, customer_of
from tests.local.stripe.receiver import Receiver
from tests.local.stripe.shop import DAY, Shop
from tests.local.stripe.test_control import ask

__all__ = ["ask"]


async def test_an_address_leads_to_its_customers(ask: httpx.AsyncClient, client: stripe.StripeClient) -> None:
    """Two have Ada's, the newest comes first; one that was deleted is gone, and so is who moved to another address."""
    first, second, third = [
        await client.v1.customers.create_async({"email": email})
        for email in ("ada@example.com", "bob@example.com", "ada@example.com")
    ]

    async def found(email: str) -> list[dict[str, object]]:
        return (await ask.get("/_stand_in/customers", params={"email": email})).json()["data"]

    both = await found("ada@example.com")
    assert [one["id"] for one in both] == [third.id, first.id]
    assert both[0] == {"id": third.id, "email": "ada@example.com", "created": third.created}
    await client.v1.customers.delete_async(third.id)
    await client.v1.customers.update_async(first.id, {"email": "countess+1@example.com"})
    assert await found("ada@example.com") == []
    assert [one["id"] for one in await found("countess+1@example.com")] == [first.id]
    assert [one["id"] for one in await found("bob@example.com")] == [second.id]


@pytest.mark.parametrize("query", ["", "?email="])
async def test_without_an_address_nobody_is_meant(ask: httpx.AsyncClient, shop: Shop, query: str) -> None:
    """400 that names what is missing, although there are customers without an address."""
    await shop.customer()

    answer = await ask.get(f"/_stand_in/customers{query}")

    assert (answer.status_code, answer.json()) == (
        400,
        {"error": {"message": "email is missing: whose customer is it?"}},
    )


async def test_deliveries_about_one_customer(ask: httpx.AsyncClient, shop: Shop, hooked: Receiver) -> None:
    """Of two who do the same, and of a card that is nobody's any more: all that is about the one, newest first."""
    ada, bob = await shop.customer(), await shop.customer()
    await shop.subscribe(bob)
    await shop.subscribe(ada)
    (card,) = (await shop.client.v1.payment_methods.list_async({"customer": ada})).data
    await shop.client.v1.payment_methods.detach_async(card.id)
    await shop.price(500)
    await ask.get("/_stand_in/settled")

    own = (await ask.get("/_stand_in/deliveries", params={"customer": ada})).json()["data"]
    newest = (await ask.get("/_stand_in/deliveries", params={"customer": ada, "limit": 2})).json()["data"]
    everything = (await ask.get("/_stand_in/deliveries")).json()["data"]

    told = [one["id"] for one in hooked.events if ada in str(one["data"])]
    assert {one["event"] for one in own} == set(told)
    assert {one["customer"] for one in own} == {ada}
    assert {"customer.created", "payment_method.detached", "invoice.paid"} <= {one["type"] for one in own}
    assert newest == own[:2]
    assert everything[0]["customer"] is None  # a price is nobody's
    assert [one for one in everything if one["customer"] == ada] == own
    for nobody in ("cus_x", ""):
        assert (await ask.get("/_stand_in/deliveries", params={"customer": nobody})).json() == {"data": []}


async def test_whom_an_event_is_about_when_the_customer_is_expanded(client: stripe.StripeClient) -> None:
    """An object that holds the whole customer is about that one."""
    made = await client.v1.customers.create_async()

    about = {"object": "subscription", "customer": made.to_dict()}

    assert customer_of({"data": {"object": about}}) == made.id


async def test_one_customer_among_thousands_of_deliveries(ask: httpx.AsyncClient, stand_in: StandIn) -> None:
    """Twenty thousand about others cost nothing: the store does not look at them."""
    work = Work(stand_in.world)
    for number in range(20_000):
        work.add("dlv", "delivery", customer="cus_ada" if number < 5 else f"cus_{number % 50}", _open=False)
    store = stand_in.world.store

    started = time.perf_counter()
    for _ in range(100):
        assert len(list(store.newest("delivery", "customer", "cus_ada"))) == 5
    taken = time.perf_counter() - started

    assert taken < 0.5
    assert (await ask.get("/_stand_in/deliveries", params={"customer": "cus_x"})).json() == {"data": []}


async def test_a_state_of_before_says_of_no_delivery_whom_it_is_about(tmp_path: Path) -> None:
    """It is read all the same, and what comes from then on is found."""
    async with StandIn(tmp_path / "state") as before:
        work = Work(before.world)
        old = {"event": "evt_1", "type": "invoice.paid", "endpoint": "we_1", "url": "http://127.0.0.1:1", "attempts": 1}
        work.add("dlv", "delivery", **old, status=200, reason=None, delivered=True, _open=False)
        before.world.commit()

    async with StandIn(tmp_path / "state") as after, httpx.AsyncClient(base_url=after.url, trust_env=False) as ask:
        (delivery,) = (await ask.get("/_stand_in/deliveries")).json()["data"]

    assert (delivery["event"], delivery["customer"]) == ("evt_1", None)


async def test_time_passes_until_the_next_thing_of_a_customer(ask: httpx.AsyncClient, shop: Shop) -> None:
    """Bob's renewal comes first and happens on the way; Ada's next attempt is nearer than her next renewal."""
    bob, ada = await shop.customer(), await shop.customer("pm_card_renewalFail")
    soon = await shop.subscribe(bob)
    await ask.post("/_stand_in/clock", json={"advance": DAY})
    made = await shop.subscribe(ada)
    ends = [one["items"].data[0].current_period_end for one in (soon, made)]

    renewed = (await ask.post("/_stand_in/clock", json={"to_next": True, "customer": ada})).json()
    again = (await ask.post("/_stand_in/clock", json={"to_next": True, "customer": ada})).json()

    assert [(one["at"], one["id"]) for one in renewed["happened"]] == [(ends[0], soon.id), (ends[1], made.id)]
    assert renewed["now"] == pytest.approx(ends[1], abs=2)
    failed = (await shop.subscription(made.id)).latest_invoice
    assert [(one["id"], one["what"]) for one in again["happened"]] == [(failed, "payment tried again")]
    assert ends[1] < again["now"] < ends[1] + 27 * DAY


async def test_where_nothing_falls_due_time_stands(ask: httpx.AsyncClient, shop: Shop, stand_in: StandIn) -> None:
    """For who has no subscription, whatever falls due for others."""
    await shop.subscribe(await shop.customer())
    nobody = await shop.customer()
    before = stand_in.clock.offset

    answer = (await ask.post("/_stand_in/clock", json={"to_next": True, "customer": nobody})).json()

    assert (answer["happened"], stand_in.clock.offset) == ([], before)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"to_next": True, "customer": "cus_x"}, 404),
        ({"advance": 60, "customer": "cus_x"}, 400),
        ({"to_next": False, "customer": "cus_x"}, 400),
    ],
)
async def test_a_clock_for_nobody_stands(
    ask: httpx.AsyncClient, shop: Shop, stand_in: StandIn, body: dict[str, object], status: int
) -> None:
    """Unknown customers are refused, and so is time that would pass for one only."""
    await shop.subscribe(await shop.customer())

    answer = await ask.post("/_stand_in/clock", json=body)

    assert (answer.status_code, stand_in.clock.offset) == (status, 0)
    assert "customer" in answer.json()["error"]["message"]
