"""What setup intents and payment intents have in common: secrets, states, the customer's bank."""

import secrets

from local.stripe.errors import Object, StripeError, invalid
from local.stripe.operations import Params
from local.stripe.parameters import BOOLEAN, IGNORED, TEXT, members, one_of
from local.stripe.payment_methods import PAGE_DATA, from_params, usable
from local.stripe.work import Work, shown

CONFIRM = {
    "client_secret": TEXT,
    "mandate_data": IGNORED,
    "payment_method": TEXT,
    "payment_method_data": PAGE_DATA,
    "return_url": TEXT,
    "use_stripe_sdk": BOOLEAN,
}
AUTOMATIC = members({"enabled": BOOLEAN, "allow_redirects": one_of("always", "never")})
OPEN = {"requires_payment_method", "requires_confirmation", "requires_action"}
BANK = {  # what a page needs to know to ask the customer's bank, which is a route of ours
    "type": "use_stripe_sdk",
    "use_stripe_sdk": {"type": "stand_in_bank"},
}


def client_secret(identifier: str) -> str:
    """Make what a page proves itself with."""
    return f"{identifier}_secret_{secrets.token_hex(12)}"


def find(work: Work, kind: str, identifier: str, params: Params) -> Object:
    """Return an intent; a page must know its client secret, and gets nothing expanded.

    Raises:
        StripeError: there is none, or the secret is not its own.
    """
    intent = work.get(kind, identifier)
    given = params.get("client_secret")
    if work.page and params.get("expand"):
        raise StripeError(403, "A publishable key cannot expand; ask with a secret key on the server.", param="expand")
    if (work.page or given) and given != intent["client_secret"]:
        message = f"The client_secret provided does not match this {kind}; take it from the {kind} on the server."
        raise StripeError(401 if given is None else 400, message, param="client_secret")
    return intent


def to_confirm(work: Work, intent: Object, params: Params) -> Object:
    """Return the payment method to confirm an intent with.

    Raises:
        StripeError: the intent is over, there is no method, or it is somebody else's.
    """
    kind = intent["object"]
    if intent["status"] not in OPEN:
        message = f"You cannot confirm this {kind} because it has already {intent['status']}."
        raise invalid(message, code=f"{kind}_unexpected_state")
    method = from_params(work, params)
    if method is None and intent["payment_method"]:
        method = work.get("payment_method", intent["payment_method"])
    if method is None:
        message = f"You cannot confirm this {kind} because it's missing a payment method; pass payment_method."
        raise invalid(message, "payment_method", f"{kind}_unexpected_state")
    return usable(method, intent["customer"])


def declined(intent: Object, error: Object) -> StripeError:
    """Make the 402 of an intent that was declined; what it did to the intent stays."""
    return StripeError.of(402, error, keep=True, **{intent["object"]: shown(intent)})
