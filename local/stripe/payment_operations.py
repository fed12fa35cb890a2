"""The invoices' operations, and those of the payments that belong to them."""

from local.stripe import intents, invoices, payments
from local.stripe.endive import PAYMENT_METHOD_TYPES
from local.stripe.errors import Object
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import BOOLEAN, TEXT, TIMES, many, members, one_of
from local.stripe.work import Work

_CONFIRM = {
    **intents.CONFIRM,
    "allowed_payment_method_types": many(one_of("card")),
    "off_session": BOOLEAN,
    "payment_method_types": PAYMENT_METHOD_TYPES,
    "setup_future_usage": one_of("off_session", "on_session"),
}


def _find(work: Work, params: Params, identifier: str) -> Object:
    return intents.find(work, "payment_intent", identifier, params)


def _confirm(work: Work, params: Params, identifier: str) -> Object:
    """Pay as a page does: an attempt of the customer's own, whose decline is a 402."""
    intent = _find(work, params, identifier)
    method = intents.to_confirm(work, intent, params)
    intent = payments.attempt(work, intent, method)
    invoices.after_attempt(work, intent, automatic=False)
    if intent["last_payment_error"]:
        raise intents.declined(intent, intent["last_payment_error"])
    return work.get("payment_intent", identifier)


def authenticated(work: Work, intent: Object, *, succeed: bool) -> Object:
    """Go on after the customer's bank has answered."""
    intent = payments.authenticated(work, intent, succeed=succeed)
    invoices.after_attempt(work, intent, automatic=False)
    return intent


def _list_intents(work: Work, params: Params) -> Object:
    index = ("customer", params["customer"]) if params.get("customer") else ("", None)
    return page(work, params, "payment_intent", index)


def _list_invoices(work: Work, params: Params) -> Object:
    def wanted(invoice: Object) -> bool:
        same = {"customer": invoice["customer"], "status": invoice["status"]}
        return all(params.get(name) in {None, value} for name, value in same.items())

    for name, member in (("subscription", "_subscription"), ("customer", "customer")):
        if params.get(name):
            return page(work, params, "invoice", (member, params[name]), wanted)
    return page(work, params, "invoice", keep=wanted)


def _list_payments(work: Work, params: Params) -> Object:
    about = params.get("payment") or {}
    for member, value in (("invoice", params.get("invoice")), ("_intent", about.get("payment_intent"))):
        if value:
            return page(work, params, "invoice_payment", (member, value))
    return page(work, params, "invoice_payment")


_INVOICES = {
    "customer": TEXT,
    "created": TIMES,
    "status": one_of("draft", "open", "paid", "uncollectible", "void"),
    "subscription": TEXT,
}
_PAYMENT = members({"type": one_of("payment_intent"), "payment_intent": TEXT})
_PAY = {"off_session": BOOLEAN, "paid_out_of_band": BOOLEAN, "payment_method": TEXT}
OPERATIONS = (
    listing("/invoices", _list_invoices, _INVOICES),
    Operation("GET", "/invoices/{}", retrieve("invoice")),
    Operation("POST", "/invoices/{}/pay", invoices.pay, _PAY),
    Operation("POST", "/invoices/{}/void", invoices.void_on_request, {}),
    listing("/invoice_payments", _list_payments, {"created": TIMES, "invoice": TEXT, "payment": _PAYMENT}),
    Operation("GET", "/invoice_payments/{}", retrieve("invoice_payment")),
    listing("/payment_intents", _list_intents, {"customer": TEXT, "created": TIMES}),
    Operation("GET", "/payment_intents/{}", _find, {"client_secret": TEXT}, page=True),
    Operation("POST", "/payment_intents/{}/confirm", _confirm, _CONFIRM, page=True),
)
