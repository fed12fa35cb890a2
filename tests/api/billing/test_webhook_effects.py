"""Webhook rules 5 to 8, 13 and 14: what is true at Stripe is what counts; outages are waited for."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from api.webhook_worker import WebhookWorker
from tests.api.billing.events import after_renewal, event, row
from tests.api.billing.payload_shapes import SHAPES
from tests.api.billing.shop import AUTHENTICATE_ALWAYS, FAILS_WHEN_CHARGED, Shop
from tests.api.conftest import eventually


class TestEffects:
    """Rules 5, 6, 13 and 14: what is true at Stripe is what counts."""

    async def test_a_slow_answer_does_not_overwrite_a_newer_one(self, shop: Shop) -> None:
        """The first reading hangs while a second event passes."""
        await shop.save_card()
        await shop.subscribe()
        gateway, first = shop.app.extensions["gateway"], asyncio.Event()
        read = gateway.billing_state

        async def read_slowly(customer: str) -> Any:
            state = await read(customer)
            if not first.is_set():
                first.set()
                await asyncio.sleep(0.3)
            return state

        gateway.billing_state = read_slowly
        await shop.deliver(event(data={"object": {"object": "invoice", "customer": await shop.customer()}}))
        await asyncio.wait_for(first.wait(), 5)
        await shop.stripe.api.v1.subscriptions.update_async(
            (await shop.stripe.subscriptions(await shop.customer()))[0].id, {"cancel_at_period_end": True}
        )
        await shop.booked(await shop.stripe.events())

        assert await shop.known() == await shop.true()
        subscription = (await shop.known()).subscription
        assert subscription
        assert subscription.cancel_at

    async def test_the_end_of_an_old_subscription_does_not_touch_the_new_one(self, shop: Shop) -> None:
        """Cancelled, subscribed again, and the news of the old one's end comes last."""
        await shop.save_card()
        await shop.subscribe()
        await shop.post("cancel-subscription", {"at_period_end": False})
        _, second = await shop.subscribe()
        events = await shop.stripe.events()
        ended = [e for e in events if e["type"] == "customer.subscription.deleted"]
        assert len(ended) == 1

        await shop.booked([e for e in events if e not in ended] + ended)

        assert (await shop.get("subscription"))["subscription"] == second["subscription"]

    async def test_dunning(self, shop: Shop, db: asyncpg.Connection) -> None:
        """A failed renewal is past due with access; another card pays it at once."""
        await shop.save_card()
        await shop.subscribe()
        shop.stripe.server.decline_next(await shop.customer())
        await shop.booked(await after_renewal(shop))
        now = (await shop.get("subscription"))["subscription"]
        assert (now["status"], now["past_due"], now["has_access"]) == ("past_due", True, True)
        assert await db.fetchval("SELECT past_due FROM accounts") is True

        paid = [e for e in await shop.stripe.events() if e["type"] == "invoice.paid"]
        await shop.booked([{**e, "id": f"{e['id']}_again"} for e in paid])  # the first invoice's, late
        assert (await shop.get("subscription"))["subscription"]["past_due"] is True

        status, saved = await shop.save_card()
        assert (status, saved["subscription"]["status"], saved["subscription"]["past_due"]) == (200, "active", False)

    async def test_an_invoice_of_something_else(self, shop: Shop) -> None:
        """Paid or not, it says nothing of the subscription."""
        await shop.save_card()
        await shop.subscribe()
        before = await shop.known()
        one_off = {"id": "in_x", "object": "invoice", "customer": await shop.customer(), "parent": None}
        for number, type_ in enumerate(("invoice.payment_failed", "invoice.paid")):
            await shop.booked([event(id=f"evt_{number}", type=type_, data={"object": one_off})])
        assert await shop.known() == before == await shop.true()

    @pytest.mark.parametrize("shape", SHAPES)
    async def test_every_version_of_a_payload_has_the_same_effect(
        self, shop: Shop, db: asyncpg.Connection, shape: str
    ) -> None:
        """An endpoint of an old version, for instance."""
        await shop.save_card()
        await shop.subscribe()
        await db.execute("UPDATE accounts SET subscription_status = 'incomplete'")
        data = SHAPES[shape](await shop.customer())
        await shop.booked([event(data=data, api_version="2017-08-15")])
        assert await shop.known() == await shop.true()

    async def test_a_card_that_stops_working(self, shop: Shop) -> None:
        """The saving works, the open invoice cannot be paid: 402, and the card is saved all the same."""
        await shop.save_card()
        await shop.subscribe()
        shop.stripe.server.decline_next(await shop.customer())
        await shop.booked(await after_renewal(shop))

        status, problem = await shop.save_card(FAILS_WHEN_CHARGED)

        assert (status, problem["code"]) == (402, "card_declined")
        now = await shop.get("subscription")
        assert (now["payment_method"]["last4"], now["subscription"]["past_due"]) == ("0341", True)

    async def test_a_renewal_that_wants_authentication(self, shop: Shop) -> None:
        """`invoice.payment_action_required`: past due until the customer has done it."""
        await shop.save_card(AUTHENTICATE_ALWAYS)
        _, made = await shop.subscribe()
        shop.stripe.server.authenticate(made["client_secret"].partition("_secret_")[0])
        events = await after_renewal(shop)
        assert "invoice.payment_action_required" in {e["type"] for e in events}

        await shop.booked(await shop.stripe.events())

        assert (await shop.get("subscription"))["subscription"]["status"] == "past_due"

    async def test_a_subscription_that_is_never_paid_expires(self, shop: Shop) -> None:
        """After 23 hours; then a new one can be made."""
        await shop.save_card(FAILS_WHEN_CHARGED)
        await shop.subscribe()
        shop.stripe.server.advance(24 * 3600)
        await shop.booked(await shop.stripe.events())
        assert (await shop.get("subscription"))["subscription"]["status"] == "incomplete_expired"

        await shop.save_card()
        status, made = await shop.subscribe()
        assert (status, made["subscription"]["status"]) == (201, "active")

    async def test_a_detached_card_and_a_deleted_customer(self, shop: Shop, db: asyncpg.Connection) -> None:
        """The card is gone; then everything but the memory, and the account can begin anew."""
        _, saved = await shop.save_card()
        await shop.subscribe()
        await shop.stripe.api.v1.payment_methods.detach_async(saved["payment_method"]["id"])
        await shop.booked(await shop.stripe.events())
        assert (await shop.get("subscription"))["payment_method"] is None

        await shop.stripe.api.v1.customers.delete_async(await shop.customer())
        await shop.booked(await shop.stripe.events())
        assert (await shop.get("subscription"))["subscription"]["status"] == "canceled"
        assert await db.fetchval("SELECT stripe_customer_id FROM accounts") is None

        await shop.save_card()
        assert (await shop.subscribe())[0] == 201


