"""What a billing history is made of: invoices, and the payments and charges that belong to them."""

from typing import Any

from local.stripe.stand_in import StandIn
from tests.local.stripe.shop import Shop


async def a_year(stand_in: StandIn, shop: Shop) -> str:
    """A customer with twelve paid months; returns the id."""
    made = await shop.subscribe(await shop.customer())
    for _ in range(11):
        stand_in.advance_to_next()
    return str(made.customer)


async def test_everything_is_found_page_by_page(stand_in: StandIn, shop: Shop) -> None:
    """Of one customer, since a moment; another customer's is not among it."""
    customer = await a_year(stand_in, shop)
    await shop.subscribe(await shop.customer())
    first = (await shop.client.v1.invoices.list_async({"customer": customer, "limit": 100})).data[-1]
    since: Any = {"customer": customer, "created": {"gte": first.created + 1}, "limit": 4}

    for lists in (shop.client.v1.invoices, shop.client.v1.payment_intents, shop.client.v1.charges):
        found = [one async for one in (await lists.list_async(since)).auto_paging_iter()]
        assert len(found) == 11
        assert all(one.customer == customer for one in found)
        assert [one.created for one in found] == sorted((one.created for one in found), reverse=True)


async def test_payments_lead_to_their_invoice(stand_in: StandIn, shop: Shop) -> None:
    """Through the invoice's payments; a charge carries only its payment intent."""
    customer = await a_year(stand_in, shop)
    asked: Any = {"customer": customer, "limit": 100}
    deep: Any = {**asked, "expand": ["data.payments"]}
    invoices = (await shop.client.v1.invoices.list_async(deep)).data
    charges = (await shop.client.v1.charges.list_async(asked)).data

    payments = [invoice.payments.data[0].payment for invoice in invoices if invoice.payments]
    assert [charge.payment_intent for charge in charges] == [payment.payment_intent for payment in payments]
    found = (await shop.client.v1.invoice_payments.list_async({"invoice": invoices[0].id})).data
    assert [one.amount_paid for one in found] == [1000]
    intent = str(found[0].payment.payment_intent)
    by_intent: Any = {"payment": {"type": "payment_intent", "payment_intent": intent}}
    assert [one.id for one in (await shop.client.v1.invoice_payments.list_async(by_intent)).data] == [found[0].id]
    assert sorted(int(str(invoice.number).rsplit("-", 1)[1]) for invoice in invoices) == list(range(1, 13))


async def test_invoices_are_listed_by_state_and_subscription(stand_in: StandIn, shop: Shop) -> None:
    """Open ones are those that somebody still has to pay."""
    made = await shop.subscribe(await shop.customer("pm_card_renewalFail"))
    stand_in.advance_to_next()

    states: dict[str, int] = {}
    for state in ("open", "paid", "void"):
        asked: Any = {"subscription": made.id, "status": state}
        states[state] = len((await shop.client.v1.invoices.list_async(asked)).data)

    assert states == {"open": 1, "paid": 1, "void": 0}
