"""The stand-in against Stripe's OpenAPI document, and the points in which it is newer than that."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import stripe

from local.stripe.catalog import OPERATIONS
from local.stripe.endive import BILLING_CYCLE_ANCHOR, PAYMENT_METHOD_TYPES
from local.stripe.operations import Operation
from local.stripe.parameters import Kind, Table
from local.stripe.stand_in import StandIn
from tests.local.stripe.schemas import Judge, judge
from tests.local.stripe.shop import Shop

OVERLAY: list[Kind] = [PAYMENT_METHOD_TYPES, BILLING_CYCLE_ANCHOR]
PAGE_ONLY = "payment_method_data.card"  # Stripe.js sends it with publishable keys; servers never see a card


def documented(document: dict[str, Any], operation: Operation) -> tuple[dict[str, Any], dict[str, Any]]:
    """The document's operation, and its parameters by name."""
    for path, methods in document["paths"].items():
        steps = ["{}" if step.startswith("{") else step for step in path.removeprefix("/v1/").split("/")]
        if steps == operation.path.strip("/").split("/") and operation.method.lower() in methods:
            found = methods[operation.method.lower()]
            form = found.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
            query = {one["name"]: one["schema"] for one in found.get("parameters", []) if one["in"] == "query"}
            return found, {**query, **form.get("schema", {}).get("properties", {})}
    pytest.fail(f"the document has no {operation.method} /v1{operation.path}")


def variants(schema: dict[str, Any]) -> list[dict[str, Any]]:
    """A schema, or those that it offers a choice of."""
    return [inner for one in schema["anyOf"] for inner in variants(one)] if "anyOf" in schema else [schema]


def unknown(table: Table, known: dict[str, Any], prefix: str) -> Iterator[str]:
    """Names that we accept and the document does not have, at any depth."""
    for name, kind in table.items():
        full = f"{prefix}.{name}"
        if kind in OVERLAY or full.endswith(PAGE_ONLY):
            continue
        if name not in known:
            yield full
            continue
        inner = kind
        schemas = variants(known[name])
        while inner.item:
            inner = inner.item
            schemas = [choice for schema in schemas if "items" in schema for choice in variants(schema["items"])]
        if inner.fields:
            members = {key: value for schema in schemas for key, value in schema.get("properties", {}).items()}
            yield from unknown(inner.fields, members, full)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.method} {one.path}")
def test_every_parameter_is_one_of_stripes(stripe_openapi: dict[str, Any], operation: Operation) -> None:
    """And every one that Stripe requires is required here."""
    found, known = documented(stripe_openapi, operation)
    form = found.get("requestBody", {}).get("content", {}).get("application/x-www-form-urlencoded", {})
    required = set(form.get("schema", {}).get("required", []))
    required |= {one["name"] for one in found.get("parameters", []) if one["in"] == "query" and one["required"]}

    assert not list(unknown(operation.parameters, known, operation.path))
    assert required <= set(operation.required)


def test_the_judge_sees_what_is_wrong(stripe_openapi: dict[str, Any]) -> None:
    """A missing member, a wrong type, an old name, deep inside of an answer."""
    check = judge(stripe_openapi)
    good = {"id": "cus_1", "object": "customer", "created": 1, "livemode": False}
    check({"object": "list", "data": [good]})

    for wrong in ({"created": None}, {"livemode": "no"}, {"default_card": None}, {"balance": "0"}):
        with pytest.raises(AssertionError, match="cus_1"):
            check({"object": "list", "data": [{**good, **wrong}]})
    with pytest.raises(AssertionError, match="cus_1"):
        check({"data": {"object": {name: value for name, value in good.items() if name != "created"}}})


