"""Webhooks: what a receiver gets, how often, and how it goes wrong on request."""

import asyncio
import json
import time
from typing import Any

import pytest
import stripe
from aiohttp import web

from local.stripe.addresses import LoopbackResolver
from local.stripe.courier import Backoff
from local.stripe.stand_in import StandIn
from tests.local.stripe.conftest import Connect
from tests.local.stripe.receiver import Receiver
from tests.local.stripe.shop import Shop, customers
from tests.local.stripe.waiting import until


def newest(stand_in: StandIn) -> dict[str, Any]:
    """The newest delivery."""
    return next(stand_in.world.store.newest("delivery"))


async def test_an_event_arrives_signed(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """With the object, who asked for it, and how many endpoints still wait."""
    customer = await client.v1.customers.create_async({"name": "A"}, {"idempotency_key": "key-1"})
    await stand_in.settled()

    event, (path, headers, body) = hooked.events[0], hooked.attempts[0]
    assert (event["type"], event["livemode"], event["api_version"]) == (
        "customer.created",
        False,
        "2026-10-28.endive",
    )
    assert event["data"]["object"] == customer.to_dict()
    assert event["request"]["idempotency_key"] == "key-1"
    assert event["request"]["id"].startswith("req_")
    assert event["pending_webhooks"] == 1
    assert json.loads(body) == event
    assert path == "/hooks"
    signed = headers["Stripe-Signature"]
    stripe.WebhookSignature.verify_header(body.decode(), signed, hooked.secrets[0], 300)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.WebhookSignature.verify_header(body.decode() + " ", signed, hooked.secrets[0], 300)
    stored = await client.v1.events.retrieve_async(event["id"])
    assert stored.pending_webhooks == 0


async def test_signatures_use_real_time(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """Receivers check the age against their own clock, however far the stand-in's has been moved."""
    stand_in.advance(90 * 86400)
    await customers(client, 1)
    await stand_in.settled()

    at = int(hooked.attempts[0][1]["Stripe-Signature"].split(",")[0].removeprefix("t="))
    assert abs(at - time.time()) < 60
    assert hooked.events[0]["created"] - time.time() > 89 * 86400


async def test_updates_say_what_was_before(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """Only what has changed, nested, and null for what is new; an update without effect is no event."""
    made = await client.v1.customers.create_async({"name": "A", "metadata": {"kept": "1", "changed": "1", "gone": "1"}})
    update: Any = {"name": "B", "metadata": {"changed": "2", "new": "1", "gone": ""}}
    after = await client.v1.customers.update_async(made.id, update)
    await client.v1.customers.update_async(made.id, {"name": "B"})
    await stand_in.settled()

    assert after.metadata
    assert after.metadata.to_dict() == {"kept": "1", "changed": "2", "new": "1"}
    assert hooked.types == ["customer.created", "customer.updated"]
    assert hooked.events[1]["data"]["previous_attributes"] == {
        "name": "A",
        "metadata": {"changed": "1", "gone": "1", "new": None},
    }


async def test_an_endpoint_gets_what_it_wants(
    stand_in: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    """Two endpoints, each with its own list and secret; a disabled and a deleted one get nothing."""
    first = await receiver.register(client, "customer.created", url=f"{receiver.url}/1")
    second = await receiver.register(client, "product.created", "customer.created", url=f"{receiver.url}/2")
    assert first.secret != second.secret
    assert "secret" not in (await client.v1.webhook_endpoints.retrieve_async(first.id)).to_dict()
    await customers(client, 1)
    await client.v1.products.create_async({"name": "P"})
    await stand_in.settled()
    assert sorted(path for path, _, _ in receiver.attempts) == ["/hooks/1", "/hooks/2", "/hooks/2"]

    await client.v1.webhook_endpoints.update_async(first.id, {"disabled": True})
    await client.v1.webhook_endpoints.delete_async(second.id)
    await customers(client, 1)
    await stand_in.settled()

    assert len(receiver.attempts) == 3
    enabled = await client.v1.webhook_endpoints.update_async(first.id, {"disabled": False})
    assert enabled.status == "enabled"


async def test_what_is_not_taken_is_sent_again(
    stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver
) -> None:
    """Until it is, signed anew each time; `delivery_success` follows."""
    hooked.answers += [500, 302, 404]
    stand_in.switch(hold=True)
    await customers(client, 1)
    undelivered: Any = {"delivery_success": False}
    assert len((await client.v1.events.list_async(undelivered)).data) == 1
    stand_in.switch(hold=False)

    await stand_in.settled()

    assert len(hooked.attempts) == 4
    assert len(hooked.events) == 1
    assert not (await client.v1.events.list_async(undelivered)).data
    assert len((await client.v1.events.list_async({"delivery_success": True})).data) == 1


async def test_what_is_never_taken_is_given_up(connect: Connect, receiver: Receiver) -> None:
    """After the last attempt; it stays undelivered until somebody sends it again."""
    async with StandIn(backoff=Backoff(start=0.01, attempts=3)) as stripe_:
        client = connect(stripe_.url)
        await receiver.register(client)
        receiver.answers += [500] * 3
        await customers(client, 1)
        await stripe_.settled()
        (event,) = (await client.v1.events.list_async({"delivery_success": False})).data
        assert (len(receiver.attempts), event.pending_webhooks) == (3, 1)

        assert stripe_.courier.resend(stripe_.objects[event.id]) == 1
        await stripe_.settled()

        assert receiver.ids == [event.id]
        assert not (await client.v1.events.list_async({"delivery_success": False})).data


async def test_events_are_told_as_they_were(stand_in: StandIn, client: stripe.StripeClient, hooked: Receiver) -> None:
    """A late delivery shows the object as it was, so a receiver has to read it again."""
    stand_in.switch(hold=True)
    (customer,) = await customers(client, 1)
    await client.v1.customers.update_async(customer, {"name": "later"})
    stand_in.switch(hold=False)
    await stand_in.settled()

    assert sorted(event["data"]["object"]["name"] for event in hooked.events) == ["0", "later"]


async def test_nothing_leaves_this_machine(stand_in: StandIn, client: stripe.StripeClient, receiver: Receiver) -> None:
    """An unmapped host is a failed attempt with that reason; a mapped one gets its own Host header."""
    await receiver.register(client, "customer.created", url="https://api.dev.example/webhooks/stripe?v=1")
    await customers(client, 1)
    await until(lambda: newest(stand_in)["attempts"])
    assert newest(stand_in)["reason"].startswith("api.dev.example is not on this machine")

    stand_in.map_hosts({"api.dev.example": f"http://localhost:{receiver.port}"})
    await stand_in.settled()

    path, headers, _ = receiver.attempts[0]
    assert (path, headers["Host"]) == ("/webhooks/stripe", "api.dev.example")


@pytest.mark.parametrize("base", ["http://example.com", "http://10.0.0.1:80", "localhost:80", 7])
async def test_hosts_are_mapped_to_this_machine_only(stand_in: StandIn, base: Any) -> None:
    """Everything else is refused when it is mapped."""
    with pytest.raises(ValueError, match="not a URL on this machine"):
        stand_in.map_hosts({"api.dev.example": base})


async def test_no_name_is_looked_up() -> None:
    """Not even in the resolver of the HTTP client."""
    with pytest.raises(OSError, match="not on this machine"):
        await LoopbackResolver().resolve("example.com", 443)


async def test_a_receiver_that_is_gone_is_a_failed_attempt(
    stand_in: StandIn, client: stripe.StripeClient, receiver: Receiver
) -> None:
    """Like one that refuses the event."""
    endpoint = await receiver.register(client, url="http://127.0.0.1:9/hooks")
    await customers(client, 1)
    await until(lambda: newest(stand_in)["attempts"])
    assert "ClientConnector" in newest(stand_in)["reason"]

    await client.v1.webhook_endpoints.update_async(endpoint.id, {"url": receiver.url})
    await stand_in.settled()

    assert receiver.types == ["customer.created"]


async def test_a_slow_receiver_holds_up_nobody_else(stand_in: StandIn, shop: Shop, receiver: Receiver) -> None:
    """Deliveries travel apart from each other, and requests are answered meanwhile."""
    release = asyncio.Event()

    async def slow(_: web.Request) -> web.Response:
        await release.wait()
        return web.Response()

    app = web.Application()
    app.router.add_post("/", slow)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await receiver.register(shop.client, "customer.created", url=f"http://127.0.0.1:{runner.addresses[0][1]}/")
    await receiver.register(shop.client, "customer.created")
    await customers(shop.client, 3)
    await until(lambda: len(receiver.events) == 3)
    release.set()
    await stand_in.settled()
    await runner.cleanup()


async def test_what_fell_due_is_told_even_if_the_next_request_fails(
    stand_in: StandIn, shop: Shop, hooked: Receiver
) -> None:
    """Time and requests are transactions of their own."""
    made = await shop.subscribe(await shop.customer())
    stand_in.clock.move_to(made["items"].data[0].current_period_end)

    with pytest.raises(stripe.InvalidRequestError):
        await shop.client.v1.customers.retrieve_async("cus_x")
    await stand_in.settled()

    assert hooked.payload("invoice.paid")["billing_reason"] == "subscription_cycle"
