"""What all operations have in common: keys, versions, errors, lists, expansion."""

from typing import Any

import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.conftest import Connect
from tests.local.stripe.shop import Shop


@pytest.mark.parametrize(
    ("key", "message"),
    [("sk_live_x", "test keys only.*live key"), ("pk_live_x", "test keys only"), ("rk_test_x", "test keys only")],
)
async def test_only_test_keys_are_taken(stand_in: StandIn, connect: Connect, key: str, message: str) -> None:
    """401, and a live key is told from a wrong one."""
    with pytest.raises(stripe.AuthenticationError, match=message) as caught:
        await connect(stand_in.url, key).v1.customers.list_async()

    assert caught.value.http_status == 401
    assert key not in str(caught.value)


async def test_a_page_may_do_what_a_page_does(page: stripe.StripeClient, client: stripe.StripeClient) -> None:
    """Intents with their client secret, and payment methods; nothing else."""
    intent = await client.v1.setup_intents.create_async()
    assert intent.client_secret
    known: Any = {"client_secret": intent.client_secret}
    deep: Any = {**known, "expand": ["customer"]}
    found = await page.v1.setup_intents.retrieve_async(intent.id, known)
    assert found.status == "requires_payment_method"
    await page.v1.payment_methods.create_async({"type": "card", "card": {"token": "tok_visa"}})

    for refused in (
        page.v1.customers.list_async(),
        page.v1.setup_intents.create_async(),
        page.v1.setup_intents.retrieve_async(intent.id),
        page.v1.setup_intents.retrieve_async(intent.id, {"client_secret": "seti_x_secret_y"}),
        page.v1.setup_intents.confirm_async(intent.id, {"payment_method": "pm_card_visa"}),
        page.v1.setup_intents.retrieve_async(intent.id, deep),
    ):
        with pytest.raises(stripe.StripeError) as caught:
            await refused
        assert caught.value.http_status in {400, 401, 403}


async def test_the_version_is_known_or_absent(stand_in: StandIn, connect: Connect, client: stripe.StripeClient) -> None:
    """Any other is refused; every answer says which one it speaks, and has an id."""
    with pytest.raises(stripe.InvalidRequestError, match="Invalid Stripe API version: 2020-08-27"):
        await connect(stand_in.url, stripe_version="2020-08-27").v1.customers.list_async()

    answer = (await client.v1.customers.list_async()).last_response
    assert answer
    assert answer.headers["stripe-version"] == "2026-10-28.endive"
    assert answer.headers["request-id"].startswith("req_")


async def test_errors_look_as_stripes(client: stripe.StripeClient) -> None:
    """404 for an id of the address, 400 for one in the body; type, code, param and message."""
    with pytest.raises(stripe.InvalidRequestError) as address:
        await client.v1.customers.retrieve_async("cus_x")
    with pytest.raises(stripe.InvalidRequestError) as body:
        await client.v1.setup_intents.create_async({"customer": "cus_x"})
    with pytest.raises(stripe.InvalidRequestError) as unknown:
        await client.v1.customers.create_async({"address": {"town": "x"}})  # pyright: ignore[reportArgumentType]

    assert (address.value.http_status, address.value.code, address.value.param) == (404, "resource_missing", "id")
    assert (body.value.http_status, body.value.code, body.value.param) == (400, "resource_missing", "customer")
    assert (unknown.value.code, unknown.value.param) == ("parameter_unknown", "address[town]")
    assert str(address.value).endswith("No such customer: 'cus_x'")


@pytest.mark.parametrize(
    ("params", "param"),
    [
        ({"metadata": "x"}, "metadata"),
        ({"metadata": {"a" * 41: "x"}}, "metadata"),
        ({"balance": "much"}, "balance"),
        ({"name": {"first": "x"}}, "name"),
        ({"preferred_locales": "en"}, "preferred_locales"),
        ({"tax_exempt": "maybe"}, "tax_exempt"),
        ({"address": "x"}, "address"),
        ({"invoice_settings": {"default_payment_method": "pm_x"}}, "default_payment_method"),
    ],
)
async def test_a_wrong_value_is_named(client: stripe.StripeClient, params: Any, param: str) -> None:
    """Whatever is wrong about it."""
    with pytest.raises(stripe.InvalidRequestError) as caught:
        await client.v1.customers.create_async(params)

    assert caught.value.param == param


async def test_an_operation_that_is_not_there(stand_in: StandIn, client: stripe.StripeClient) -> None:
    """404 with the address."""
    del stand_in
    with pytest.raises(stripe.InvalidRequestError, match="Unrecognized request URL \\(GET: /v1/coupons\\)"):
        await client.v1.coupons.list_async()


async def test_lists_have_pages(client: stripe.StripeClient) -> None:
    """Newest first, forwards and backwards, until there is no more."""
    made = [(await client.v1.customers.create_async({"name": str(number)})).id for number in range(7)][::-1]
    lists = client.v1.customers.list_async

    first = await lists({"limit": 3})
    second = await lists({"limit": 3, "starting_after": first.data[-1].id})
    third = await lists({"limit": 3, "starting_after": second.data[-1].id})
    back = await lists({"limit": 2, "ending_before": second.data[-1].id})

    pages = [[one.id for one in page.data] for page in (first, second, third, back)]
    assert pages == [made[:3], made[3:6], made[6:], made[3:5]]
    assert [page.has_more for page in (first, second, third, back)] == [True, True, False, True]
    assert first.url == "/v1/customers"
    everything = [one.id async for one in first.auto_paging_iter()]
    assert everything == made
    for wrong in ({"limit": 0}, {"limit": 101}, {"starting_after": "cus_x"}):
        with pytest.raises(stripe.InvalidRequestError):
            await lists(wrong)  # pyright: ignore[reportArgumentType]


