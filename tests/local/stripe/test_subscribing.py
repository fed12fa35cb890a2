"""The first payment of a subscription, in all the ways in which it can go."""

from typing import Any

import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import DAY, Shop
from tests.local.stripe.test_cards import card

SECRET = "latest_invoice.confirmation_secret"
INTENT = "latest_invoice.payments.data.payment.payment_intent"


async def incomplete(shop: Shop, customer: str, **more: Any) -> tuple[stripe.Subscription, str, str]:
    """A subscription that waits for its first payment; its payment intent and that one's client secret."""
    made = await shop.subscribe(customer, payment_behavior="default_incomplete", expand=[SECRET, INTENT], **more)
    invoice: Any = made.latest_invoice
    return made, invoice.payments.data[0].payment.payment_intent.id, invoice.confirmation_secret.client_secret


async def test_default_incomplete_waits_for_the_page(shop: Shop, page: stripe.StripeClient) -> None:
    """Even with a good default card; the page's confirmation makes it active and keeps the card."""
    customer = await shop.customer(None)
    settings = {"save_default_payment_method": "on_subscription"}
    made, intent, secret = await incomplete(shop, customer, payment_settings=settings)
    assert made.status == "incomplete"

    confirm: Any = {**card("4242424242424242"), "client_secret": secret}
    paid = await page.v1.payment_intents.confirm_async(intent, confirm)

    assert paid.status == "succeeded"
    after = await shop.subscription(made.id)
    assert after.status == "active"
    assert after.default_payment_method == paid.payment_method
    invoice = await shop.invoice(after.latest_invoice, "payments")
    assert (invoice.status, invoice.amount_paid, invoice.billing_reason) == ("paid", 1000, "subscription_create")
    assert invoice.payments
    assert invoice.payments.data[0].payment.payment_intent == intent
    assert invoice.payments.data[0].status == "paid"


async def test_the_events_of_a_first_payment(shop: Shop) -> None:
    """In the order in which things happen."""
    customer = await shop.customer()
    before = len(await shop.types())

    await shop.subscribe(customer)

    assert (await shop.types())[before:] == [
        "customer.subscription.created",
        "invoice.created",
        "customer.updated",
        "invoice.finalized",
        "payment_intent.created",
        "charge.succeeded",
        "payment_intent.succeeded",
        "invoice.paid",
        "invoice.payment_succeeded",
        "customer.subscription.updated",
    ]


async def test_shapes_are_the_current_ones(shop: Shop) -> None:
    """Subscription and price of an invoice, period of an item, and nothing at the old places."""
    made = await shop.subscribe(await shop.customer(), expand=["latest_invoice"])
    invoice: Any = made.latest_invoice

    assert invoice.parent.subscription_details.subscription == made.id
    line = invoice.lines.data[0]
    assert line.pricing.price_details.price == shop.prices["small"]
    item = made["items"].data[0]
    assert item.current_period_end - item.current_period_start in {days * DAY for days in (28, 29, 30, 31)}
    assert not {"subscription", "payment_intent", "charge", "payments"} & invoice.to_dict().keys()
    assert "current_period_end" not in made.to_dict()


@pytest.mark.parametrize("alias", ["pm_card_chargeCustomerFail", "pm_card_authenticationRequired"])
async def test_error_if_incomplete_leaves_nothing_behind(shop: Shop, alias: str) -> None:
    """402, no subscription, no invoice, no event."""
    customer = await shop.customer(alias)
    before = await shop.types()

    with pytest.raises(stripe.CardError) as caught:
        await shop.subscribe(customer, payment_behavior="error_if_incomplete")

    assert caught.value.http_status == 402
    assert not (await shop.client.v1.subscriptions.list_async({"customer": customer, "status": "all"})).data
    assert not (await shop.client.v1.invoices.list_async({"customer": customer})).data
    assert await shop.types() == before


async def test_without_a_card_only_default_incomplete_works(shop: Shop) -> None:
    """The default is to charge at once, and there is nothing to charge."""
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source") as caught:
        await shop.subscribe(await shop.customer(None))

    assert caught.value.code == "resource_missing"


async def test_a_declined_page_can_try_another_card(shop: Shop, page: stripe.StripeClient) -> None:
    """The same intent and secret; the subscription stays incomplete meanwhile."""
    made, intent, secret = await incomplete(shop, await shop.customer(None))
    with pytest.raises(stripe.CardError, match="declined") as caught:
        await page.v1.payment_intents.confirm_async(
            intent,
            {**card("4000000000000002"), "client_secret": secret},  # pyright: ignore[reportArgumentType]
        )
    assert caught.value.code == "card_declined"
    assert (await shop.subscription(made.id)).status == "incomplete"
    invoice = await shop.invoice(made.latest_invoice)
    assert (invoice.status, invoice.attempt_count) == ("open", 1)

    good: Any = {**card("4242424242424242"), "client_secret": secret}
    await page.v1.payment_intents.confirm_async(intent, good)

    assert (await shop.subscription(made.id)).status == "active"
    charges = await shop.client.v1.charges.list_async({"payment_intent": intent})
    assert [charge.status for charge in charges.data] == ["succeeded", "failed"]


@pytest.mark.parametrize("succeed", [True, False])
async def test_the_bank_answers_a_payment(stand_in: StandIn, shop: Shop, *, succeed: bool) -> None:
    """Strong customer authentication of the first invoice is a state, not an error."""
    made = await shop.subscribe(await shop.customer("pm_card_authenticationRequired"), expand=[INTENT])
    invoice: Any = made.latest_invoice
    intent = invoice.payments.data[0].payment.payment_intent
    assert (made.status, intent.status) == ("incomplete", "requires_action")
    assert "invoice.payment_action_required" in await shop.types()

    stand_in.authenticate(intent.id, succeed=succeed)

    after = await shop.client.v1.payment_intents.retrieve_async(intent.id)
    assert after.status == ("succeeded" if succeed else "requires_payment_method")
    assert (await shop.subscription(made.id)).status == ("active" if succeed else "incomplete")


