"""The payment of an invoice: which one it is, and how it is called off."""

from typing import Any

from local.stripe import payments
from local.stripe.errors import Object
from local.stripe.work import Work


def payment(work: Work, invoice: Object) -> Object | None:
    """Return the invoice's payment; None when there was nothing to pay."""
    return next(work.all("invoice_payment", "invoice", invoice["id"]), None)


def intent_of(work: Work, invoice: Object) -> Object:
    """Return the payment intent of an invoice that has something to pay."""
    paying = payment(work, invoice)
    assert paying, "an open invoice has a payment"
    return work.get("payment_intent", paying["payment"]["payment_intent"])


def call_off(work: Work, invoice: Object) -> None:
    """Take an open invoice back: it is void, and nobody can pay it any more."""
    times = {**invoice["status_transitions"], "voided_at": work.now}
    fields: dict[str, Any] = {"next_payment_attempt": None, "auto_advance": False, "_due": None}
    invoice = work.change(invoice, status="void", status_transitions=times, **fields)
    paying = payment(work, invoice)
    if paying:
        payments.cancel(work, intent_of(work, invoice), "void_invoice")
        times = {**paying["status_transitions"], "canceled_at": work.now}
        work.change(paying, status="canceled", status_transitions=times)
    work.tell("invoice.voided", invoice)
