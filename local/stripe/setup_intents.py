"""Setup intents: a card is saved, after the customer's bank has agreed where it wants to be asked."""

from typing import Any

from local.stripe import intents
from local.stripe.cards import AUTHENTICATE, CARDS, refusal
from local.stripe.details import merged
from local.stripe.endive import PAYMENT_METHOD_TYPES
from local.stripe.errors import Object, invalid
from local.stripe.operations import Operation, Params, listing, page
from local.stripe.parameters import BOOLEAN, METADATA, TEXT, TIMES, many, one_of
from local.stripe.payment_methods import attach_to, error_about, resolve, usable
from local.stripe.work import Work, new_id

_CONFIRM = {
    **intents.CONFIRM,
    "allowed_payment_method_types": many(one_of("card")),
    "payment_method_types": PAYMENT_METHOD_TYPES,
}
_CREATE = {
    **{name: kind for name, kind in _CONFIRM.items() if name != "client_secret"},
    "automatic_payment_methods": intents.AUTOMATIC,
    "confirm": BOOLEAN,
    "customer": TEXT,
    "description": TEXT,
    "metadata": METADATA,
    "usage": one_of("off_session", "on_session"),
}
_CARD_OPTIONS = {"mandate_options": None, "network": None, "request_three_d_secure": "automatic"}
_REFUSED = {
    "type": "invalid_request_error",
    "code": "setup_intent_authentication_failure",
    "message": "Your bank did not confirm that the card is yours. Try again, or use another card.",
}


def _create(work: Work, params: Params) -> Object:
    automatic, allowed = params.get("automatic_payment_methods"), params.get("allowed_payment_method_types")
    if automatic and allowed:
        raise invalid(
            "Send either automatic_payment_methods or allowed_payment_method_types", "automatic_payment_methods"
        )
    customer = work.named("customer", params["customer"], "customer")["id"] if params.get("customer") else None
    method = None
    if params.get("payment_method"):
        method = usable(resolve(work, params["payment_method"], "payment_method"), customer)["id"]
    identifier = new_id("seti")
    chosen: Object = {"allow_redirects": "always", **(automatic or {"enabled": not allowed})}
    intent = work.add(
        "seti",
        "setup_intent",
        id=identifier,
        allowed_payment_method_types=allowed,
        application=None,
        automatic_payment_methods=None if allowed else chosen,
        cancellation_reason=None,
        client_secret=intents.client_secret(identifier),
        customer=customer,
        description=params.get("description"),
        flow_directions=None,
        last_setup_error=None,
        latest_attempt=None,
        mandate=None,
        metadata=merged({}, params.get("metadata")),
        next_action=None,
        on_behalf_of=None,
        payment_method=method,
        payment_method_options={"card": _CARD_OPTIONS},
        payment_method_types=["card"],
        single_use_mandate=None,
        status="requires_confirmation" if method else "requires_payment_method",
        usage=params.get("usage", "off_session"),
    )
    work.tell("setup_intent.created", intent)
    return _set_up(work, intent, params) if params.get("confirm") else intent


def _find(work: Work, params: Params, identifier: str) -> Object:
    return intents.find(work, "setup_intent", identifier, params)


def _confirm(work: Work, params: Params, identifier: str) -> Object:
    return _set_up(work, _find(work, params, identifier), params)


def _set_up(work: Work, intent: Object, params: Params) -> Object:
    method = intents.to_confirm(work, intent, params)
    verdict = CARDS[method["_card"]].at_setup
    if verdict == AUTHENTICATE:
        asked: dict[str, Any] = {"status": "requires_action", "next_action": intents.BANK, "last_setup_error": None}
        intent = work.change(intent, payment_method=method["id"], **asked)
        work.tell("setup_intent.requires_action", intent)
        return intent
    if verdict:
        error = error_about(method, refusal(verdict))
        raise intents.declined(_fail(work, intent, error), error)
    return _succeed(work, intent, method)


def _succeed(work: Work, intent: Object, method: Object) -> Object:
    if intent["customer"]:
        attach_to(work, method, intent["customer"])
    done: dict[str, Any] = {"status": "succeeded", "next_action": None, "last_setup_error": None}
    intent = work.change(intent, payment_method=method["id"], **done)
    work.tell("setup_intent.succeeded", intent)
    return intent


def _fail(work: Work, intent: Object, error: Object) -> Object:
    failed: dict[str, Any] = {"status": "requires_payment_method", "payment_method": None, "next_action": None}
    intent = work.change(intent, last_setup_error=error, **failed)
    work.tell("setup_intent.setup_failed", intent)
    return intent


def authenticated(work: Work, intent: Object, *, succeed: bool) -> Object:
    """Go on after the customer's bank has answered."""
    method = work.get("payment_method", intent["payment_method"])
    if not succeed:
        return _fail(work, intent, error_about(method, _REFUSED))
    return _succeed(work, intent, work.change(method, _authenticated=True))


def _list(work: Work, params: Params) -> Object:
    index = ("customer", params["customer"]) if params.get("customer") else ("", None)
    return page(work, params, "setup_intent", index)


OPERATIONS = (
    Operation("POST", "/setup_intents", _create, _CREATE),
    listing("/setup_intents", _list, {"customer": TEXT, "created": TIMES}),
    Operation("GET", "/setup_intents/{}", _find, {"client_secret": TEXT}, page=True),
    Operation("POST", "/setup_intents/{}/confirm", _confirm, _CONFIRM, page=True),
)