class TestFailures:
    """Rules 7 and 8: outages are waited for, poison is set aside."""

    async def test_events_wait_while_stripe_is_away(self, shop: Shop, db: asyncpg.Connection) -> None:
        """Acknowledged, kept pending without being counted, booked when Stripe is back."""
        await shop.save_card()
        await shop.subscribe()
        await db.execute("UPDATE accounts SET subscription_status = 'incomplete'")
        last = [e for e in await shop.stripe.events() if e["type"] == "invoice.paid"][-1]
        shop.stripe.server.faults.add(match="GET *", count=100, status=503)
        assert (await shop.deliver(last)).status_code == 200

        async def is_postponed() -> bool:
            return bool(
                await db.fetchval(
                    "SELECT 1 FROM webhook_events WHERE id = $1 AND state = 'pending' AND reason IS NOT NULL "
                    "AND attempts = 0",
                    last["id"],
                )
            )

        await eventually(is_postponed)
        shop.stripe.server.faults.waiting.clear()
        await db.execute("UPDATE webhook_events SET next_attempt_at = now() WHERE state = 'pending'")
        shop.app.extensions["worker"].wake()
        await eventually(shop.nothing_pending)
        assert await shop.known() == await shop.true()

    async def test_poison_becomes_a_dead_letter_and_others_flow(self, shop: Shop, db: asyncpg.Connection) -> None:
        """With its error; replayed once the cause is mended, it has its effect."""
        await shop.save_card()
        await shop.subscribe()
        other = await Shop.open(shop.app, shop.stripe, "bob@example.com")
        await other.save_card()
        gateway, poisoned = shop.app.extensions["gateway"], await shop.customer()
        read = gateway.billing_state

        async def fail_for_one(customer: str) -> Any:
            if customer == poisoned:
                raise ValueError("poison")
            return await read(customer)

        gateway.billing_state = fail_for_one
        await shop.app.extensions["worker"].stop()
        worker = WebhookWorker(shop.app.extensions["database"], gateway, first_pause=timedelta())
        for customer, name in ((poisoned, "evt_poison"), (await other.customer(), "evt_good")):
            body = event(id=name, data={"object": {"object": "invoice", "customer": customer}})
            assert (await shop.deliver(body)).status_code == 200
        with capture_logs() as lines:
            while await worker.drain():
                pass

        assert await row(db, "evt_good") == ("booked", None)
        assert await row(db, "evt_poison") == ("dead", "ValueError: poison")
        assert [line["event_ids"] for line in lines if line["event"] == "webhook_dead"] == [["evt_poison"]]
        assert (await shop.deliver(event(id="evt_poison"))).status_code == 200
        assert await row(db, "evt_poison") == ("dead", "ValueError: poison")
