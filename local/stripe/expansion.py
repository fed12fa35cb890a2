"""`expand`: ids replaced by their objects, and members that are shown only when they are asked for."""

from collections.abc import Callable
from typing import Any

from local.stripe.errors import Object, invalid
from local.stripe.invoice_payments import intent_of, payment
from local.stripe.operations import as_list
from local.stripe.work import Work, shown

DEEPEST = 4
_NEVER = {"id", "metadata"}  # may hold ids, and mean nothing by it


def _payments(work: Work, invoice: Object) -> Object:
    found = [shown(one) for one in work.all("invoice_payment", "invoice", invoice["id"])]
    return as_list(found, f"/v1/invoice_payments?invoice={invoice['id']}")


def _confirmation_secret(work: Work, invoice: Object) -> Object | None:
    if payment(work, invoice) is None:
        return None
    return {"client_secret": intent_of(work, invoice)["client_secret"], "type": "payment_intent"}


def _subscriptions(work: Work, customer: Object) -> Object:
    found = work.all("subscription", "customer", customer["id"])
    current = [shown(one) for one in found if one["status"] != "canceled"]
    return as_list(current, f"/v1/customers/{customer['id']}/subscriptions")


_ON_REQUEST: dict[tuple[str, str], Callable[[Work, Object], Any]] = {
    ("invoice", "payments"): _payments,
    ("invoice", "confirmation_secret"): _confirmation_secret,
    ("customer", "subscriptions"): _subscriptions,
    ("charge", "refunds"): lambda _, charge: as_list([], f"/v1/charges/{charge['id']}/refunds"),
}


def expanded(work: Work, answer: Object, paths: list[str]) -> Object:
    """Return the answer with these paths expanded; in lists they begin with `data.`.

    Raises:
        StripeError: a path is too deep, or leads to nothing that can be expanded.
    """
    for path in paths:
        steps = path.split(".")
        if len([step for step in steps if step != "data"]) > DEEPEST:
            raise invalid(f"You cannot expand more than {DEEPEST} levels of a property ({path})", "expand")
        answer = _step(work, answer, steps, path)
    return answer


def _step(work: Work, value: Any, steps: list[str], path: str) -> Any:
    """Expand along one path; what is copied is only what changes."""
    if isinstance(value, str) and value in work.world.store.objects:
        value = shown(work.world.store.objects[value])
    if value is None or not steps:
        if value is None or isinstance(value, dict | list):
            return value
    elif isinstance(value, list):
        return [_step(work, one, steps, path) for one in value]
    elif isinstance(value, dict):
        name = steps[0]
        on_request = _ON_REQUEST.get((value.get("object", ""), name))
        if name not in value and on_request:
            value = {**value, name: on_request(work, work.get(value["object"], value["id"]))}
        if name in value and name not in _NEVER:
            return {**value, name: _step(work, value[name], steps[1:], path)}
    raise invalid(f"This property cannot be expanded ({path}).", "expand")
