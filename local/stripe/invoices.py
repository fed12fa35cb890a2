"""Invoices of subscriptions: made, finalized at once, paid or not."""

from typing import Any

from local.stripe import payments, standing
from local.stripe.clock import DAY
from local.stripe.errors import Object, StripeError, invalid
from local.stripe.invoice_fields import EMPTY
from local.stripe.invoice_payments import call_off, intent_of, payment
from local.stripe.payment_methods import resolve, usable
from local.stripe.work import Work, shown

RETRIES = (3, 5, 7)
"""Days from each failed automatic attempt of a renewal to the next; after the last one the subscription is canceled."""


def make(work: Work, subscription: Object, reason: str, lines: list[Object]) -> Object:
    """Make and finalize an invoice; one without anything to pay is paid at once.

    Args:
        work: the transaction.
        subscription: what it bills; its `latest_invoice` is the id that the invoice gets.
        reason: Stripe's `billing_reason`.
        lines: what it costs.
    """
    customer, identifier = work.get("customer", subscription["customer"]), subscription["latest_invoice"]
    lines = [{**line, "invoice": identifier} for line in lines]
    total = sum(line["amount"] for line in lines)
    starts, ends = ([line["period"][edge] for line in lines] for edge in ("start", "end"))
    details = {"subscription": subscription["id"], "metadata": subscription["metadata"]}
    invoice = work.add(
        "in",
        "invoice",
        **EMPTY,
        id=identifier,
        amount_due=total,
        amount_remaining=total,
        billing_reason=reason,
        currency=subscription["currency"],
        customer=customer["id"],
        **{f"customer_{name}": customer[name] for name in ("address", "email", "name", "phone", "tax_exempt")},
        lines={"object": "list", "data": lines, "has_more": False, "url": f"/v1/invoices/{identifier}/lines"},
        parent={"type": "subscription_details", "quote_details": None, "subscription_details": details},
        period_start=min(starts),
        period_end=max(ends),
        starting_balance=customer["balance"],
        status="draft",
        subtotal=total,
        subtotal_excluding_tax=total,
        total=total,
        total_excluding_tax=total,
        _subscription=subscription["id"],
        _due=None,
    )
    work.tell("invoice.created", invoice)
    return _finalize(work, invoice, customer)


def _finalize(work: Work, invoice: Object, customer: Object) -> Object:
    """Number it and settle it with the customer's balance, of which a negative one is credit."""
    number, sum_ = customer["next_invoice_sequence"], invoice["total"] + customer["balance"]
    due, rest = max(sum_, 0), min(sum_, 0)
    work.change(customer, next_invoice_sequence=number + 1)
    work.change(customer, "customer.updated", balance=rest, currency=invoice["currency"])
    page = f"{work.world.origin}/_stand_in/invoices/{invoice['id']}"
    invoice = work.change(
        invoice,
        amount_due=due,
        amount_remaining=due,
        effective_at=work.now,
        ending_balance=rest,
        hosted_invoice_url=page,
        invoice_pdf=f"{page}.pdf",
        number=f"{customer['invoice_prefix']}-{number:04}",
        status="open",
        status_transitions={**invoice["status_transitions"], "finalized_at": work.now},
    )
    work.tell("invoice.finalized", invoice)
    if not due:
        return _paid(work, invoice, 0)
    method = method_of(work, invoice)
    intent = payments.make(work, invoice, method["id"] if method else None)
    work.add(
        "inpay",
        "invoice_payment",
        amount_paid=None,
        amount_requested=due,
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
        status_transitions={"canceled_at": None, "paid_at": None},
        _intent=intent["id"],
    )
    return invoice


def method_of(work: Work, invoice: Object) -> Object | None:
    """Return what is charged by default: the subscription's payment method, else the customer's; or None."""
    subscription = work.get("subscription", invoice["_subscription"])
    customer = work.get("customer", invoice["customer"])
    chosen = subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"]
    return work.get("payment_method", chosen) if chosen else None


def collect(work: Work, invoice: Object) -> Object:
    """Charge an open invoice by itself, with the default method; without one the attempt fails.

    Returns:
        the payment intent, whose `status` says what came of it.
    """
    intent, method = intent_of(work, invoice), method_of(work, invoice)
    intent = payments.attempt(work, intent, method) if method else intent
    after_attempt(work, intent, automatic=True)
    return intent


