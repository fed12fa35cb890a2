"""Subscriptions: made, looked at and canceled; `subscription_changes` has their updates."""

from typing import Any

from local.stripe import invoices, standing, subscription_items
from local.stripe.clock import DAY
from local.stripe.details import merged
from local.stripe.errors import Object, invalid
from local.stripe.invoice_lines import full_period
from local.stripe.operations import Operation, Params, listing, page, retrieve
from local.stripe.parameters import BOOLEAN, INTEGER, METADATA, TEXT, TIMES, either, members, one_of
from local.stripe.payment_methods import owned
from local.stripe.standing import ENDED, end
from local.stripe.subscription_fields import EMPTY
from local.stripe.work import Work, new_id

_STATUSES = ("incomplete", "incomplete_expired", "trialing", "active", "past_due", "paused", "canceled", "unpaid")
_CANCELLATION = members(
    {
        "comment": TEXT,
        "feedback": one_of(
            "customer_service", "low_quality", "missing_features", "other", "switched_service", "too_complex",
            "too_expensive", "unused",
        ),
    }
)  # fmt: skip
SHARED = {
    "cancel_at": either("", either("min_period_end", INTEGER)),
    "cancel_at_period_end": BOOLEAN,
    "collection_method": one_of("charge_automatically"),
    "default_payment_method": TEXT,
    "description": TEXT,
    "metadata": METADATA,
    "off_session": BOOLEAN,
    "payment_behavior": one_of("allow_incomplete", "default_incomplete", "error_if_incomplete"),
    "payment_settings": members({"save_default_payment_method": one_of("off", "on_subscription")}),
    "proration_behavior": one_of("create_prorations", "always_invoice", "none"),
    "trial_end": either("now", INTEGER),
    "trial_settings": members(
        {"end_behavior": members({"missing_payment_method": one_of("create_invoice", "cancel", "pause")})}
    ),
}
_CREATE = {
    **SHARED,
    "billing_mode": members({"type": one_of("flexible", "classic")}),
    "currency": TEXT,
    "customer": TEXT,
    "items": subscription_items.NEW_ITEMS,
    "trial_period_days": INTEGER,
}


def trial_until(work: Work, params: Params) -> int | None:
    """Say when the trial ends that the parameters ask for (Unix time); None without one."""
    ends: int | str | None = params.get("trial_end")
    if params.get("trial_period_days"):
        ends = work.now + params["trial_period_days"] * DAY
    if ends is None or ends == "now":
        return None
    if not isinstance(ends, int) or ends <= work.now:
        raise invalid("trial_end is a Unix time in the future, or `now`", "trial_end")
    return ends


def cancel_fields(work: Work, params: Params, items: list[Object], subscription: Object | None = None) -> Params:
    """Say what cancelling at a time to come, or its undo, changes."""
    ends = min(item["current_period_end"] for item in items)
    if params.get("cancel_at") == "":
        asked, at_end, at = False, False, None
    elif "cancel_at" in params:
        at = ends if params["cancel_at"] == "min_period_end" else params["cancel_at"]
        if at <= work.now:
            raise invalid("cancel_at is a Unix time in the future", "cancel_at")
        asked, at_end = True, False
    elif "cancel_at_period_end" in params:
        at_end = asked = params["cancel_at_period_end"]
        at = ends if at_end else None
    elif subscription and subscription["cancel_at_period_end"]:
        return {"cancel_at": ends}
    else:
        return {}
    details = (subscription or EMPTY)["cancellation_details"]
    before = (subscription or EMPTY)["canceled_at"]
    return {
        "cancel_at": at,
        "cancel_at_period_end": at_end,
        "canceled_at": (before or work.now) if asked else None,
        "cancellation_details": {**details, "reason": "cancellation_requested" if asked else None},
    }


