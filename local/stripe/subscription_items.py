"""Items of a subscription: which price, how many, from when to when."""

from typing import Any

from local.stripe.details import merged
from local.stripe.errors import Object, invalid
from local.stripe.parameters import BOOLEAN, INTEGER, METADATA, TEXT, many, members
from local.stripe.periods import end_of_period
from local.stripe.work import Work, new_id

_NEW = {"price": TEXT, "quantity": INTEGER, "metadata": METADATA}
NEW_ITEMS = many(members(_NEW))
CHANGED_ITEMS = many(members({**_NEW, "id": TEXT, "deleted": BOOLEAN}))


def as_list(subscription: str, items: list[Object]) -> Object:
    """Make the list that a subscription has as `items`."""
    url = f"/v1/subscription_items?subscription={subscription}"
    return {"object": "list", "data": items, "has_more": False, "url": url, "total_count": len(items)}


def make(work: Work, subscription: str, given: list[dict[str, Any]], name: str = "items") -> list[Object]:
    """Make new items; their periods are set by `in_period`.

    Raises:
        StripeError: a price is unknown, inactive or not recurring, or they do not go together.
    """
    if not given:
        raise invalid("Missing required param: items.", "items", "parameter_missing")
    items = [_item(work, subscription, one, f"{name}[{number}]") for number, one in enumerate(given)]
    return together(items)


def _item(work: Work, subscription: str, given: dict[str, Any], name: str) -> Object:
    return {
        "id": new_id("si"),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": work.now,
        "current_period_end": 0,
        "current_period_start": 0,
        "discounts": [],
        "metadata": merged({}, given.get("metadata")),
        "price": _price(work, given.get("price"), name),
        "quantity": _quantity(given.get("quantity", 1), name),
        "subscription": subscription,
        "tax_rates": [],
    }


def _price(work: Work, identifier: str | None, name: str) -> Object:
    if not identifier:
        raise invalid(f"Missing required param: {name}[price].", f"{name}[price]", "parameter_missing")
    price = work.named("price", identifier, f"{name}[price]")
    if not price["active"]:
        raise invalid(f"The price specified is inactive: {identifier}. Choose an active one.", f"{name}[price]")
    if not price["recurring"]:
        raise invalid(
            f"The price {identifier} is not recurring; a subscription needs a recurring one.", f"{name}[price]"
        )
    return price


def _quantity(quantity: int, name: str) -> int:
    if quantity < 0:
        raise invalid("quantity is 0 or more", f"{name}[quantity]", "parameter_invalid_integer")
    return quantity


def together(items: list[Object]) -> list[Object]:
    """Return the items if one subscription can have all of them.

    Raises:
        StripeError: currencies or intervals differ, a price is there twice, or none is left.
    """
    prices = [item["price"] for item in items]
    if not items:
        raise invalid("A subscription must have at least one active item; cancel it instead.", "items")
    if len({price["id"] for price in prices}) < len(prices):
        raise invalid("Cannot add multiple subscription items with the same price; set its quantity.", "items")
    if len({price["currency"] for price in prices}) > 1:
        raise invalid("All prices of a subscription must use the same currency.", "items", "currency_mismatch")
    if len({(price["recurring"]["interval"], price["recurring"]["interval_count"]) for price in prices}) > 1:
        raise invalid("This stand-in bills all items of a subscription in the same interval.", "items")
    return items


def in_period(items: list[Object], start: int, *, anchor: int, until: int | None = None) -> list[Object]:
    """Put the items into the period that begins at `start`: until `until`, else until the cycle's next end."""
    end = until or end_of_period(anchor, start, items[0]["price"]["recurring"])
    return [{**item, "current_period_start": start, "current_period_end": end} for item in items]


def changed(work: Work, subscription: Object, given: list[dict[str, Any]]) -> list[Object]:
    """Return the items after an update: those named by id change, those without are new, the rest stays.

    Raises:
        StripeError: an id is not one of this subscription, or the result does not go together.
    """
    before = subscription["items"]["data"]
    items = {item["id"]: item for item in before}
    for number, one in enumerate(given):
        name, identifier = f"items[{number}]", one.get("id")
        if identifier and identifier not in items:
            raise invalid(f"No such subscription item: '{identifier}'", f"{name}[id]", "resource_missing")
        if identifier and one.get("deleted"):
            del items[identifier]
        elif identifier:
            items[identifier] = _changed(work, items[identifier], one, name)
        else:
            new = _item(work, subscription["id"], one, name)
            items[new["id"]] = {
                **new,
                **{edge: before[0][edge] for edge in ("current_period_start", "current_period_end")},
            }
    return together(list(items.values()))


def _changed(work: Work, item: Object, given: dict[str, Any], name: str) -> Object:
    other = given.get("price") not in {None, item["price"]["id"]}
    return {
        **item,
        "metadata": merged(item["metadata"], given.get("metadata")),
        "price": _price(work, given["price"], name) if other else item["price"],
        "quantity": _quantity(given.get("quantity", item["quantity"]), name),
    }
