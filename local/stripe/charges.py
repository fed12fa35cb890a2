"""Charges: what a card does when money is asked of it."""

from collections.abc import Callable

from local.stripe.cards import AUTHENTICATE, CARDS, refusal
from local.stripe.errors import Object
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import TEXT, TIMES
from local.stripe.work import Work, new_id

_EMPTY: Object = {  # what does not happen to a charge here
    "amount_refunded": 0,
    "application": None,
    "balance_transaction": None,
    "disputed": False,
    "failure_balance_transaction": None,
    "fraud_details": {},
    "on_behalf_of": None,
    "receipt_email": None,
    "receipt_number": None,
    "refunded": False,
    "review": None,
    "shipping": None,
    "statement_descriptor": None,
    "transfer_data": None,
    "transfer_group": None,
}


def verdict(work: Work, method: Object, customer: str | None, *, authenticated: bool) -> str:
    """Say what charging this card leads to: empty (money), `authenticate`, or a decline code."""
    if customer in work.world.declines:
        work.world.declines.discard(customer)
        return "generic_decline"
    card = CARDS[method["_card"]]
    if card.at_charge == AUTHENTICATE:
        free = authenticated or (card.setup_frees and method["_authenticated"])
        return "" if free else AUTHENTICATE
    return "" if method["_charges"] < card.charges else card.at_charge


def make(work: Work, intent: Object, method: Object, decline: str) -> Object:
    """Write down one attempt, succeeded or declined, and tell."""
    failed, identifier = bool(decline), new_id("ch")
    refused = refusal(decline) if failed else {}
    charge = work.add(
        "ch",
        "charge",
        **_EMPTY,
        id=identifier,
        amount=intent["amount"],
        amount_captured=0 if failed else intent["amount"],
        billing_details=method["billing_details"],
        captured=not failed,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        failure_code=refused.get("code"),
        failure_message=refused.get("message"),
        metadata=intent["metadata"],
        outcome=_outcome(decline),
        paid=not failed,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"type": "card", "card": _card(method)},
        receipt_url=None if failed else f"{work.world.origin}/_stand_in/receipts/{identifier}",
        status="failed" if failed else "succeeded",
    )
    work.tell("charge.failed" if failed else "charge.succeeded", charge)
    return charge


def _card(method: Object) -> Object:
    card = method["card"]
    used = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4", "wallet")
    return {name: card[name] for name in used} | {"network": card["brand"], "three_d_secure": None}


def _outcome(decline: str) -> Object:
    return {
        "advice_code": None,
        "network_advice_code": None,
        "network_decline_code": None,
        "network_status": "declined_by_network" if decline else "approved_by_network",
        "reason": decline or None,
        "risk_level": "normal",
        "seller_message": "The bank did not return any further details." if decline else "Payment complete.",
        "type": "issuer_declined" if decline else "authorized",
    }


def _list(work: Work, params: Params) -> Object:
    for name in ("payment_intent", "customer"):
        if params.get(name):
            return page(work, params, "charge", (name, params[name]), _of(params.get("customer")))
    return page(work, params, "charge")


def _of(customer: str | None) -> Callable[[Object], bool]:
    return lambda charge: customer in {None, charge["customer"]}


OPERATIONS = (
    listing("/charges", _list, {"customer": TEXT, "payment_intent": TEXT, "created": TIMES}),
    Operation("GET", "/charges/{}", retrieve("charge")),
)