async def test_lists_are_filtered_by_time(stand_in: StandIn, client: stripe.StripeClient) -> None:
    """With each bound, and with an exact second."""
    times: list[int] = []
    for _ in range(3):
        times.append((await client.v1.customers.create_async()).created)
        stand_in.advance(100)

    async def count(created: Any) -> int:
        return len((await client.v1.customers.list_async({"created": created})).data)

    assert [await count({name: times[1]}) for name in ("gt", "gte", "lt", "lte")] == [1, 2, 1, 2]
    assert await count({"gte": times[0], "lt": times[2]}) == 2
    assert await count(times[1]) == 1


async def test_customers_are_found_by_mail(client: stripe.StripeClient) -> None:
    """Exactly, and by the current one."""
    made = await client.v1.customers.create_async({"email": "a@example.com"})
    await client.v1.customers.create_async({"email": "b@example.com"})
    await client.v1.customers.update_async(made.id, {"email": "c@example.com"})

    found = {
        mail: [one.id for one in (await client.v1.customers.list_async({"email": f"{mail}@example.com"})).data]
        for mail in "ac"
    }
    assert found == {"a": [], "c": [made.id]}


async def test_expansion_goes_four_levels_deep(shop: Shop) -> None:
    """Through lists and members that are shown on request only."""
    made = await shop.subscribe(await shop.customer())
    path = "data.latest_invoice.payments.data.payment.payment_intent"
    listed = await shop.client.v1.subscriptions.list_async({"expand": [path, "data.items.data.price.product"]})
    found: Any = listed.data[0]

    assert found.latest_invoice.payments.data[0].payment.payment_intent.amount == 1000
    assert found["items"].data[0].price.product.id == shop.product
    customer = await shop.client.v1.customers.retrieve_async(
        str(made.customer), {"expand": ["subscriptions", "invoice_settings.default_payment_method"]}
    )
    assert customer.subscriptions
    assert customer.subscriptions.data[0].id == made.id
    for wrong in (
        "nothing",
        "status",
        "id",
        "metadata.x",
        "latest_invoice.payments.data.payment.payment_intent.latest_charge.x",
    ):
        with pytest.raises(stripe.InvalidRequestError, match="expand"):
            await shop.subscription(made.id, wrong)


async def test_products_are_deleted_only_without_prices(client: stripe.StripeClient, shop: Shop) -> None:
    """With prices they can be switched off."""
    with pytest.raises(stripe.InvalidRequestError, match="one or more user-created prices"):
        await client.v1.products.delete_async(shop.product)
    off = await client.v1.products.update_async(shop.product, {"active": False})
    assert off.active is False

    own = await client.v1.products.create_async({"id": "guard", "name": "Guard"})
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        await client.v1.products.create_async({"id": "guard", "name": "Guard"})
    assert [one.id for one in (await client.v1.products.list_async({"active": True})).data] == [own.id]
    assert (await client.v1.products.delete_async("guard")).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such product"):
        await client.v1.products.retrieve_async("guard")


async def test_a_lookup_key_has_one_price(shop: Shop) -> None:
    """Until it is moved to another."""
    first = await shop.price(100, lookup_key="basic")
    with pytest.raises(stripe.InvalidRequestError, match="already uses the lookup key") as caught:
        await shop.price(200, lookup_key="basic")
    assert caught.value.http_status == 400
    second = await shop.price(200, lookup_key="basic", transfer_lookup_key=True)

    found = await shop.client.v1.prices.list_async({"lookup_keys": ["basic"]})
    assert [price.id for price in found.data] == [second.id]
    assert (await shop.client.v1.prices.retrieve_async(first.id)).lookup_key is None
    changed = await shop.client.v1.prices.update_async(second.id, {"nickname": "Basic", "active": False})
    assert (changed.nickname, changed.active) == ("Basic", False)
    with pytest.raises(stripe.InvalidRequestError, match="unknown parameter: unit_amount"):
        await shop.client.v1.prices.update_async(second.id, {"unit_amount": 1})  # pyright: ignore[reportArgumentType]


async def test_subscriptions_show_prices_as_they_are(shop: Shop) -> None:
    """A lookup key that has moved is not found at its old place."""
    made = await shop.subscribe(await shop.customer())
    await shop.client.v1.prices.update_async(shop.prices["small"], {"lookup_key": "basic", "nickname": "Basic"})
    assert (await shop.subscription(made.id))["items"].data[0].price.lookup_key == "basic"

    await shop.price(1, lookup_key="basic", transfer_lookup_key=True)

    price = (await shop.subscription(made.id))["items"].data[0].price
    assert (price.lookup_key, price.nickname) == (None, "Basic")


async def test_events_are_listed_by_type(client: stripe.StripeClient, shop: Shop) -> None:
    """One, several, or a group with a star."""
    await client.v1.customers.create_async()

    async def types(**params: Any) -> set[str]:
        asked: Any = {"limit": 100, **params}
        return {event.type for event in (await client.v1.events.list_async(asked)).data}

    assert await types(type="customer.created") == {"customer.created"}
    assert await types(types=["product.created", "customer.created"]) == {"product.created", "customer.created"}
    assert await types(type="pr*") == {"product.created", "price.created"}
    del shop
