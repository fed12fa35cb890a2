"""Renewals, failing ones, and what becomes of them."""

from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st

from local.stripe.periods import end_of_period
from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import DAY, Shop


async def renewed(stand_in: StandIn, shop: Shop, card: str, **more: Any) -> tuple[stripe.Subscription, stripe.Invoice]:
    """A subscription just after its first renewal, and the invoice of that."""
    made = await shop.subscribe(await shop.customer(card), **more)
    stand_in.advance(made["items"].data[0].current_period_end - stand_in.clock.now)
    after = await shop.subscription(made.id)
    return after, await shop.invoice(after.latest_invoice)


async def test_a_renewal_is_paid(stand_in: StandIn, shop: Shop) -> None:
    """A new period, an invoice, and the moment at which it fell due, not at which anybody looked."""
    made = await shop.subscribe(await shop.customer())
    end = made["items"].data[0].current_period_end

    happened = stand_in.advance(end - stand_in.clock.now + 5 * DAY)

    assert happened == [{"at": end, "id": made.id, "what": "subscription renewed"}]
    after = await shop.subscription(made.id)
    invoice = await shop.invoice(after.latest_invoice)
    assert (after.status, invoice.status, invoice.billing_reason) == ("active", "paid", "subscription_cycle")
    assert invoice.created == end
    assert after["items"].data[0].current_period_start == end
    events = (await shop.client.v1.events.list_async({"type": "customer.subscription.updated"})).data
    previous: Any = events[0].data.to_dict()["previous_attributes"]
    assert previous["latest_invoice"] == made.latest_invoice
    assert previous["items"]["data"][0]["current_period_end"] == end
    assert events[0].request
    assert events[0].request.id is None


async def test_a_failing_renewal_is_tried_again_and_then_ends(stand_in: StandIn, shop: Shop) -> None:
    """After 3, 5 and 7 more days; then the subscription is canceled and the invoice left open."""
    after, invoice = await renewed(stand_in, shop, "pm_card_renewalFail")
    assert (after.status, invoice.status, invoice.attempt_count) == ("past_due", "open", 1)
    assert invoice.next_payment_attempt == invoice.created + 3 * DAY
    for count, days in ((2, 5), (3, 7)):
        stand_in.advance_to_next()
        invoice = await shop.invoice(invoice.id)
        assert invoice.attempt_count == count
        assert invoice.next_payment_attempt == pytest.approx(stand_in.clock.now + days * DAY, abs=2)
        assert (await shop.subscription(after.id)).status == "past_due"

    stand_in.advance_to_next()

    ended, invoice = await shop.subscription(after.id), await shop.invoice(invoice.id)
    assert (ended.status, invoice.status, invoice.attempt_count) == ("canceled", "open", 4)
    assert invoice.next_payment_attempt is None
    assert ended.cancellation_details
    assert ended.cancellation_details.reason == "payment_failed"
    types = await shop.types()
    assert types.count("invoice.payment_failed") == types.count("charge.failed") == 4
    assert types[-1] == "customer.subscription.deleted"
    assert stand_in.advance(400 * DAY) == []


async def test_a_new_card_heals_a_failed_renewal(stand_in: StandIn, shop: Shop) -> None:
    """Set as default and charged on request, or by the next attempt."""
    after, invoice = await renewed(stand_in, shop, "pm_card_renewalFail")
    customer = str(after.customer)
    method = await shop.client.v1.payment_methods.attach_async("pm_card_visa", {"customer": customer})
    with pytest.raises(stripe.CardError, match="declined"):
        await shop.client.v1.invoices.pay_async(invoice.id)

    paid = await shop.client.v1.invoices.pay_async(invoice.id, {"payment_method": method.id})

    assert (paid.status, paid.attempt_count, paid.next_payment_attempt) == ("paid", 1, None)
    assert (await shop.subscription(after.id)).status == "active"
    with pytest.raises(stripe.InvalidRequestError, match="already paid"):
        await shop.client.v1.invoices.pay_async(invoice.id)