def after_attempt(work: Work, intent: Object, *, automatic: bool) -> None:
    """Let the invoice, and through it the subscription, follow what an attempt has led to.

    Args:
        work: the transaction.
        intent: what was attempted.
        automatic: nobody asked for it. Only such attempts count, after the first of any kind, and only they make and
            use up the schedule of the next ones.
    """
    invoice = work.get("invoice", intent["_invoice"])
    first = invoice["billing_reason"] == "subscription_create"
    attempts = invoice["attempt_count"] + 1 if automatic else max(invoice["attempt_count"], 1)
    if intent["status"] == "succeeded":
        invoice = work.change(invoice, attempt_count=attempts, attempted=True, _due=None)
        _paid(work, invoice, intent["amount_received"], intent)
        return
    once = first or standing.waits_for(work, invoice)  # time does not try these again
    retry = None if once or attempts > len(RETRIES) else work.now + RETRIES[attempts - 1] * DAY
    fields: dict[str, Any] = {"attempt_count": attempts, "attempted": True}
    if automatic or once:
        fields |= {"next_payment_attempt": retry, "auto_advance": retry is not None, "_due": retry}
    invoice = work.change(invoice, **fields)
    if intent["status"] == "requires_action":
        work.tell("invoice.payment_action_required", invoice)
    work.tell("invoice.payment_failed", invoice)
    standing.after_failure(work, invoice, last=automatic and not once and retry is None)


def _paid(work: Work, invoice: Object, amount: int, intent: Object | None = None) -> Object:
    times = {**invoice["status_transitions"], "paid_at": work.now}
    settled: dict[str, Any] = {"status": "paid", "status_transitions": times, "auto_advance": False, "_due": None}
    paid: dict[str, Any] = {
        "amount_paid": amount,
        "amount_remaining": 0,
        "attempted": True,
        "next_payment_attempt": None,
    }
    invoice = work.change(invoice, **settled, **paid)
    paying = payment(work, invoice)
    if paying:
        times = {**paying["status_transitions"], "paid_at": work.now}
        work.change(paying, status="paid", amount_paid=amount, status_transitions=times)
    work.tell("invoice.paid", invoice)
    if intent or not invoice["amount_due"]:
        work.tell("invoice.payment_succeeded", invoice)
    standing.after_payment(work, invoice, intent)
    return invoice


def void(work: Work, invoice: Object) -> None:
    """Take an open invoice back, and with it the update that waits for its payment."""
    call_off(work, invoice)
    standing.after_void(work, invoice)


def void_on_request(work: Work, _: dict[str, Any], identifier: str) -> Object:
    """Take an open invoice back, on the caller's request.

    Raises:
        StripeError: it is not open.
    """
    invoice = work.get("invoice", identifier)
    if invoice["status"] != "open":
        raise invalid(f"Only an open invoice can be voided; this one is {invoice['status']}.")
    void(work, invoice)
    return work.get("invoice", identifier)


def pay(work: Work, params: dict[str, Any], identifier: str) -> Object:
    """Charge an open invoice now, on the caller's request.

    Raises:
        StripeError: it is not open, there is nothing to charge, the card is declined, or the bank must be asked.
    """
    invoice = work.get("invoice", identifier)
    if invoice["status"] != "open":
        raise invalid(f"Invoice is already {invoice['status']}", code=f"invoice_already_{invoice['status']}")
    if params.get("paid_out_of_band"):
        payments.cancel(work, intent_of(work, invoice), "void_invoice")
        return _paid(work, invoice, invoice["amount_due"])
    given = params.get("payment_method")
    method = usable(resolve(work, given, "payment_method"), invoice["customer"]) if given else method_of(work, invoice)
    if method is None:
        raise no_method()
    intent = payments.attempt(work, intent_of(work, invoice), method)
    after_attempt(work, intent, automatic=False)
    require_success(intent)
    return work.get("invoice", identifier)


def no_method() -> StripeError:
    """Nobody said what to charge."""
    message = (
        "This customer has no attached payment source or default payment method. "
        "Set invoice_settings.default_payment_method, or pass one."
    )
    return invalid(message, code="resource_missing")


def require_success(intent: Object, *, keep: bool = True) -> None:
    """Go on if an attempt has brought the money.

    Raises:
        StripeError: 402; what the attempt did stays if `keep`.
    """
    if intent["status"] == "succeeded":
        return
    error: Object = intent["last_payment_error"]
    if intent["status"] == "requires_action":
        message = "This payment requires additional user action; complete it with the invoice's payment intent."
        error = {"type": "card_error", "code": "invoice_payment_intent_requires_action", "message": message}
    raise StripeError.of(402, error, keep=keep, payment_intent=shown(intent))
