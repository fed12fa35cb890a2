"""Events as Stripe sends them, and what the inbox says of them."""

import time
from typing import Any

import asyncpg

from tests.api.billing.shop import Shop
from tests.api.conftest import eventually


def event(**changes: Any) -> dict[str, Any]:
    """An event about a customer that no account has."""
    thing = {"id": "sub_x", "object": "subscription", "customer": "cus_unknown", "metadata": {}}
    return {
        "id": "evt_1",
        "object": "event",
        "type": "customer.subscription.updated",
        "created": int(time.time()),
        "livemode": False,
        "api_version": "2026-10-28.endive",
        "data": {"object": thing},
        **changes,
    }


async def row(db: asyncpg.Connection, event_id: str = "evt_1") -> tuple[str, str | None]:
    """State and reason of a settled event."""

    async def is_settled() -> bool:
        return bool(await db.fetchval("SELECT 1 FROM webhook_events WHERE id = $1 AND state <> 'pending'", event_id))

    await eventually(is_settled)
    found = await db.fetchrow("SELECT state, reason FROM webhook_events WHERE id = $1", event_id)
    assert found
    return found["state"], found["reason"]


async def after_renewal(shop: Shop) -> list[dict[str, Any]]:
    """The events of the next renewal."""
    before = {e["id"] for e in await shop.stripe.events()}
    shop.stripe.server.advance(32 * 24 * 3600)
    return [e for e in await shop.stripe.events() if e["id"] not in before]
