"""Updates that wait for their payment."""

from typing import Any

import pytest
import stripe

from local.stripe.clock import HOUR
from local.stripe.errors import StripeError
from local.stripe.pending_updates import HOURS
from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import DAY, Shop
from tests.local.stripe.test_changing import halfway

PENDING: dict[str, Any] = {"proration_behavior": "always_invoice", "payment_behavior": "pending_if_incomplete"}
SECRET = ["latest_invoice.confirmation_secret"]


def price_of(subscription: stripe.Subscription) -> str:
    """The price that holds."""
    return subscription["items"].data[0].price.id


async def test_one_that_is_paid_is_applied_at_once(stand_in: StandIn, shop: Shop) -> None:
    """Nothing waits."""
    after = await shop.switch(await halfway(stand_in, shop), "large", **PENDING)

    assert (after.pending_update, price_of(after)) == (None, shop.prices["large"])


async def asking_the_bank(stand_in: StandIn, shop: Shop) -> tuple[stripe.Subscription, str]:
    """A subscription whose update waits for the customer's bank, and the payment intent."""
    made = await halfway(stand_in, shop)
    customer: Any = {"customer": str(made.customer)}
    method = await shop.client.v1.payment_methods.attach_async("pm_card_authenticationRequired", customer)
    await shop.client.v1.subscriptions.update_async(made.id, {"default_payment_method": method.id})
    waiting = await shop.switch(made, "large", **PENDING, expand=SECRET)
    invoice = waiting.to_dict()["latest_invoice"]
    assert waiting.pending_update
    assert (waiting.status, price_of(waiting), invoice["status"]) == ("active", shop.prices["small"], "open")
    return waiting, invoice["confirmation_secret"]["client_secret"].partition("_secret_")[0]


async def test_authentication_applies_it(stand_in: StandIn, shop: Shop, client: stripe.StripeClient) -> None:
    """Until the bank has answered, the old price holds and the subscription stays active."""
    made, intent = await asking_the_bank(stand_in, shop)

    stand_in.authenticate(intent)

    after = await client.v1.subscriptions.retrieve_async(made.id)
    assert (after.status, after.pending_update, price_of(after)) == ("active", None, shop.prices["large"])
    assert "customer.subscription.pending_update_applied" in await shop.types()


async def test_a_declined_one_is_dropped_with_its_invoice(
    stand_in: StandIn, shop: Shop, client: stripe.StripeClient
) -> None:
    """And paid later, it is applied: both ways are open."""
    made = await halfway(stand_in, shop)
    for way, price in (("void", "small"), ("pay", "large")):
        stand_in.decline_next(str(made.customer))
        waiting = await shop.switch(made, "large", **PENDING)
        assert waiting.pending_update
        assert waiting.status == "active"
        invoices = client.v1.invoices
        if way == "void":
            await invoices.void_invoice_async(str(waiting.latest_invoice))
        else:
            await invoices.pay_async(str(waiting.latest_invoice))
        after = await client.v1.subscriptions.retrieve_async(made.id)
        assert (after.pending_update, price_of(after)) == (None, shop.prices[price])


async def test_another_one_takes_its_place(stand_in: StandIn, shop: Shop, client: stripe.StripeClient) -> None:
    """The first invoice is void then: it cannot be paid any more."""
    made = await halfway(stand_in, shop)
    stand_in.decline_next(str(made.customer))
    first = await shop.switch(made, "large", **PENDING)

    second = await shop.switch(made, "large", **PENDING)

    assert (second.pending_update, price_of(second)) == (None, shop.prices["large"])
    assert (await client.v1.invoices.retrieve_async(str(first.latest_invoice))).status == "void"


async def test_it_expires(stand_in: StandIn, shop: Shop, client: stripe.StripeClient) -> None:
    """After 23 hours, with its invoice."""
    made = await halfway(stand_in, shop)
    stand_in.decline_next(str(made.customer))
    waiting = await shop.switch(made, "large", **PENDING)

    stand_in.advance(HOURS * HOUR)

    after = await client.v1.subscriptions.retrieve_async(made.id)
    invoice = await client.v1.invoices.retrieve_async(str(waiting.latest_invoice))
    assert (after.status, after.pending_update, price_of(after)) == ("active", None, shop.prices["small"])
    assert invoice.status == "void"
    assert "customer.subscription.pending_update_expired" in await shop.types()