async def test_overlay_1_payment_method_types_are_refused(stripe_openapi: dict[str, Any], shop: Shop) -> None:
    """The document still accepts them."""
    for path in ("/v1/setup_intents", "/v1/payment_intents/{intent}/confirm"):
        body = stripe_openapi["paths"][path]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        assert "payment_method_types" in body["schema"]["properties"], f"the document has caught up: {path}"
    intent = await shop.client.v1.setup_intents.create_async()
    assert intent.payment_method_types == ["card"]
    old: Any = {"payment_method_types": ["card"]}

    for refused in (
        shop.client.v1.setup_intents.create_async(old),
        shop.client.v1.setup_intents.confirm_async(intent.id, old),
        shop.client.v1.payment_intents.confirm_async("pi_x", old),
    ):
        with pytest.raises(stripe.InvalidRequestError) as caught:
            await refused
        assert caught.value.code == "payment_method_types_no_longer_supported"
    both: Any = {"allowed_payment_method_types": ["card"], "automatic_payment_methods": {"enabled": True}}
    with pytest.raises(stripe.InvalidRequestError, match="Send either"):
        await shop.client.v1.setup_intents.create_async(both)
    one = await shop.client.v1.setup_intents.create_async({"allowed_payment_method_types": ["card"]})
    assert one.to_dict()["allowed_payment_method_types"] == ["card"]


async def test_overlay_2_the_billing_cycle_anchor_is_an_object(stripe_openapi: dict[str, Any], shop: Shop) -> None:
    """The document wants a word."""
    path = stripe_openapi["paths"]["/v1/subscriptions/{subscription_exposed_id}"]["post"]
    body = path["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    assert body["billing_cycle_anchor"]["type"] == "string", "the document has caught up"
    made = await shop.subscribe(await shop.customer())
    update = shop.client.v1.subscriptions.update_async

    word: Any = {"billing_cycle_anchor": "now"}
    with pytest.raises(stripe.InvalidRequestError, match="billing_cycle_anchor"):
        await update(made.id, word)

    anew: Any = {"billing_cycle_anchor": {"type": "now"}, "proration_behavior": "none"}
    after = await update(made.id, anew)
    assert after.latest_invoice != made.latest_invoice


async def test_overlay_3_endpoints_have_the_new_version(
    stripe_openapi: dict[str, Any], client: stripe.StripeClient
) -> None:
    """The document's list ends before it."""
    path = stripe_openapi["paths"]["/v1/webhook_endpoints"]["post"]
    body = path["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"]
    assert "2026-10-28.endive" not in body["api_version"]["enum"], "the document has caught up"
    create: Any = {"url": "http://localhost/", "enabled_events": ["invoice.paid"]}

    new: Any = {**create, "api_version": "2026-10-28.endive"}
    made = await client.v1.webhook_endpoints.create_async(new)

    assert made.api_version == "2026-10-28.endive" == stripe.api_version
    old: Any = {**create, "api_version": "2020-08-27"}
    with pytest.raises(stripe.InvalidRequestError, match="api_version"):
        await client.v1.webhook_endpoints.create_async(old)


async def test_what_events_tell_is_valid_too(stand_in: StandIn, shop: Shop, check: Judge) -> None:
    """The objects in all events of a life with everything in it."""
    made = await shop.subscribe(await shop.customer("pm_card_renewalFail"), trial_period_days=5)
    await shop.switch(made, "large", proration_behavior="always_invoice")
    stand_in.advance(200 * 86400)

    listed = await shop.client.v1.events.list_async({"limit": 100})

    assert len(listed.data) > 40
    assert listed.last_response
    check(json.loads(listed.last_response.body))


async def test_stripe_mock_takes_what_we_take(stripe_mock: str) -> None:
    """The requests of our flows, sent to Stripe's own mock: no parameter is unknown to it."""
    forms = {
        "/v1/customers": {"name": "A", "metadata[account_id]": "1"},
        "/v1/setup_intents": {
            "customer": "cus_1",
            "usage": "off_session",
            "automatic_payment_methods[enabled]": "true",
        },
        "/v1/subscriptions": {
            "customer": "cus_1",
            "items[0][price]": "price_1",
            "payment_behavior": "default_incomplete",
            "expand[0]": "latest_invoice.confirmation_secret",
        },
    }
    async with httpx.AsyncClient(headers={"Authorization": "Bearer sk_test_x"}, trust_env=False) as asking:
        statuses = [(await asking.post(stripe_mock + path, data=form)).status_code for path, form in forms.items()]

    assert statuses == [200, 200, 200]
