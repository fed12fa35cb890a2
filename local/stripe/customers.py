"""Customers."""

from typing import Any

from local.stripe import payment_methods, subscriptions
from local.stripe.details import ADDRESS, SHIPPING, address, merged, shipping
from local.stripe.errors import Object, missing
from local.stripe.operations import Operation, Params, listing, page
from local.stripe.parameters import INTEGER, METADATA, TEXT, TIMES, WORD, many, members, one_of
from local.stripe.work import Work

_DETAILS = {
    "address": ADDRESS,
    "balance": INTEGER,
    "description": TEXT,
    "email": TEXT,
    "invoice_settings": members({"default_payment_method": TEXT, "footer": TEXT}),
    "metadata": METADATA,
    "name": TEXT,
    "phone": TEXT,
    "preferred_locales": many(WORD),
    "shipping": SHIPPING,
    "tax_exempt": one_of("none", "exempt", "reverse"),
}


def _prepared(params: Params) -> Params:
    """The parameters as members of the object."""
    fields = {name: params[name] for name in params.keys() & _DETAILS.keys() - {"invoice_settings", "metadata"}}
    if "address" in fields:
        fields["address"] = address(fields["address"])
    if "shipping" in fields:
        fields["shipping"] = shipping(fields["shipping"])
    return fields


def _invoice_settings(work: Work, customer: Object, params: Params) -> Object:
    given: Object = params.get("invoice_settings") or {}
    method = given.get("default_payment_method")
    if method:
        given = {**given, "default_payment_method": payment_methods.owned(work, method, customer["id"])["id"]}
    return {**customer["invoice_settings"], **given}


def create(work: Work, params: Params) -> Object:
    """Make a customer, with a card if one is given."""
    fields: dict[str, Any] = {
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "discount": None,
        "email": None,
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
        **_prepared(params),
        "metadata": merged({}, params.get("metadata")),
        "invoice_settings": {
            "custom_fields": None,
            "default_payment_method": None,
            "footer": None,
            "rendering_options": None,
        },
    }
    customer = work.add("cus", "customer", **fields)
    customer = work.change(customer, invoice_prefix=customer["id"][-8:].upper())
    if params.get("payment_method"):
        method = payment_methods.resolve(work, params["payment_method"], "payment_method")
        payment_methods.attach_to(work, method, customer["id"])
    customer = work.change(customer, invoice_settings=_invoice_settings(work, customer, params))
    work.tell("customer.created", customer)
    return customer


def update(work: Work, params: Params, identifier: str) -> Object:
    """Change a customer."""
    customer = work.get("customer", identifier)
    return work.change(
        customer,
        "customer.updated",
        **_prepared(params),
        metadata=merged(customer["metadata"], params.get("metadata")),
        invoice_settings=_invoice_settings(work, customer, params),
    )


def delete(work: Work, _: Params, identifier: str) -> Object:
    """Delete a customer: the subscriptions end first; the id stays known as deleted."""
    customer = work.get("customer", identifier)
    for subscription in work.all("subscription", "customer", identifier):
        if subscription["status"] not in subscriptions.ENDED:
            subscriptions.cancel(work, subscription)
    for method in work.all("payment_method", "customer", identifier):
        work.change(method, customer=None, _spent=True)
    work.tell("customer.deleted", customer)
    gone = {"id": identifier, "object": "customer", "deleted": True, "created": customer["created"]}
    return work.world.store.put(gone)


def find(work: Work, _: Params, identifier: str) -> Object:
    """Answer a customer; of a deleted one, that it was."""
    stored = work.world.store.objects.get(identifier, {})
    if stored.get("object") == "customer" and stored.get("deleted"):
        return stored
    return work.get("customer", identifier)


def _list(work: Work, params: Params) -> Object:
    index = ("email", params["email"]) if params.get("email") else ("", None)
    return page(work, params, "customer", index)


def _methods(work: Work, params: Params, identifier: str) -> Object:
    work.get("customer", identifier)
    return page(work, params, "payment_method", ("customer", identifier))


def _method(work: Work, _: Params, identifier: str, method: str) -> Object:
    work.get("customer", identifier)
    found = work.get("payment_method", method)
    if found["customer"] != identifier:
        raise missing("payment_method", method)
    return found


OPERATIONS = (
    Operation("POST", "/customers", create, {**_DETAILS, "payment_method": TEXT}),
    listing("/customers", _list, {"email": TEXT, "created": TIMES}),
    Operation("GET", "/customers/{}", find),
    Operation("POST", "/customers/{}", update, _DETAILS),
    Operation("DELETE", "/customers/{}", delete, expands=False),
    listing("/customers/{}/payment_methods", _methods, {"type": one_of("card")}),
    Operation("GET", "/customers/{}/payment_methods/{}", _method),
)
