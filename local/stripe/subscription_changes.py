"""Updates of a subscription: another price, another end, and who pays the difference."""

from local.stripe import invoices, pending_updates, standing, subscription_items
from local.stripe.endive import BILLING_CYCLE_ANCHOR
from local.stripe.errors import Object, invalid
from local.stripe.invoice_lines import full_period, prorations
from local.stripe.operations import Operation, Params
from local.stripe.parameters import one_of
from local.stripe.standing import ENDED
from local.stripe.subscriptions import SHARED, cancel_fields, plain_fields, trial_until
from local.stripe.work import Work, new_id

_UPDATE = {
    **SHARED,
    "billing_cycle_anchor": BILLING_CYCLE_ANCHOR,
    "items": subscription_items.CHANGED_ITEMS,
    "payment_behavior": one_of(
        "allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"
    ),
}


def _update(work: Work, params: Params, identifier: str) -> Object:
    subscription = work.get("subscription", identifier)
    if subscription["status"] in ENDED:
        if params.keys() - {"metadata", "expand"}:
            message = f"A canceled subscription can only update its metadata; this one is {subscription['status']}."
            raise invalid(message)
        return standing.change(work, subscription, **plain_fields(work, params, subscription))
    if subscription["status"] == "incomplete" and "items" in params:
        raise invalid(
            "An incomplete subscription cannot change its items: pay its first invoice, or cancel it.", "items"
        )
    before = subscription["items"]["data"]
    items = subscription_items.changed(work, subscription, params["items"]) if "items" in params else before
    anew = _starts_anew(subscription, before, items, params)
    fields = plain_fields(work, params, subscription)
    lines = _lines(work, subscription, before, items, anew=anew)
    if params.get("proration_behavior") == "none":
        lines = []
    if anew:
        trial = trial_until(work, params)
        anchor = trial or work.now
        items = subscription_items.in_period(items, work.now, anchor=anchor, until=trial)
        status = "trialing" if trial else "active" if subscription["status"] == "trialing" else subscription["status"]
        ends = {"trial_end": trial or (work.now if subscription["trial_end"] else None), "_warned": False}
        fields |= {"billing_cycle_anchor": anchor, "status": status, **ends}
        if trial and not subscription["trial_start"]:
            fields["trial_start"] = work.now
        lines += [full_period(item, (work.now, item["current_period_end"]), free=bool(trial)) for item in items]
    fields |= cancel_fields(work, params, items, subscription)
    fields["items"] = subscription_items.as_list(identifier, items)
    now = bool(lines) and (anew or params.get("proration_behavior") == "always_invoice")
    return _settle(work, subscription, fields, lines, params, now=now)


def _starts_anew(subscription: Object, before: list[Object], items: list[Object], params: Params) -> bool:
    """Whether a new period begins now: another interval, a trial set or ended, or because it was asked for."""
    intervals = [one[0]["price"]["recurring"] for one in (before, items)]
    differs = any(intervals[0][name] != intervals[1][name] for name in ("interval", "interval_count"))
    ends_trial = params.get("trial_end") == "now" and subscription["status"] != "trialing"
    other = differs and subscription["status"] != "trialing"
    return other or bool(params.get("billing_cycle_anchor")) or ("trial_end" in params and not ends_trial)


def _lines(work: Work, subscription: Object, before: list[Object], items: list[Object], *, anew: bool) -> list[Object]:
    if subscription["status"] == "trialing":
        return []  # nothing was paid for the time that is left
    if anew:
        return [line for line in prorations(before, [], work.now) if line["amount"]]
    return prorations(before, items, work.now)


def _settle(
    work: Work, subscription: Object, fields: Params, lines: list[Object], params: Params, *, now: bool
) -> Object:
    """Write the change, and bill it: at once, or with the next invoice."""
    behavior = params.get("payment_behavior", "allow_incomplete")
    if now and behavior == "pending_if_incomplete":
        return pending_updates.hold(work, subscription, params, fields, lines)
    if not now:
        return standing.change(work, subscription, **fields, _pending=subscription["_pending"] + lines)
    lines = subscription["_pending"] + lines
    fields = {**fields, "_pending": [], "latest_invoice": new_id("in")}
    changed = standing.change(work, subscription, **fields)
    invoice = invoices.make(work, changed, "subscription_update", lines)
    if invoice["status"] == "open" and behavior == "default_incomplete":
        standing.change(work, changed, status="past_due")  # until the page has confirmed the payment
    elif invoice["status"] == "open":
        if invoices.method_of(work, invoice) is None:
            raise invoices.no_method()
        intent = invoices.collect(work, invoice)
        if behavior == "error_if_incomplete":
            invoices.require_success(intent, keep=False)
    return work.get("subscription", subscription["id"])


OPERATIONS = (Operation("POST", "/subscriptions/{}", _update, _UPDATE),)
