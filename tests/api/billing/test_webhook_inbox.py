"""Webhook rules 2, 3, 7 and 15: stored once, acknowledged after that, whatever it is."""

import asyncio
import json
from typing import Any

import asyncpg
import pytest
from structlog.testing import capture_logs

from api.webhook_events import EVENT_TYPES
from tests.api.billing.events import after_renewal, event, row
from tests.api.billing.shop import Shop, content, deliver
from tests.api.conftest import Client, eventually


class TestInbox:
    """Rules 2, 3, 7 and 15: stored once, acknowledged after that, whatever it is."""

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            ({}, ("ignored", "no account has this customer")),
            ({"type": "charge.refunded"}, ("ignored", "no subscription depends on this type")),
            ({"type": "something.new"}, ("ignored", "no subscription depends on this type")),
            ({"data": {"object": {"id": "x", "object": "invoice"}}}, ("ignored", "it names no customer")),
            (
                {"data": {"object": {"customer": "cus_1", "metadata": {"environment": "prod"}}}},
                ("ignored", "another environment made it"),
            ),
        ],
    )
    async def test_what_is_not_ours_is_recorded_and_acknowledged(
        self, client: Client, db: asyncpg.Connection, changes: dict[str, Any], expected: tuple[str, str]
    ) -> None:
        """Stripe need not repeat it, and an operator can see it."""
        answer = await deliver(client, json.dumps(event(**changes)).encode())
        assert answer.status_code == 200
        assert await row(db) == expected

    async def test_the_other_mode_is_refused(self, client: Client, db: asyncpg.Connection) -> None:
        """A live event in a test environment is somebody's mistake: Stripe shows it as failed."""
        status, problem = await content(await deliver(client, json.dumps(event(livemode=True)).encode()))
        assert (status, problem["code"]) == (400, "wrong_mode")
        assert await db.fetchval("SELECT count(*) FROM webhook_events") == 0

    async def test_another_api_version_is_taken_and_told(self, client: Client, db: asyncpg.Connection) -> None:
        """An operator must hear that an endpoint is not what the program made."""
        with capture_logs() as lines:
            await deliver(client, json.dumps(event(api_version="2017-08-15")).encode())
        assert [line["log_level"] for line in lines if line["event"] == "webhook_version_differs"] == ["warning"]
        assert (await row(db))[0] == "ignored"

    async def test_fifty_at_once_have_one_effect(self, shop: Shop, db: asyncpg.Connection) -> None:
        """All 2xx, one row, one change in the trail."""
        await shop.save_card()
        await shop.subscribe()
        shop.stripe.server.decline_next(await shop.customer())
        renewed = next(e for e in await after_renewal(shop) if e["type"] == "invoice.payment_failed")
        before = int(str(await db.fetchval("SELECT count(*) FROM billing_changes")))

        answers = await asyncio.gather(*(shop.deliver(renewed) for _ in range(50)))
        await eventually(shop.nothing_pending)

        assert {answer.status_code for answer in answers} == {200}
        assert await db.fetchval("SELECT count(*) FROM webhook_events WHERE id = $1", renewed["id"]) == 1
        assert await db.fetchval("SELECT count(*) FROM billing_changes") == before + 1
        assert (await shop.known()) == (await shop.true())
        assert (await shop.get("subscription"))["subscription"]["past_due"] is True

    async def test_an_event_that_was_stored_but_not_booked_is_booked_later(
        self, shop: Shop, db: asyncpg.Connection
    ) -> None:
        """The process that received it was killed in between: another one's worker finds it."""
        await shop.save_card()
        await shop.subscribe()
        await db.execute("UPDATE accounts SET subscription_status = 'incomplete'")
        await db.execute(
            "INSERT INTO webhook_events (id, type, customer_id, created_at, state, attempts, next_attempt_at) "
            "VALUES ('evt_left', 'invoice.paid', $1, now(), 'pending', 1, now() - interval '1 second')",
            await shop.customer(),
        )
        shop.app.extensions["worker"].wake()

        assert await row(db, "evt_left") == ("booked", None)
        assert (await shop.get("subscription"))["subscription"]["status"] == "active"

    async def test_without_a_database_stripe_must_repeat(self, shop: Shop) -> None:
        """503: what is not stored is not acknowledged."""
        database = shop.app.extensions["database"]
        pool, database._pool = database._pool, None
        try:
            status, problem = await content(await shop.deliver(event()))
        finally:
            database._pool = pool
        assert (status, problem["code"]) == (503, "database_unavailable")
        assert (await shop.deliver(event())).status_code == 200


def test_the_list_of_events_is_sorted_out() -> None:
    """One name once; `invoice.paid` and `payment_succeeded` are different things and both are there."""
    assert len(set(EVENT_TYPES)) == len(EVENT_TYPES)
    assert {"invoice.paid", "invoice.payment_succeeded"} <= set(EVENT_TYPES)
