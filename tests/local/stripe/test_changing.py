"""Updates and ends of a subscription."""

from typing import Any

import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import DAY, Shop


async def halfway(
    stand_in: StandIn, shop: Shop, card: str = "pm_card_visa", price: str = "small"
) -> stripe.Subscription:
    """An active subscription in the middle of its first month."""
    made = await shop.subscribe(await shop.customer(card), price)
    item = made["items"].data[0]
    stand_in.advance((item.current_period_end - item.current_period_start) // 2)
    return made


async def test_an_upgrade_is_invoiced_at_once(stand_in: StandIn, shop: Shop) -> None:
    """The rest of the month at the new price, less the rest at the old one."""
    made = await halfway(stand_in, shop)

    after = await shop.switch(made, "large", proration_behavior="always_invoice", expand=["latest_invoice"])

    invoice: Any = after.latest_invoice
    assert after["items"].data[0].price.id == shop.prices["large"]
    assert (invoice.billing_reason, invoice.status) == ("subscription_update", "paid")
    assert sorted(line.amount for line in invoice.lines.data) == [-500, 1500]
    assert (invoice.total, invoice.amount_paid) == (1000, 1000)
    assert after["items"].data[0].current_period_end == made["items"].data[0].current_period_end


async def test_a_downgrade_becomes_credit(stand_in: StandIn, shop: Shop) -> None:
    """On the customer's balance, from which the next invoices are paid first."""
    made = await halfway(stand_in, shop, price="large")

    after = await shop.switch(made, "small", proration_behavior="always_invoice", expand=["latest_invoice"])

    invoice: Any = after.latest_invoice
    assert (invoice.total, invoice.amount_due, invoice.status) == (-1000, 0, "paid")
    customer = await shop.client.v1.customers.retrieve_async(str(made.customer))
    assert customer.balance == invoice.ending_balance == -1000
    stand_in.advance(16 * DAY)
    renewal = await shop.invoice((await shop.subscription(made.id)).latest_invoice)
    assert (renewal.total, renewal.starting_balance, renewal.amount_due, renewal.ending_balance) == (1000, -1000, 0, 0)
    assert (await shop.client.v1.customers.retrieve_async(str(made.customer))).balance == 0


async def test_prorations_can_wait_for_the_next_invoice(stand_in: StandIn, shop: Shop) -> None:
    """`create_prorations`, which is the default."""
    made = await halfway(stand_in, shop)
    after = await shop.switch(made, "large")
    assert after.latest_invoice == made.latest_invoice

    stand_in.advance(16 * DAY)

    renewal = await shop.invoice((await shop.subscription(made.id)).latest_invoice)
    assert sorted(line.amount for line in renewal.lines.data) == [-500, 1500, 3000]


async def test_no_proration_charges_nothing(stand_in: StandIn, shop: Shop) -> None:
    """Until the next month, at the new price."""
    made = await halfway(stand_in, shop)
    await shop.switch(made, "large", proration_behavior="none")

    stand_in.advance(16 * DAY)

    renewal = await shop.invoice((await shop.subscription(made.id)).latest_invoice)
    assert renewal.total == 3000


async def test_another_interval_begins_a_period(stand_in: StandIn, shop: Shop) -> None:
    """Paid at once, less what is left of the month."""
    made = await halfway(stand_in, shop)

    after = await shop.switch(made, "year", expand=["latest_invoice"])

    invoice: Any = after.latest_invoice
    assert (invoice.total, invoice.status) == (10000 - 500, "paid")
    item = after["items"].data[0]
    assert item.current_period_start == invoice.created
    assert item.current_period_end - item.current_period_start in {365 * DAY, 366 * DAY}


async def test_a_declined_upgrade_is_not_granted(stand_in: StandIn, shop: Shop) -> None:
    """With `error_if_incomplete`: 402, and everything is as it was."""
    made = await halfway(stand_in, shop, "pm_card_renewalFail")
    before = await shop.subscription(made.id)
    behavior = {"proration_behavior": "always_invoice", "payment_behavior": "error_if_incomplete"}

    with pytest.raises(stripe.CardError):
        await shop.switch(made, "large", **behavior)

    assert (await shop.subscription(made.id)).to_dict() == before.to_dict()
    assert len((await shop.client.v1.invoices.list_async({"subscription": made.id})).data) == 1


async def test_a_declined_upgrade_is_past_due_by_default(stand_in: StandIn, shop: Shop) -> None:
    """The price has changed, and the invoice waits for money."""
    made = await halfway(stand_in, shop, "pm_card_renewalFail")

    after = await shop.switch(made, "large", proration_behavior="always_invoice")

    assert after.status == "past_due"
    assert after["items"].data[0].price.id == shop.prices["large"]


async def test_items_come_and_go(shop: Shop) -> None:
    """A second price beside the first, a quantity, and one removed."""
    made = await shop.subscribe(await shop.customer())
    first = made["items"].data[0].id
    update = shop.client.v1.subscriptions.update_async

    after = await update(made.id, {"items": [{"price": shop.prices["large"], "quantity": 2}]})
    assert sorted(item.quantity or 0 for item in after["items"].data) == [1, 2]
    after = await update(made.id, {"items": [{"id": first, "deleted": True}]})

    assert [item.price.id for item in after["items"].data] == [shop.prices["large"]]
    with pytest.raises(stripe.InvalidRequestError, match="at least one active item"):
        await update(made.id, {"items": [{"id": after["items"].data[0].id, "deleted": True}]})
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription item"):
        await update(made.id, {"items": [{"id": first, "quantity": 3}]})


async def test_the_end_of_the_period_can_be_the_end_and_be_undone(stand_in: StandIn, shop: Shop) -> None:
    """Active until then; `canceled_at` is when it was asked for."""
    made = await shop.subscribe(await shop.customer())
    update = shop.client.v1.subscriptions.update_async
    end = made["items"].data[0].current_period_end

    asked = await update(made.id, {"cancel_at_period_end": True})
    assert (asked.status, asked.cancel_at) == ("active", end)
    assert asked.canceled_at == pytest.approx(stand_in.clock.now, abs=2)
    undone = await update(made.id, {"cancel_at_period_end": False})
    assert (undone.cancel_at, undone.canceled_at, undone.cancel_at_period_end) == (None, None, False)
    stand_in.advance(31 * DAY)
    assert (await shop.subscription(made.id)).status == "active"
    await update(made.id, {"cancel_at": "min_period_end"})
    invoices = len((await shop.client.v1.invoices.list_async({"subscription": made.id})).data)

    stand_in.advance(31 * DAY)

    after = await shop.subscription(made.id)
    assert after.status == "canceled"
    assert after.ended_at == after.cancel_at
    assert len((await shop.client.v1.invoices.list_async({"subscription": made.id})).data) == invoices
    assert (await shop.types())[-1] == "customer.subscription.deleted"


async def test_canceling_twice_is_a_404(shop: Shop) -> None:
    """The first time it ends at once; it stays readable, and out of plain lists."""
    made = await shop.subscribe(await shop.customer())
    subscriptions = shop.client.v1.subscriptions
    ended = await subscriptions.cancel_async(made.id, {"cancellation_details": {"comment": "too small"}})
    assert (ended.status, ended.ended_at) == ("canceled", ended.canceled_at)
    assert ended.cancellation_details
    assert ended.cancellation_details.comment == "too small"

    with pytest.raises(stripe.InvalidRequestError) as caught:
        await subscriptions.cancel_async(made.id)

    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert not (await subscriptions.list_async({"customer": str(made.customer)})).data
    everything: Any = {"customer": str(made.customer), "status": "all"}
    assert len((await subscriptions.list_async(everything)).data) == 1
    assert (await shop.types()).count("customer.subscription.deleted") == 1


async def test_a_deleted_customer_has_no_subscriptions(shop: Shop) -> None:
    """They end first; the id stays known as deleted, and can do nothing any more."""
    made = await shop.subscribe(await shop.customer(email="a@example.com"))
    customer = str(made.customer)

    await shop.client.v1.customers.delete_async(customer)

    assert (await shop.client.v1.customers.retrieve_async(customer)).to_dict() == {
        "id": customer,
        "object": "customer",
        "deleted": True,
    }
    after = await shop.subscription(made.id, "customer")
    assert after.status == "canceled"
    assert isinstance(after.customer, stripe.Customer)
    assert after.customer.deleted is True
    assert (await shop.types())[-2:] == ["customer.subscription.deleted", "customer.deleted"]
    assert not (await shop.client.v1.customers.list_async({"email": "a@example.com"})).data
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        await shop.client.v1.customers.update_async(customer, {"name": "x"})
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        await shop.subscribe(customer)


async def test_a_trial_can_end_now(shop: Shop) -> None:
    """Then the first period begins, and is paid."""
    made = await shop.subscribe(await shop.customer(), trial_period_days=30)

    after = await shop.client.v1.subscriptions.update_async(made.id, {"trial_end": "now", "expand": ["latest_invoice"]})

    invoice: Any = after.latest_invoice
    assert (after.status, invoice.total, invoice.status) == ("active", 1000, "paid")
    assert after.trial_end == invoice.created


async def test_a_payment_can_wait_for_the_page(stand_in: StandIn, shop: Shop) -> None:
    """`default_incomplete` on an update: past due until the new invoice is paid."""
    made = await halfway(stand_in, shop)
    after = await shop.switch(made, "year", payment_behavior="default_incomplete", expand=["latest_invoice.payments"])
    assert after.status == "past_due"

    invoice: Any = after.latest_invoice
    intent = invoice.payments.data[0].payment.payment_intent
    await shop.client.v1.payment_intents.confirm_async(intent, {"payment_method": "pm_card_visa"})

    assert (await shop.subscription(made.id)).status == "active"


async def test_an_end_can_be_taken_back_by_an_empty_date(shop: Shop) -> None:
    """`cancel_at` as text without content."""
    made = await shop.subscribe(await shop.customer())
    update = shop.client.v1.subscriptions.update_async
    end = made["items"].data[0].current_period_end
    assert (await update(made.id, {"cancel_at": end - DAY})).cancel_at == end - DAY

    after = await update(made.id, {"cancel_at": ""})

    assert (after.cancel_at, after.canceled_at, after.status) == (None, None, "active")


async def test_the_end_moves_with_the_period(stand_in: StandIn, shop: Shop) -> None:
    """A subscription that is to end with its period, and whose period changes."""
    made = await halfway(stand_in, shop)
    await shop.client.v1.subscriptions.update_async(made.id, {"cancel_at_period_end": True})

    after = await shop.switch(made, "year")

    assert after.cancel_at == after["items"].data[0].current_period_end
    assert after.cancel_at_period_end is True