async def test_a_renewal_may_ask_the_bank(stand_in: StandIn, shop: Shop) -> None:
    """Past due meanwhile; the customer's yes makes it active."""
    made = await shop.subscribe(
        await shop.customer("pm_card_authenticationRequired"), expand=["latest_invoice.payments"]
    )
    first: Any = made.latest_invoice
    stand_in.authenticate(first.payments.data[0].payment.payment_intent)
    stand_in.advance_to_next()
    after = await shop.subscription(made.id, "latest_invoice.payments")
    assert after.status == "past_due"
    assert (await shop.types())[-3:-1] == ["invoice.payment_action_required", "invoice.payment_failed"]
    renewal: Any = after.latest_invoice
    with pytest.raises(stripe.CardError) as caught:
        await shop.client.v1.invoices.pay_async(renewal.id)
    assert caught.value.code == "invoice_payment_intent_requires_action"

    stand_in.authenticate(renewal.payments.data[0].payment.payment_intent)

    assert (await shop.subscription(made.id)).status == "active"


async def test_an_old_invoice_does_not_clear_a_newer_failure(stand_in: StandIn, shop: Shop) -> None:
    """Past due follows the latest invoice only."""
    weekly = await shop.price(700, "week")
    after, old = await renewed(stand_in, shop, "pm_card_renewalFail", items=[{"price": weekly.id}])
    stand_in.advance(7 * DAY)
    assert (await shop.subscription(after.id)).latest_invoice != old.id

    await shop.client.v1.invoices.pay_async(old.id, {"payment_method": "pm_card_visa"})

    assert (await shop.subscription(after.id)).status == "past_due"


async def test_the_next_charge_can_be_declined_whatever_the_card(stand_in: StandIn, shop: Shop) -> None:
    """Once."""
    made = await shop.subscribe(await shop.customer())
    stand_in.decline_next(str(made.customer))

    stand_in.advance_to_next()
    assert (await shop.subscription(made.id)).status == "past_due"
    stand_in.advance_to_next()

    assert (await shop.subscription(made.id)).status == "active"


async def test_an_invoice_can_be_paid_elsewhere(stand_in: StandIn, shop: Shop) -> None:
    """Paid, without a successful attempt."""
    after, invoice = await renewed(stand_in, shop, "pm_card_renewalFail")
    before = await shop.types()

    paid = await shop.client.v1.invoices.pay_async(invoice.id, {"paid_out_of_band": True})

    assert paid.status == "paid"
    assert (await shop.subscription(after.id)).status == "active"
    assert "invoice.payment_succeeded" not in (await shop.types())[len(before) :]


async def test_time_does_not_run_backwards(stand_in: StandIn) -> None:
    """What has happened has happened."""
    with pytest.raises(ValueError, match="backwards"):
        stand_in.advance(-1)


def moment(text: str) -> int:
    """Unix time of an ISO date."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@pytest.mark.parametrize(
    ("anchor", "start", "interval", "count", "end"),
    [
        ("2027-01-31", "2027-01-31", "month", 1, "2027-02-28"),
        ("2027-01-31", "2027-02-28", "month", 1, "2027-03-31"),
        ("2027-11-30", "2027-11-30", "month", 3, "2028-02-29"),
        ("2028-02-29", "2028-02-29", "year", 1, "2029-02-28"),
        ("2027-01-01", "2027-01-08", "week", 1, "2027-01-15"),
        ("2027-01-01", "2027-01-01", "day", 10, "2027-01-11"),
        ("2027-03-10", "2027-02-20", "month", 1, "2027-03-10"),
    ],
)
def test_the_end_of_a_period(anchor: str, start: str, interval: str, count: int, end: str) -> None:
    """A short month does not move the day for good."""
    recurring = {"interval": interval, "interval_count": count}

    assert end_of_period(moment(anchor), moment(start), recurring) == moment(end)


@settings(deadline=None)
@given(
    st.integers(0, 4_000_000_000),
    st.integers(0, 400_000_000),
    st.sampled_from(["day", "week", "month", "year"]),
    st.integers(1, 12),
)
def test_periods_go_on(anchor: int, later: int, interval: str, count: int) -> None:
    """Each ends after it begins, and within one interval."""
    start = anchor + later
    longest = {"day": 1, "week": 7, "month": 31, "year": 366}[interval] * count * DAY

    assert start < end_of_period(anchor, start, {"interval": interval, "interval_count": count}) <= start + longest
