"""Webhooks as real ones are now and then: doubled, out of order, lost, late."""

import time

import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.conftest import Connect
from tests.local.stripe.receiver import Receiver
from tests.local.stripe.shop import customers


async def test_duplicates(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """Each event several times, with the same id."""
    stand_in.switch(duplicates=3)
    await customers(client, 2)
    await stand_in.settled()

    assert len(hooked.ids) == 6
    assert len(set(hooked.ids)) == 2


async def test_shuffling(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """What comes up at the same time arrives in another order, and all of it."""
    stand_in.switch(shuffle=1, hold=True)
    made = await customers(client, 8)
    stand_in.switch(hold=False)
    await stand_in.settled()

    arrived = [event["data"]["object"]["id"] for event in hooked.events]
    assert sorted(arrived) == sorted(made)
    assert arrived != made


async def test_dropping(connect: Connect, receiver: Receiver) -> None:
    """A share is lost for good, the same for the same seed; the list of events shows which."""
    lost: list[list[str]] = []
    for _ in range(2):
        async with StandIn() as stripe_:
            client = connect(stripe_.url)
            await receiver.register(client)
            stripe_.switch(drop=0.5, seed=7)
            await customers(client, 20)
            await stripe_.settled()
            events = (await client.v1.events.list_async({"delivery_success": False, "limit": 100})).data
            lost.append([event.data.object["name"] for event in events])

    assert lost[0] == lost[1]
    assert 3 < len(lost[0]) < 17


async def test_holding_and_delay(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """Nothing is sent while it is held, and later than it could be with a delay."""
    stand_in.switch(hold=True)
    await customers(client, 1)
    with pytest.raises(TimeoutError, match="1 deliveries are still under way"):
        await stand_in.settled(0.05)
    assert not hooked.attempts
    stand_in.switch(hold=False, delay=0.1)
    began = time.monotonic()

    await stand_in.settled()

    assert len(hooked.events) == 1
    assert time.monotonic() - began >= 0.1
