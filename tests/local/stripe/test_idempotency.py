"""Idempotency keys: one effect, whatever happens to the answer."""

import asyncio
from typing import Any

import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.conftest import Connect
from tests.local.stripe.shop import Shop
from tests.local.stripe.waiting import until

KEY: Any = {"idempotency_key": "acct:1:customer"}


async def names(client: stripe.StripeClient) -> list[str | None]:
    """The names of all customers, oldest first."""
    return [customer.name for customer in (await client.v1.customers.list_async({"limit": 100})).data][::-1]


def busy(error: stripe.StripeError) -> bool:
    """Whether the key is in flight."""
    return error.http_status == 409 and bool(error.error) and error.error.code == "idempotency_key_in_use"


async def test_twenty_at_once_are_one(stand_in: StandIn, connect: Connect) -> None:
    """Whoever is told to come back does so; all get the same answer."""
    clients = [connect(stand_in.url) for _ in range(20)]

    async def create(client: stripe.StripeClient) -> str:
        try:
            return (await client.v1.customers.create_async({"name": "A"}, KEY)).id
        except stripe.APIError as error:
            if not busy(error):
                raise
        return await create(client)

    answers = await asyncio.gather(*map(create, clients))

    assert len(set(answers)) == 1
    assert await names(clients[0]) == ["A"]


async def test_a_repeated_request_gets_the_first_answer(client: stripe.StripeClient) -> None:
    """Even if the object is different by now; a header says so."""
    first = await client.v1.customers.create_async({"name": "A"}, KEY)
    await client.v1.customers.update_async(first.id, {"name": "B"})

    again = await client.v1.customers.create_async({"name": "A"}, KEY)

    assert again.to_dict() == first.to_dict()
    assert again.last_response
    assert again.last_response.headers["idempotent-replayed"] == "true"
    assert first.last_response
    assert "idempotent-replayed" not in first.last_response.headers
    assert await names(client) == ["B"]


async def test_the_order_of_parameters_does_not_matter(client: stripe.StripeClient) -> None:
    """Nor how a client builds them."""
    first = await client.v1.customers.create_async({"name": "A", "metadata": {"a": "1", "b": "2"}}, KEY)
    again = await client.v1.customers.create_async({"metadata": {"b": "2", "a": "1"}, "name": "A"}, KEY)

    assert again.id == first.id


async def test_other_parameters_are_a_mistake(client: stripe.StripeClient) -> None:
    """400, and no second customer; likewise another operation."""
    await client.v1.customers.create_async({"name": "A"}, KEY)

    with pytest.raises(stripe.IdempotencyError, match="same parameters") as caught:
        await client.v1.customers.create_async({"name": "B"}, KEY)
    with pytest.raises(stripe.IdempotencyError):
        await client.v1.products.create_async({"name": "A"}, KEY)

    assert caught.value.http_status == 400
    assert await names(client) == ["A"]


async def test_a_key_in_flight_is_busy(stand_in: StandIn, client: stripe.StripeClient, connect: Connect) -> None:
    """409, after which the same request may come again."""
    stand_in.faults.add(latency=0.3)
    first = asyncio.create_task(client.v1.customers.create_async({"name": "A"}, KEY))
    await until(lambda: not stand_in.faults.waiting)

    with pytest.raises(stripe.APIError, match="in-progress") as caught:
        await connect(stand_in.url).v1.customers.create_async({"name": "A"}, KEY)

    assert busy(caught.value)
    assert (await first).id == (await client.v1.customers.create_async({"name": "A"}, KEY)).id


async def test_a_lost_answer_is_remembered(stand_in: StandIn, client: stripe.StripeClient) -> None:
    """The connection ends after the effect; the retry finds it."""
    stand_in.faults.add(match="POST /v1/customers", cut="after")
    with pytest.raises(stripe.APIConnectionError):
        await client.v1.customers.create_async({"name": "A"}, KEY)
    assert await names(client) == ["A"]

    again = await client.v1.customers.create_async({"name": "A"}, KEY)

    assert again.name == "A"
    assert await names(client) == ["A"]


@pytest.mark.parametrize("fault", [{"status": 500}, {"status": 429}, {"cut": "before"}, {"nonsense": True}])
async def test_what_failed_before_the_effect_is_not(
    stand_in: StandIn, client: stripe.StripeClient, fault: dict[str, Any]
) -> None:
    """The retry does it."""
    stand_in.faults.add(**fault)
    with pytest.raises(stripe.StripeError):
        await client.v1.customers.create_async({"name": "A"}, KEY)
    assert await names(client) == []

    await client.v1.customers.create_async({"name": "A"}, KEY)

    assert await names(client) == ["A"]


async def test_a_decline_is_remembered_and_a_mistyped_parameter_is_not(shop: Shop) -> None:
    """As at Stripe: what began is remembered, what was not understood may be corrected."""
    customer = await shop.customer("pm_card_chargeCustomerFail")
    params: Any = {
        "customer": customer,
        "items": [{"price": shop.prices["small"]}],
        "payment_behavior": "error_if_incomplete",
    }
    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await shop.client.v1.subscriptions.create_async(params, {"idempotency_key": "sub"})
    with pytest.raises(stripe.InvalidRequestError):
        await shop.client.v1.customers.create_async({"nmae": "A"}, KEY)  # pyright: ignore[reportArgumentType]

    assert (await shop.client.v1.customers.create_async({"name": "A"}, KEY)).name == "A"
