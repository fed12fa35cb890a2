"""Updates that wait for their payment."""

from typing import Any

import pytest
import stripe

from local.stripe.clock import HOUR
from local.stripe.pending_updates import HOURS
from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import Shop
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


async def test_authentication_applies_it(stand_in: StandIn, shop: Shop, client: stripe.StripeClient) -> None:
    """Until the bank has answered, the old price holds and the subscription stays active."""
    made = await halfway(stand_in, shop)
    customer = {"customer": str(made.customer)}
    method = await client.v1.payment_methods.attach_async("pm_card_authenticationRequired", customer)  # pyright: ignore[reportArgumentType]
    await client.v1.subscriptions.update_async(made.id, {"default_payment_method": method.id})
    waiting = await shop.switch(made, "large", **PENDING, expand=SECRET)
    invoice = waiting.to_dict()["latest_invoice"]
    assert waiting.pending_update
    assert (waiting.status, price_of(waiting), invoice["status"]) == ("active", shop.prices["small"], "open")

    stand_in.authenticate(invoice["confirmation_secret"]["client_secret"].partition("_secret_")[0])

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


async def test_what_cannot_wait_is_refused(stand_in: StandIn, shop: Shop) -> None:
    """Only what is paid for may be kept back; and a paid invoice cannot be voided."""
    made = await halfway(stand_in, shop)
    with pytest.raises(stripe.InvalidRequestError, match="cannot hold metadata"):
        await shop.switch(made, "large", **PENDING, metadata={"a": "b"})
    with pytest.raises(stripe.InvalidRequestError, match="Only an open invoice"):
        await shop.client.v1.invoices.void_invoice_async(str(made.latest_invoice))
