"""Parts that several resources have: addresses and metadata."""

from local.stripe.errors import Object, invalid
from local.stripe.parameters import TEXT, members

_LINES = ("city", "country", "line1", "line2", "postal_code", "state")
ADDRESS = members(dict.fromkeys(_LINES, TEXT))
SHIPPING = members({"address": ADDRESS, "name": TEXT, "phone": TEXT})
BILLING_DETAILS = members({"address": ADDRESS, "email": TEXT, "name": TEXT, "phone": TEXT})


def address(given: Object | None) -> Object | None:
    """Fill an address: all members are there, null when unknown."""
    return None if given is None else {name: given.get(name) for name in _LINES}


def shipping(given: Object | None) -> Object | None:
    """Fill a shipping address, whose name and address must be there.

    Raises:
        StripeError: one of them is missing.
    """
    if given is None:
        return None
    for name in ("address", "name"):
        if not given.get(name):
            raise invalid(f"Missing required param: shipping[{name}].", f"shipping[{name}]", "parameter_missing")
    return {"phone": None, **given, "address": address(given["address"])}


def billing_details(given: Object | None) -> Object:
    """Fill what a payment method says about the payer."""
    given = given or {}
    known = {name: given.get(name) for name in ("email", "name", "phone")}
    return {"address": address(given.get("address") or {}), **known, "tax_id": None}


def merged(old: dict[str, str], given: dict[str, str] | None) -> dict[str, str]:
    """Metadata after an update: names replace one by one, an empty value removes its name, `{}` removes all."""
    if given is None:
        return old
    return {name: value for name, value in {**old, **given}.items() if value} if given else {}
