"""How a subscription stands: the states it goes through, and how it follows its invoices.

incomplete -> active | incomplete_expired        trialing -> active | past_due | paused | canceled
active <-> past_due -> canceled                  what has ended stays as it is
"""

from typing import Any

from local.stripe.clock import DAY, HOUR
from local.stripe.errors import Object
from local.stripe.invoice_payments import call_off
from local.stripe.work import Work

ENDED = {"canceled", "incomplete_expired"}
INCOMPLETE_HOURS = 23
TRIAL_NOTICE_DAYS = 3
UPDATED = "customer.subscription.updated"


def next_due(subscription: Object, now: int) -> int | None:
    """Return when time will do something to it next (Unix time), None if never; in a short trial, now."""
    status = subscription["status"]
    if status in ENDED or status == "paused":
        return None
    if status == "incomplete":
        return subscription["created"] + INCOMPLETE_HOURS * HOUR
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    waits = subscription["pending_update"]
    moments = [min(ends), *filter(None, [subscription["cancel_at"], waits and waits["expires_at"]])]
    if status == "trialing" and not subscription["_warned"]:
        moments.append(max(now, subscription["trial_end"] - TRIAL_NOTICE_DAYS * DAY))
    return min(moments)


def change(work: Work, subscription: Object, event: str | None = UPDATED, **fields: Any) -> Object:
    """Change a subscription, tell, and plan when time comes back to it."""
    current = {**work.world.store.objects[subscription["id"]], **fields}
    return work.change(subscription, event, **fields, _due=next_due(current, work.now))


def after_payment(work: Work, invoice: Object, intent: Object | None) -> None:
    """Let the subscription be active again if this was the invoice that it hangs on."""
    subscription = work.get("subscription", invoice["_subscription"])
    if subscription["status"] in ENDED or subscription["latest_invoice"] != invoice["id"]:
        return
    fields = _planned_by(subscription, invoice)
    if fields:
        work.tell("customer.subscription.pending_update_applied", {**subscription, **fields})
    if subscription["status"] in {"incomplete", "past_due"}:
        fields["status"] = "active"
    save = subscription["payment_settings"]["save_default_payment_method"] == "on_subscription"
    if intent and save:
        fields["default_payment_method"] = intent["payment_method"]
    change(work, subscription, **fields)


def after_failure(work: Work, invoice: Object, *, last: bool) -> None:
    """Let the subscription be past due, or end it after the last attempt; an incomplete one stays as it is."""
    subscription = work.get("subscription", invoice["_subscription"])
    if subscription["status"] in ENDED | {"incomplete"} or _planned_by(subscription, invoice):
        return
    if last:
        end(work, subscription, reason="payment_failed")
    elif subscription["latest_invoice"] == invoice["id"]:
        change(work, subscription, status="past_due")


def after_void(work: Work, invoice: Object) -> None:
    """Drop the update that would have come with this invoice."""
    subscription = work.get("subscription", invoice["_subscription"])
    if _planned_by(subscription, invoice):
        change(work, subscription, pending_update=None, _planned=None)


def drop_update(work: Work, subscription: Object) -> Object:
    """Drop the update that is kept back, and what was billed for it."""
    invoice = work.get("invoice", subscription["_planned"]["invoice"])
    if invoice["status"] == "open":
        call_off(work, invoice)
    dropped = change(work, subscription, pending_update=None, _planned=None)
    work.tell("customer.subscription.pending_update_expired", dropped)
    return dropped


def waits_for(work: Work, invoice: Object) -> bool:
    """Whether an update is kept back until this invoice is paid."""
    return bool(_planned_by(work.get("subscription", invoice["_subscription"]), invoice))


def _planned_by(subscription: Object, invoice: Object) -> dict[str, Any]:
    """What becomes of the subscription when this invoice is paid; nothing when no update waits for it."""
    planned = subscription["_planned"]
    if not planned or planned["invoice"] != invoice["id"]:
        return {}
    return {**planned["fields"], "pending_update": None, "_planned": None}


def end(work: Work, subscription: Object, *, reason: str = "cancellation_requested") -> Object:
    """End a subscription now; nothing more is charged for it, and what was to be paid for an update cannot be paid."""
    if subscription["_planned"]:
        subscription = drop_update(work, subscription)
    details = {**subscription["cancellation_details"], "reason": reason}
    canceled_at = subscription["canceled_at"] or work.now
    fields = {"ended_at": work.now, "canceled_at": canceled_at, "cancellation_details": details}
    ended = change(work, subscription, None, status="canceled", **fields)
    for invoice in work.all("invoice", "_subscription", subscription["id"]):
        if invoice["status"] == "open":
            work.change(invoice, auto_advance=False, next_payment_attempt=None, _due=None)
    work.tell("customer.subscription.deleted", ended)
    return ended
