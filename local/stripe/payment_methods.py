"""Payment methods: test cards only, and of a card no number is kept."""

import hashlib
from datetime import UTC, datetime

from local.stripe.cards import AUTHENTICATE, CARDS, by_alias, by_number, refusal
from local.stripe.details import BILLING_DETAILS, billing_details, merged
from local.stripe.errors import Object, StripeError, invalid, missing
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import IGNORED, INTEGER, METADATA, TEXT, members, one_of
from local.stripe.work import Work, shown

_CARD = members({"number": TEXT, "exp_month": INTEGER, "exp_year": INTEGER, "cvc": TEXT, "token": TEXT})
DATA = {
    "type": one_of("card"),
    "card": _CARD,
    "billing_details": BILLING_DETAILS,
    "metadata": METADATA,
    "allow_redisplay": one_of("always", "limited", "unspecified"),
}
# Stripe.js sends these along.
PAGE_DATA = members({**DATA, "radar_options": IGNORED})


def _named_card(given: Object) -> str:
    alias = by_alias(given["token"]) if given.get("token") else None
    if alias:
        return alias
    if not given.get("number"):
        raise StripeError(400, "Missing required param: card[number].", code="parameter_missing", param="card[number]")
    return by_number(given["number"])


def make(work: Work, params: Params) -> Object:
    """Make a payment method from a test card's number or token."""
    given: Params = params.get("card") or {}
    name = _named_card(given)
    year, month = given.get("exp_year", datetime.now(UTC).year + 3), given.get("exp_month", 12)
    today = datetime.fromtimestamp(work.now, UTC)
    year += 2000 if year < 100 else 0
    if not 1 <= month <= 12:
        raise StripeError(
            402, "Your card's expiration month is invalid.", kind="card_error", code="invalid_expiry_month"
        )
    if (year, month) < (today.year, today.month):
        raise StripeError(402, "Your card's expiration year is invalid.", kind="card_error", code="invalid_expiry_year")
    return _add(work, name, params, (month, year))


def _add(work: Work, name: str, params: Params, expiry: tuple[int, int]) -> Object:
    card = CARDS[name]
    return work.add(
        "pm",
        "payment_method",
        type="card",
        allow_redisplay=params.get("allow_redisplay", "unspecified"),
        billing_details=billing_details(params.get("billing_details")),
        customer=None,
        metadata=merged({}, params.get("metadata")),
        card={
            "brand": card.brand,
            "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
            "country": "US",
            "display_brand": card.brand,
            "exp_month": expiry[0],
            "exp_year": expiry[1],
            "fingerprint": hashlib.sha256(name.encode()).hexdigest()[:16],
            "funding": card.funding,
            "generated_from": None,
            "last4": card.number[-4:],
            "networks": {"available": [card.brand], "preferred": None},
            "regulated_status": "unregulated",
            "three_d_secure_usage": {"supported": True},
            "wallet": None,
        },
        _card=name,
        _authenticated=False,  # whether a setup with authentication has succeeded
        _charges=0,  # how many charges have succeeded
        _spent=False,  # detached: never to be used again
    )


def resolve(work: Work, identifier: str, param: str) -> Object:
    """Return the payment method of an id; an alias such as `pm_card_visa` makes a new one.

    Raises:
        StripeError: there is none, or it was detached.
    """
    name = by_alias(identifier)
    if name:
        return _add(work, name, {}, (12, datetime.now(UTC).year + 3))
    method = work.named("payment_method", identifier, param)
    if method["_spent"]:
        message = "This PaymentMethod was detached from a Customer and may not be used again; make a new one."
        raise invalid(message, param)
    return method


def from_params(work: Work, params: Params) -> Object | None:
    """Return the payment method that a confirmation names or carries; None when it does neither."""
    if params.get("payment_method_data"):
        return make(work, params["payment_method_data"])
    if params.get("payment_method"):
        return resolve(work, params["payment_method"], "payment_method")
    return None


def usable(method: Object, customer: str | None) -> Object:
    """Return the method if this customer may pay with it: it is theirs, or nobody's yet.

    Raises:
        StripeError: it belongs to somebody else.
    """
    if method["customer"] not in {None, customer}:
        message = "The payment method you provided has already been attached to another customer."
        raise invalid(message, "payment_method")
    return method


def owned(work: Work, identifier: str, customer: str) -> Object:
    """Return a payment method that is attached to the customer; an alias is attached first.

    Raises:
        StripeError: the customer has no such payment method.
    """
    if by_alias(identifier):
        return attach_to(work, resolve(work, identifier, "payment_method"), customer)
    method = work.world.store.objects.get(identifier)
    if not method or method["object"] != "payment_method" or method["customer"] != customer:
        raise missing("payment_method", identifier, "default_payment_method", 400)
    return method


def attach_to(work: Work, method: Object, customer: str) -> Object:
    """Attach a payment method; nothing happens when it is attached to this customer already.

    Raises:
        StripeError: it belongs to another customer, or the card is declined.
    """
    decline = CARDS[method["_card"]].at_setup
    if method["customer"] == usable(method, customer)["customer"] == customer:
        return method
    if decline not in {"", AUTHENTICATE}:
        raise StripeError.of(402, refusal(decline))
    method = work.change(method, customer=customer)
    work.tell("payment_method.attached", method)
    return method


def _attach(work: Work, params: Params, identifier: str) -> Object:
    customer = work.named("customer", params["customer"], "customer")
    return attach_to(work, resolve(work, identifier, "payment_method"), customer["id"])


def _detach(work: Work, _: Params, identifier: str) -> Object:
    """Detach: whatever named it as its default names none."""
    method = work.get("payment_method", identifier)
    owner = method["customer"]
    if owner is None:
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    after = work.change(method, customer=None, _spent=True)
    work.tell("payment_method.detached", after, {"customer": owner})
    customer = work.get("customer", owner)
    if customer["invoice_settings"]["default_payment_method"] == identifier:
        settings = {**customer["invoice_settings"], "default_payment_method": None}
        work.change(customer, "customer.updated", invoice_settings=settings)
    for subscription in work.all("subscription", "customer", owner):
        if subscription["default_payment_method"] == identifier:
            work.change(subscription, "customer.subscription.updated", default_payment_method=None)
    return after


def _list(work: Work, params: Params) -> Object:
    work.named("customer", params["customer"], "customer")
    return page(work, params, "payment_method", ("customer", params["customer"]))


def error_about(method: Object, error: dict[str, str]) -> Object:
    """Make the error that an intent remembers: the refusal, and the payment method it is about."""
    return {**error, "payment_method": shown(method)}


OPERATIONS = (
    Operation("POST", "/payment_methods", make, DATA, ("type",), page=True),
    Operation("GET", "/payment_methods/{}", retrieve("payment_method")),
    listing("/payment_methods", _list, {"customer": TEXT, "type": one_of("card")}, ("customer",)),
    Operation("POST", "/payment_methods/{}/attach", _attach, {"customer": TEXT}, ("customer",)),
    Operation("POST", "/payment_methods/{}/detach", _detach),
)
