"""Stripe as the program owns it: endpoints and their slots, products, prices, and what the API and others are told."""

import json

import pytest

from api import webhook_events
from infra.stripe_billing import API_VERSION, WEBHOOK_EVENTS
from render.configuration import read_configuration
from render.manifest import Manifest
from render.program import run
from tests.infra.test_service import container

ENDPOINT = "stripe:index/webhookEndpoint:WebhookEndpoint"
PRODUCT = "stripe:index/product:Product"
PRICE = "stripe:index/price:Price"
PLANS = ("basic", "premium", "enterprise")


def test_one_endpoint_at_the_api_on_a_pinned_version(stack: Manifest) -> None:
    """URL, version, metadata; the provider is the explicit one."""
    endpoint = stack.one(ENDPOINT)
    domain = {"dev": "api.dev.priceguardbackend.live", "prod": "api.priceguardbackend.live"}[stack.stack]

    assert endpoint.name == "webhook-a"
    assert endpoint.inputs["url"] == f"https://{domain}/api/stripe/webhook" == stack.outputs["webhookUrl"]
    assert endpoint.inputs["apiVersion"] == API_VERSION == "2026-10-28.endive"
    assert endpoint.inputs["metadata"] == {"environment": stack.stack, "slot": "a"}
    assert stack.outputs["webhookEndpoints"] == {"a": f"${{{ENDPOINT}::webhook-a.id}}"}


def test_stripe_sends_what_the_api_acts_on(stack: Manifest) -> None:
    """Nothing more, nothing less, by name."""
    assert stack.one(ENDPOINT).inputs["enabledEvents"] == list(WEBHOOK_EVENTS) == list(webhook_events.EVENT_TYPES)


def test_an_endpoint_keeps_its_version_until_the_other_slot_takes_over(stack: Manifest) -> None:
    """Another version would replace it, and nobody could verify what it still sends."""
    assert stack.one(ENDPOINT).options["ignoreChanges"] == ["apiVersion"]


@pytest.mark.parametrize("slots", ["a", "b", "a,b", "b,a"])
def test_only_the_newest_endpoint_is_protected_and_only_in_prod(slots: str) -> None:
    """So a rotation can end by deleting the older one, and begin only by making a second."""
    newest = slots[0]

    for stack in ("dev", "prod"):
        endpoints = run(stack, {"priceguard:webhookSlots": slots}).of_type(ENDPOINT)
        assert {e.inputs["metadata"]["slot"] for e in endpoints} == set(slots.split(","))
        protected = [e.inputs["metadata"]["slot"] for e in endpoints if e.options.get("protect")]
        assert protected == ([newest] if stack == "prod" else [])


def test_products_have_chosen_ids_and_are_protected_in_prod(stack: Manifest) -> None:
    """Stamped with environment and plan."""
    for plan in PLANS:
        product = stack.one(PRODUCT, plan)
        assert product.inputs["productId"] == f"priceguard_{plan}"
        assert product.inputs["metadata"] == {"environment": stack.stack, "plan": plan}
        assert bool(product.options.get("protect")) is (stack.stack == "prod")


def test_prices_take_their_lookup_key_along(stack: Manifest) -> None:
    """Six, each at its plan's product, each with the amount of the configuration."""
    plans = json.loads(read_configuration(stack.stack)["priceguard:plans"])

    assert len(stack.of_type(PRICE)) == 6
    for plan in PLANS:
        for period, interval in (("monthly", "month"), ("yearly", "year")):
            inputs = stack.one(PRICE, f"{plan}-{period}").inputs
            assert inputs["unitAmount"] == plans[plan][period]
            assert inputs["recurring"] == {"interval": interval, "intervalCount": 1}
            assert (inputs["lookupKey"], inputs["transferLookupKey"]) == (f"priceguard_{plan}_{period}", True)
            assert inputs["product"] == f"${{{PRODUCT}::{plan}.id}}"
            assert inputs["metadata"] == {"environment": stack.stack, "plan": plan}


def test_a_price_is_never_protected(stack: Manifest) -> None:
    """Another amount replaces it."""
    assert not [r for r in stack.of_type(PRICE) if r.options.get("protect")]


def test_the_api_is_told_the_prices_in_order(stack: Manifest) -> None:
    """The plans by size, the month before the year."""
    variables = {variable["name"]: variable["value"] for variable in container(stack)["environment"]}
    amounts = {"basic": (900, 9000), "premium": (2900, 29000), "enterprise": (9900, 99000)}

    assert variables["STRIPE_API_URL"] == "https://api.stripe.com"
    assert json.loads(variables["STRIPE_PRICES"]) == [
        {
            "id": f"${{{PRICE}::{plan}-{period}.id}}",
            "plan": plan,
            "interval": interval,
            "unit_amount": amounts[plan][position],
            "currency": "usd",
        }
        for plan in PLANS
        for position, (period, interval) in enumerate((("monthly", "month"), ("yearly", "year")))
    ]


def test_the_outputs_name_the_prices(stack: Manifest) -> None:
    """For people, and the monthly ones for the frontend's build."""
    assert stack.outputs["prices"] == {
        plan: {period: f"${{{PRICE}::{plan}-{period}.id}}" for period in ("monthly", "yearly")} for plan in PLANS
    }
    for plan in PLANS:
        variable = stack.outputs["netlifyEnvironment"][f"VITE_STRIPE_PRICE_{plan.upper()}"]
        assert variable == stack.outputs["prices"][plan]["monthly"]


def test_another_amount_touches_one_price_and_the_tasks(dev: Manifest) -> None:
    """Endpoints, products and the other prices stay."""
    plans = json.loads(read_configuration("dev")["priceguard:plans"])
    plans["premium"]["yearly"] = 27000

    other = {r.urn: r for r in run("dev", {"priceguard:plans": json.dumps(plans)}).resources}

    assert {(r.type, r.name) for r in dev.resources if other[r.urn] != r} == {
        (PRICE, "premium-yearly"),
        ("aws:ecs/taskDefinition:TaskDefinition", "api"),
    }