async def test_it_expires_with_the_period(stand_in: StandIn, shop: Shop) -> None:
    """When that ends sooner: the renewal is at the old price, and nobody pays for an update that is late."""
    made = await halfway(stand_in, shop)
    end = made["items"].data[0].current_period_end
    stand_in.advance(end - stand_in.clock.now - HOUR)
    stand_in.decline_next(str(made.customer))
    waiting = await shop.switch(made, "large", **PENDING)
    assert waiting.pending_update
    assert waiting.pending_update.expires_at == end

    happened = stand_in.advance(HOUR)

    after = await shop.subscription(made.id, "latest_invoice")
    renewal: Any = after.latest_invoice
    assert [one["what"] for one in happened] == ["pending update expired", "subscription renewed"]
    assert (after.pending_update, renewal.total, renewal.status) == (None, 1000, "paid")
    assert (await shop.invoice(waiting.latest_invoice)).status == "void"


@pytest.mark.parametrize("how", ["cancel", "cancel_at", "delete"])
async def test_one_of_an_ended_subscription_cannot_be_paid(stand_in: StandIn, shop: Shop, how: str) -> None:
    """Neither by the bank's late yes, nor with another card, nor by request: the invoice is void."""
    waiting, intent = await asking_the_bank(stand_in, shop)
    client = shop.client.v1
    invoice: Any = waiting.latest_invoice
    if how == "cancel_at":
        await client.subscriptions.update_async(waiting.id, {"cancel_at": stand_in.clock.now + HOUR})
    before = await shop.types()

    if how == "cancel":
        await client.subscriptions.cancel_async(waiting.id)
    elif how == "delete":
        await client.customers.delete_async(str(waiting.customer))
    else:
        stand_in.advance(HOUR)

    after = await shop.subscription(waiting.id)
    assert (after.status, after.pending_update, price_of(after)) == ("canceled", None, shop.prices["small"])
    with pytest.raises(StripeError, match="its status is canceled"):
        stand_in.authenticate(intent)
    with pytest.raises(stripe.InvalidRequestError, match="already canceled"):
        await client.payment_intents.confirm_async(intent, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError, match="already void"):
        await client.invoices.pay_async(invoice.id, {"payment_method": "pm_card_visa"})
    assert (await shop.invoice(invoice.id)).amount_paid == 0
    assert (await shop.types())[len(before) :] == [
        "payment_intent.canceled",
        "invoice.voided",
        "customer.subscription.updated",
        "customer.subscription.pending_update_expired",
        "customer.subscription.deleted",
        *(["customer.deleted"] if how == "delete" else []),
    ]


async def test_the_last_attempt_of_a_renewal_takes_it_along(stand_in: StandIn, shop: Shop) -> None:
    """The renewal stays owed, what would have been paid for the update does not."""
    made = await shop.subscribe(await shop.customer("pm_card_renewalFail"))
    for _ in range(3):
        stand_in.advance_to_next()
    renewal = (await shop.subscription(made.id)).latest_invoice
    stand_in.advance(7 * DAY - HOUR)
    waiting = await shop.switch(made, "large", **PENDING)
    assert (waiting.status, bool(waiting.pending_update)) == ("past_due", True)

    stand_in.advance(HOUR)

    after = await shop.subscription(made.id)
    assert (after.status, after.pending_update) == ("canceled", None)
    assert (await shop.invoice(renewal)).status == "open"
    assert (await shop.invoice(waiting.latest_invoice)).status == "void"


async def test_what_was_paid_stays_paid(stand_in: StandIn, shop: Shop) -> None:
    """The invoice of an update that another one has overtaken, when the subscription ends."""
    made = await halfway(stand_in, shop)
    stand_in.decline_next(str(made.customer))
    waiting = await shop.switch(made, "large", **PENDING)
    await shop.switch(made, "year")
    await shop.client.v1.invoices.pay_async(str(waiting.latest_invoice))

    ended = await shop.client.v1.subscriptions.cancel_async(made.id)

    assert (ended.status, ended.pending_update) == ("canceled", None)
    assert (await shop.invoice(waiting.latest_invoice)).status == "paid"


async def test_what_cannot_wait_is_refused(stand_in: StandIn, shop: Shop) -> None:
    """Only what is paid for may be kept back; and a paid invoice cannot be voided."""
    made = await halfway(stand_in, shop)
    with pytest.raises(stripe.InvalidRequestError, match="cannot hold metadata"):
        await shop.switch(made, "large", **PENDING, metadata={"a": "b"})
    with pytest.raises(stripe.InvalidRequestError, match="Only an open invoice"):
        await shop.client.v1.invoices.void_invoice_async(str(made.latest_invoice))
