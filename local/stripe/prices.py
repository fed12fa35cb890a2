"""Prices: what one costs never changes, only whether it is offered and under which key it is found."""

from local.stripe import products
from local.stripe.details import merged
from local.stripe.errors import Object, invalid
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import BOOLEAN, INTEGER, METADATA, TEXT, TIMES, WORD, many, members, one_of
from local.stripe.work import Work

_RECURRING = members(
    {
        "interval": one_of("day", "week", "month", "year"),
        "interval_count": INTEGER,
        "usage_type": one_of("licensed"),
    }
)
_CHANGEABLE = {
    "active": BOOLEAN,
    "lookup_key": TEXT,
    "metadata": METADATA,
    "nickname": TEXT,
    "transfer_lookup_key": BOOLEAN,
}
_CREATE = {
    **_CHANGEABLE,
    "billing_scheme": one_of("per_unit"),
    "currency": TEXT,
    "product": TEXT,
    "product_data": members({"id": TEXT, "name": TEXT, "active": BOOLEAN, "metadata": METADATA}),
    "recurring": _RECURRING,
    "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    "unit_amount": INTEGER,
}
_LIST = {
    "active": BOOLEAN,
    "created": TIMES,
    "currency": TEXT,
    "lookup_keys": many(WORD),
    "product": TEXT,
    "type": one_of("one_time", "recurring"),
}


def _claim(work: Work, key: str | None, params: Params, own: str = "") -> None:
    """Make sure that a lookup key is free: taken over from its price when the caller says so."""
    for other in work.all("price", "lookup_key", key) if key else ():
        if other["id"] == own:
            continue
        if not params.get("transfer_lookup_key"):
            message = (
                f"A price ({other['id']}) already uses the lookup key {key}. "
                "Pass transfer_lookup_key=true to move it to this price."
            )
            raise invalid(message, "lookup_key", "resource_already_exists")
        _refresh(work, work.change(other, "price.updated", lookup_key=None))


def _refresh(work: Work, price: Object) -> Object:
    """Let subscriptions show the price as it is now; they keep a copy, and prices change seldom."""
    for subscription in work.all("subscription"):
        items = subscription["items"]["data"]
        if any(item["price"]["id"] == price["id"] for item in items):
            fresh = [{**item, "price": price} if item["price"]["id"] == price["id"] else item for item in items]
            work.change(subscription, items={**subscription["items"], "data": fresh})
    return price


def _product(work: Work, params: Params) -> str:
    if params.get("product_data"):
        if not params["product_data"].get("name"):
            raise invalid("Missing required param: product_data[name].", "product_data[name]", "parameter_missing")
        return products.create(work, params["product_data"])["id"]
    if not params.get("product"):
        raise invalid("You must specify either product or product_data", "product", "parameter_missing")
    return work.named("product", params["product"], "product")["id"]


def _create(work: Work, params: Params) -> Object:
    currency, amount = params["currency"].lower(), params.get("unit_amount")
    if len(currency) != 3 or not currency.isalpha():
        raise invalid(f"Invalid currency: {currency}; three letters, e.g. usd", "currency")
    if amount is None or amount < 0:
        raise invalid("unit_amount: a whole number of the smallest unit, 0 or more", "unit_amount")
    recurring = params.get("recurring")
    if recurring is not None:
        if "interval" not in recurring:
            raise invalid("Missing required param: recurring[interval].", "recurring[interval]", "parameter_missing")
        if recurring.setdefault("interval_count", 1) < 1:
            raise invalid("recurring[interval_count] is 1 or more", "recurring[interval_count]")
        recurring = {"meter": None, "trial_period_days": None, "usage_type": "licensed", **recurring}
    _claim(work, params.get("lookup_key"), params)
    price = work.add(
        "price",
        "price",
        active=params.get("active", True),
        billing_scheme="per_unit",
        currency=currency,
        custom_unit_amount=None,
        lookup_key=params.get("lookup_key"),
        metadata=merged({}, params.get("metadata")),
        nickname=params.get("nickname"),
        product=_product(work, params),
        recurring=recurring,
        tax_behavior=params.get("tax_behavior", "unspecified"),
        tiers_mode=None,
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
    )
    work.tell("price.created", price)
    return price


def _update(work: Work, params: Params, identifier: str) -> Object:
    price = work.get("price", identifier)
    _claim(work, params.get("lookup_key"), params, identifier)
    fields = {name: params[name] for name in ("active", "lookup_key", "nickname") if name in params}
    metadata = merged(price["metadata"], params.get("metadata"))
    return _refresh(work, work.change(price, "price.updated", **fields, metadata=metadata))


def _list(work: Work, params: Params) -> Object:
    keys: list[str] = params.get("lookup_keys") or []

    def wanted(price: Object) -> bool:
        exact = all(price[name] == params[name] for name in ("active", "currency", "type") if name in params)
        return exact and (not keys or price["lookup_key"] in keys)

    if params.get("product"):
        return page(work, params, "price", ("product", params["product"]), wanted)
    return page(work, params, "price", keep=wanted)


OPERATIONS = (
    Operation("POST", "/prices", _create, _CREATE, ("currency",)),
    listing("/prices", _list, _LIST),
    Operation("GET", "/prices/{}", retrieve("price")),
    Operation("POST", "/prices/{}", _update, _CHANGEABLE),
)