async def test_an_incomplete_subscription_expires(stand_in: StandIn, shop: Shop) -> None:
    """After 23 hours: its invoice is void, its intent canceled, and it never comes back."""
    made, intent, secret = await incomplete(shop, await shop.customer(None))
    stand_in.advance(23 * 3600 - 60)
    assert (await shop.subscription(made.id)).status == "incomplete"

    stand_in.advance(60)

    after = await shop.subscription(made.id, "latest_invoice")
    invoice: Any = after.latest_invoice
    assert (after.status, invoice.status) == ("incomplete_expired", "void")
    assert (await shop.client.v1.payment_intents.retrieve_async(intent)).status == "canceled"
    confirm: Any = {**card("4242424242424242"), "client_secret": secret}
    with pytest.raises(stripe.InvalidRequestError, match="already canceled"):
        await shop.client.v1.payment_intents.confirm_async(intent, confirm)
    with pytest.raises(stripe.InvalidRequestError, match="only update its metadata"):
        await shop.client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": True})


async def test_a_trial_costs_nothing_until_it_ends(stand_in: StandIn, shop: Shop) -> None:
    """An invoice over nothing, a notice three days before the end, then the first payment."""
    made = await shop.subscribe(await shop.customer(), trial_period_days=14)
    first = await shop.invoice(made.latest_invoice, "payments")
    assert (made.status, first.status, first.total) == ("trialing", "paid", 0)
    assert first.payments is not None
    assert not first.payments.data

    stand_in.advance(11 * DAY)
    assert (await shop.types())[-1] == "customer.subscription.trial_will_end"
    assert (await shop.subscription(made.id)).status == "trialing"

    stand_in.advance(3 * DAY)

    after = await shop.subscription(made.id, "latest_invoice")
    invoice: Any = after.latest_invoice
    assert (after.status, invoice.total, invoice.billing_reason) == ("active", 1000, "subscription_cycle")
    assert after["items"].data[0].current_period_start == made.trial_end


async def test_a_short_trial_is_announced_at_once(shop: Shop) -> None:
    """When it is shorter than the notice."""
    await shop.subscribe(await shop.customer(), trial_period_days=1)

    assert (await shop.types())[-1] == "customer.subscription.trial_will_end"


@pytest.mark.parametrize(("missing", "status"), [("cancel", "canceled"), ("pause", "paused"), (None, "past_due")])
async def test_a_trial_without_a_card_ends_as_agreed(
    stand_in: StandIn, shop: Shop, missing: str | None, status: str
) -> None:
    """Canceled, paused, or with an invoice that nobody pays."""
    agreed: dict[str, Any] = (
        {"trial_settings": {"end_behavior": {"missing_payment_method": missing}}} if missing else {}
    )
    made = await shop.subscribe(await shop.customer(None), trial_period_days=7, **agreed)

    stand_in.advance(7 * DAY)

    assert (await shop.subscription(made.id)).status == status


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"items": []}, "Missing required param: items"),
        ({"items": [{"price": "price_x"}]}, "No such price: 'price_x'"),
        ({"items": [{"quantity": 1}]}, "Missing required param: items\\[0\\]\\[price\\]"),
        ({"trial_end": 1}, "trial_end is a Unix time in the future"),
        ({"payment_behavior": "pending_if_incomplete"}, "must be one of"),
        ({"coupon": "x"}, "unknown parameter: coupon"),
    ],
)
async def test_what_makes_no_sense_is_refused(shop: Shop, params: dict[str, Any], message: str) -> None:
    """With the parameter that is to blame."""
    with pytest.raises(stripe.InvalidRequestError, match=message) as caught:
        await shop.subscribe(await shop.customer(), **params)

    assert caught.value.http_status == 400
    assert caught.value.param


async def test_prices_must_go_together(shop: Shop) -> None:
    """One currency and one interval; active and recurring."""
    customer = await shop.customer()
    euro = await shop.price(500, currency="eur")
    hidden = await shop.price(500, active=False)
    once = await shop.client.v1.prices.create_async({"product": shop.product, "currency": "usd", "unit_amount": 1})
    for price, message in ((euro.id, "same currency"), (shop.prices["year"], "same interval")):
        with pytest.raises(stripe.InvalidRequestError, match=message):
            await shop.subscribe(customer, items=[{"price": shop.prices["small"]}, {"price": price}])
    for price, message in ((hidden.id, "inactive"), (once.id, "not recurring")):
        with pytest.raises(stripe.InvalidRequestError, match=message):
            await shop.subscribe(customer, items=[{"price": price}])


@pytest.mark.parametrize("how", ["cancel", "delete"])
async def test_an_incomplete_subscription_that_ends_cannot_be_paid(shop: Shop, how: str) -> None:
    """Canceled, or with its customer: the invoice is void, and the page's secret is worth nothing."""
    made, intent, secret = await incomplete(shop, await shop.customer(None))

    if how == "cancel":
        await shop.client.v1.subscriptions.cancel_async(made.id)
    else:
        await shop.client.v1.customers.delete_async(str(made.customer))

    assert (await shop.invoice(made.latest_invoice)).status == "void"
    confirm: Any = {**card("4242424242424242"), "client_secret": secret}
    with pytest.raises(stripe.InvalidRequestError, match="already canceled"):
        await shop.client.v1.payment_intents.confirm_async(intent, confirm)
