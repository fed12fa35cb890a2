"""Payment intents: one amount, and the attempts to get it."""

from typing import Any

from local.stripe import charges, intents
from local.stripe.cards import AUTHENTICATE, refusal
from local.stripe.errors import Object
from local.stripe.payment_methods import attach_to, error_about
from local.stripe.work import Work, new_id

_REFUSED = {
    "type": "card_error",
    "code": "payment_intent_authentication_failure",
    "message": "Your bank did not confirm that it is you who pays. Try again, or use another card.",
}

_EMPTY: Object = {  # before the first attempt
    "amount_capturable": 0,
    "application": None,
    "automatic_payment_methods": None,
    "canceled_at": None,
    "cancellation_reason": None,
    "capture_method": "automatic",
    "confirmation_method": "automatic",
    "last_payment_error": None,
    "latest_charge": None,
    "next_action": None,
    "on_behalf_of": None,
    "processing": None,
    "receipt_email": None,
    "review": None,
    "shipping": None,
    "statement_descriptor": None,
    "transfer_data": None,
    "transfer_group": None,
}


def make(work: Work, invoice: Object, method: str | None) -> Object:
    """Make the payment intent of an invoice, and tell."""
    identifier = new_id("pi")
    intent = work.add(
        "pi",
        "payment_intent",
        **_EMPTY,
        id=identifier,
        amount=invoice["amount_due"],
        amount_details={"tip": {}},
        amount_received=0,
        client_secret=intents.client_secret(identifier),
        currency=invoice["currency"],
        customer=invoice["customer"],
        description=invoice["description"] or "Subscription payment",
        metadata={},
        payment_method=method,
        payment_method_options={"card": {"network": None, "request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        setup_future_usage="off_session",
        status="requires_confirmation" if method else "requires_payment_method",
        _invoice=invoice["id"],
    )
    work.tell("payment_intent.created", intent)
    return intent


def attempt(work: Work, intent: Object, method: Object, *, authenticated: bool = False) -> Object:
    """Charge a payment method.

    Returns:
        the intent; its `status` is `succeeded`, `requires_action` or `requires_payment_method`.
    """
    verdict = charges.verdict(work, method, intent["customer"], authenticated=authenticated)
    if verdict == AUTHENTICATE:
        asked: dict[str, Any] = {"status": "requires_action", "next_action": intents.BANK, "last_payment_error": None}
        intent = work.change(intent, payment_method=method["id"], **asked)
        work.tell("payment_intent.requires_action", intent)
        return intent
    charge = charges.make(work, intent, method, verdict)
    intent = work.change(intent, latest_charge=charge["id"])
    if verdict:
        return fail(work, intent, error_about(method, {**refusal(verdict), "charge": charge["id"]}))
    method = work.change(method, _charges=method["_charges"] + 1)
    if intent["customer"]:
        attach_to(work, method, intent["customer"])
    done: dict[str, Any] = {"status": "succeeded", "next_action": None, "last_payment_error": None}
    intent = work.change(intent, payment_method=method["id"], amount_received=intent["amount"], **done)
    work.tell("payment_intent.succeeded", intent)
    return intent


def fail(work: Work, intent: Object, error: Object) -> Object:
    """Leave an intent waiting for another payment method."""
    failed: dict[str, Any] = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent = work.change(intent, last_payment_error=error, **failed)
    work.tell("payment_intent.payment_failed", intent)
    return intent


def authenticated(work: Work, intent: Object, *, succeed: bool) -> Object:
    """Go on after the customer's bank has answered."""
    method = work.get("payment_method", intent["payment_method"])
    if succeed:
        return attempt(work, intent, method, authenticated=True)
    return fail(work, intent, error_about(method, _REFUSED))


def cancel(work: Work, intent: Object, reason: str) -> Object:
    """End an intent that nobody will pay any more."""
    fields: dict[str, Any] = {"status": "canceled", "canceled_at": work.now, "next_action": None}
    intent = work.change(intent, **fields, cancellation_reason=reason)
    work.tell("payment_intent.canceled", intent)
    return intent
