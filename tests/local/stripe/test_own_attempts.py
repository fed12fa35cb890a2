"""What customers try themselves: it may bring the money, and is nothing to the schedule of the automatic attempts."""

import contextlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import DAY, Shop
from tests.local.stripe.test_changing import halfway
from tests.local.stripe.test_time import renewed


async def intent_of(shop: Shop, invoice: Any) -> str:
    """The payment intent of an invoice."""
    found: Any = await shop.invoice(invoice, "payments")
    return found.payments.data[0].payment.payment_intent


async def pay(stand_in: StandIn, shop: Shop, invoice: str) -> None:
    """Ask for the money now, with the card that is declined."""
    del stand_in
    await shop.client.v1.invoices.pay_async(invoice)


async def confirm(stand_in: StandIn, shop: Shop, invoice: str) -> None:
    """Another card, which is declined as well."""
    del stand_in
    card: Any = {"payment_method": "pm_card_chargeCustomerFail"}
    await shop.client.v1.payment_intents.confirm_async(await intent_of(shop, invoice), card)


async def fail_at_the_bank(stand_in: StandIn, shop: Shop, invoice: str) -> None:
    """Another card, whose bank asks and hears a no."""
    intent = await intent_of(shop, invoice)
    card: Any = {"payment_method": "pm_card_authenticationRequired"}
    await shop.client.v1.payment_intents.confirm_async(intent, card)
    stand_in.authenticate(intent, succeed=False)


Attempt = Callable[[StandIn, Shop, str], Awaitable[None]]


async def tried(stand_in: StandIn, shop: Shop, attempt: Attempt, invoice: str) -> None:
    """Try it five times, more often than the schedule does; a decline is an answer like any other."""
    for _ in range(5):
        with contextlib.suppress(stripe.CardError):
            await attempt(stand_in, shop, invoice)


@pytest.mark.parametrize("attempt", [pay, confirm, fail_at_the_bank])
async def test_they_do_not_use_up_the_schedule(stand_in: StandIn, shop: Shop, attempt: Attempt) -> None:
    """Five of them: the next automatic attempt comes when it would have come, and the one after that, to the last."""
    after, before = await renewed(stand_in, shop, "pm_card_renewalFail")

    planned = before.created
    for number, days in ((1, 3), (2, 5), (3, 7)):
        planned += days * DAY
        await tried(stand_in, shop, attempt, before.id)
        invoice = await shop.invoice(before.id)
        assert (invoice.attempt_count, invoice.next_payment_attempt, invoice.auto_advance) == (number, planned, True)
        assert (await shop.subscription(after.id)).status == "past_due"
        assert [one["what"] for one in stand_in.advance_to_next()] == ["payment tried again"]

    assert (await shop.subscription(after.id)).status == "canceled"
    assert (await shop.invoice(before.id)).attempt_count == 4
    failures = 4 + 15 * (1 if attempt is not fail_at_the_bank else 2)  # the bank's question, then its no
    assert (await shop.types()).count("invoice.payment_failed") == failures


@pytest.mark.parametrize("attempt", [pay, confirm, fail_at_the_bank])
async def test_they_plan_nothing_after_the_end(stand_in: StandIn, shop: Shop, attempt: Attempt) -> None:
    """What is owed of a subscription that has ended can be tried; nothing follows from it."""
    after, invoice = await renewed(stand_in, shop, "pm_card_renewalFail")
    await shop.client.v1.subscriptions.cancel_async(after.id)

    await tried(stand_in, shop, attempt, invoice.id)

    assert (await shop.invoice(invoice.id)).next_payment_attempt is None
    assert stand_in.advance(400 * DAY) == []


async def test_the_banks_no_at_a_renewal_is_no_second_attempt(stand_in: StandIn, shop: Shop) -> None:
    """The renewal has asked the bank by itself; its answer belongs to that attempt."""
    made = await shop.subscribe(await shop.customer("pm_card_authenticationRequired"))
    stand_in.authenticate(await intent_of(shop, made.latest_invoice))
    stand_in.advance_to_next()
    renewal = await shop.invoice((await shop.subscription(made.id)).latest_invoice)

    stand_in.authenticate(await intent_of(shop, renewal.id), succeed=False)

    invoice = await shop.invoice(renewal.id)
    assert (invoice.attempt_count, invoice.next_payment_attempt) == (1, renewal.next_payment_attempt)
    assert invoice.next_payment_attempt == invoice.created + 3 * DAY


async def test_the_first_of_an_update_counts_and_begins_no_schedule(stand_in: StandIn, shop: Shop) -> None:
    """An invoice that was left to the page (`default_incomplete`)."""
    made = await halfway(stand_in, shop)
    after = await shop.switch(made, "year", payment_behavior="default_incomplete")

    for _ in range(2):
        with pytest.raises(stripe.CardError):
            await confirm(stand_in, shop, str(after.latest_invoice))

    invoice = await shop.invoice(after.latest_invoice)
    assert (invoice.attempt_count, invoice.attempted, invoice.next_payment_attempt) == (1, True, None)
    assert (await shop.subscription(made.id)).status == "past_due"
