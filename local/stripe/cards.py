"""The cards that the stand-in takes, and what each of them does.

Numbers come from here only and are stored nowhere: a payment method keeps the card's name in this table.
4000000000005126 is this project's own choice (the first charge works, later ones are declined); the others
behave as Stripe's documentation of test cards says.
"""

from dataclasses import dataclass

from local.stripe.errors import StripeError, invalid

AUTHENTICATE = "authenticate"


@dataclass(frozen=True)
class Card:
    """A test card.

    Attributes:
        at_setup: what happens when it is attached or set up: empty (works), `authenticate`, or a decline code.
        at_charge: what happens when it is charged.
        setup_frees: whether it needs no authentication any more once it has been set up with one.
        charges: how many charges work before `at_charge` sets in.
    """

    number: str
    brand: str = "visa"
    funding: str = "credit"
    at_setup: str = ""
    at_charge: str = ""
    setup_frees: bool = False
    charges: int = 0


def _declined(number: str, code: str) -> Card:
    return Card(number, at_setup=code, at_charge=code)


CARDS = {
    "visa": Card("4242424242424242"),
    "visa_debit": Card("4000056655665556", funding="debit"),
    "mastercard": Card("5555555555554444", brand="mastercard"),
    "amex": Card("378282246310005", brand="amex"),
    "visa_chargeDeclined": _declined("4000000000000002", "generic_decline"),
    "visa_chargeDeclinedInsufficientFunds": _declined("4000000000009995", "insufficient_funds"),
    "chargeDeclinedExpiredCard": _declined("4000000000000069", "expired_card"),
    "chargeDeclinedIncorrectCvc": _declined("4000000000000127", "incorrect_cvc"),
    "chargeDeclinedProcessingError": _declined("4000000000000119", "processing_error"),
    "chargeCustomerFail": Card("4000000000000341", at_charge="generic_decline"),
    "authenticationRequiredOnSetup": Card(
        "4000002500003155", at_setup=AUTHENTICATE, at_charge=AUTHENTICATE, setup_frees=True
    ),
    "authenticationRequired": Card("4000002760003184", at_setup=AUTHENTICATE, at_charge=AUTHENTICATE),
    "renewalFail": Card("4000000000005126", at_charge="generic_decline", charges=1),
}
_OTHER_NAMES = {
    "chargeDeclined": "visa_chargeDeclined",
    "chargeDeclinedInsufficientFunds": "visa_chargeDeclinedInsufficientFunds",
    "threeDSecure2Required": "authenticationRequired",
}
_BY_NUMBER = {card.number: name for name, card in CARDS.items()}

_MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
}
# Codes of their own; every other decline has the code `card_declined` and says the rest in `decline_code`.
_OWN_CODE = {"expired_card", "incorrect_cvc", "processing_error"}


def by_number(number: str) -> str:
    """Find a card's name.

    Raises:
        StripeError: it is not a test card.
    """
    name = _BY_NUMBER.get(number.replace(" ", ""))
    if name is None:
        known = ", ".join(_BY_NUMBER)
        message = f"Your card was declined: this stand-in takes test cards only. It knows {known}"
        raise StripeError(402, message, kind="card_error", code="card_declined", decline_code="test_mode_live_card")
    return name


def by_alias(alias: str) -> str | None:
    """Find the card that `pm_card_visa` or `tok_visa` stands for; None when it stands for none."""
    for prefix in ("pm_card_", "tok_"):
        if alias.startswith(prefix):
            name = alias.removeprefix(prefix)
            name = _OTHER_NAMES.get(name, name)
            if name not in CARDS:
                known = ", ".join(f"{prefix}{name}" for name in (*CARDS, *_OTHER_NAMES))
                raise invalid(f"No such test card: '{alias}'; there are {known}", "payment_method", "resource_missing")
            return name
    return None


def refusal(decline: str) -> dict[str, str]:
    """Say a decline as Stripe's errors do: `type`, `code`, `decline_code` and `message`."""
    code = decline if decline in _OWN_CODE else "card_declined"
    message = _MESSAGES.get(decline, "Your card was declined.")
    return {"type": "card_error", "code": code, "decline_code": decline, "message": message}
