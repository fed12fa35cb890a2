"""What the API makes of the event of `priceguard money-path`: it is settled, said so, and changes nobody's account."""

import json

import asyncpg
from structlog.testing import capture_logs

from gitops.verification.api_log import settles
from gitops.verification.money_path import EVENT, MARK
from tests.api.billing.shop import Shop
from tests.api.conftest import eventually


async def test_the_event_is_settled_and_the_log_names_it(shop: Shop, db: asyncpg.Connection) -> None:
    """As late as it is in the database for good: that it was received is not enough."""
    await shop.save_card()
    before, customers = await shop.known(), shop.stripe.api.v1.customers
    made = await customers.create_async({"metadata": {MARK: "4711", "environment": "dev"}})
    await customers.delete_async(made.id)
    event = next(one for one in await shop.stripe.events() if one["type"] == EVENT)

    with capture_logs() as lines:

        async def is_told() -> bool:
            return any(settles(json.dumps(line), event["id"]) for line in lines)

        assert (await shop.deliver(event)).status_code == 200
        await eventually(is_told)
        assert await db.fetchval("SELECT state FROM webhook_events WHERE id = $1", event["id"]) == "ignored"

    (received,) = [line for line in lines if line["event"] == "webhook_received"]
    assert not settles(json.dumps(received), event["id"])
    assert await shop.known() == before