def plain_fields(work: Work, params: Params, subscription: Object) -> Params:
    """Say what the parameters change that need no thought about money."""
    fields = {name: params[name] for name in ("description",) if name in params}
    if "default_payment_method" in params:
        method = params["default_payment_method"]
        fields["default_payment_method"] = owned(work, method, subscription["customer"])["id"] if method else None
    for name in ("payment_settings", "trial_settings"):
        fields[name] = {**subscription[name], **(params.get(name) or {})}
    return {**fields, "metadata": merged(subscription["metadata"], params.get("metadata"))}


def _create(work: Work, params: Params) -> Object:
    customer = work.named("customer", params["customer"], "customer")
    identifier, trial = new_id("sub"), trial_until(work, params)
    items = subscription_items.make(work, identifier, params["items"])
    anchor = trial or work.now
    items = subscription_items.in_period(items, work.now, anchor=anchor, until=trial)
    base = {**EMPTY, "customer": customer["id"]}
    fields: dict[str, Any] = {
        **base,
        **plain_fields(work, params, base),
        **cancel_fields(work, params, items),
        "billing_cycle_anchor": anchor,
        "billing_mode": _billing_mode(params),
        "currency": items[0]["price"]["currency"],
        "items": subscription_items.as_list(identifier, items),
        "latest_invoice": new_id("in"),
        "start_date": work.now,
        "status": "trialing" if trial else "incomplete",
        "trial_end": trial,
        "trial_start": work.now if trial else None,
    }
    subscription = work.add("sub", "subscription", id=identifier, **fields)
    subscription = standing.change(work, subscription, None)
    work.tell("customer.subscription.created", subscription)
    period = (work.now, items[0]["current_period_end"])
    lines = [full_period(item, period, free=bool(trial)) for item in items]
    invoice = invoices.make(work, subscription, "subscription_create", lines)
    if invoice["status"] == "open":
        _first_payment(work, invoice, params.get("payment_behavior", "allow_incomplete"))
    return work.get("subscription", identifier)


def _billing_mode(params: Params) -> Object:
    kind = (params.get("billing_mode") or {}).get("type", "flexible")
    return {"type": kind, "flexible": {"proration_discounts": "included"} if kind == "flexible" else None}


def _first_payment(work: Work, invoice: Object, behavior: str) -> None:
    if behavior == "default_incomplete":
        return  # the page confirms the payment
    if invoices.method_of(work, invoice) is None:
        raise invoices.no_method()
    intent = invoices.collect(work, invoice)
    if behavior == "error_if_incomplete":
        invoices.require_success(intent, keep=False)


def _cancel(work: Work, params: Params, identifier: str) -> Object:
    subscription = work.get("subscription", identifier)
    if subscription["status"] in ENDED:
        return work.get("subscription", f"{identifier} (it has ended already)")
    details = {**subscription["cancellation_details"], **(params.get("cancellation_details") or {})}
    return cancel(work, work.change(subscription, cancellation_details=details))


def cancel(work: Work, subscription: Object) -> Object:
    """End a subscription now; what an incomplete one has billed is taken back."""
    if subscription["status"] == "incomplete":
        invoices.void(work, work.get("invoice", subscription["latest_invoice"]))
    return end(work, subscription)


def _list(work: Work, params: Params) -> Object:
    status = params.get("status")

    def wanted(subscription: Object) -> bool:
        if status == "all":
            return True
        if status == "ended":
            return subscription["status"] in ENDED
        return subscription["status"] == status if status else subscription["status"] != "canceled"

    def priced(subscription: Object) -> bool:
        prices = {item["price"]["id"] for item in subscription["items"]["data"]}
        return wanted(subscription) and params.get("price", None) in {None, *prices}

    index = ("customer", params["customer"]) if params.get("customer") else ("", None)
    return page(work, params, "subscription", index, priced)


OPERATIONS = (
    Operation("POST", "/subscriptions", _create, _CREATE, ("customer", "items")),
    listing(
        "/subscriptions",
        _list,
        {"customer": TEXT, "created": TIMES, "price": TEXT, "status": one_of("all", "ended", *_STATUSES)},
    ),
    Operation("GET", "/subscriptions/{}", retrieve("subscription")),
    Operation("DELETE", "/subscriptions/{}", _cancel, {"cancellation_details": _CANCELLATION}),
)
