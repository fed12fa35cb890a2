"""Updates that wait for their payment (`payment_behavior=pending_if_incomplete`): until then the old terms hold.

The invoice of the difference decides: paid, the update is applied; voided or not paid within 23 hours, it is dropped,
and so it is when the period or the subscription ends before that.
"""

from typing import Any

from local.stripe import invoices, standing
from local.stripe.clock import HOUR
from local.stripe.errors import Object, invalid
from local.stripe.work import Work, new_id

HOURS = 23
_ALLOWED = {"items", "proration_behavior", "payment_behavior", "trial_end", "billing_cycle_anchor", "expand"}


def hold(
    work: Work, subscription: Object, params: dict[str, Any], fields: dict[str, Any], lines: list[Object]
) -> Object:
    """Bill the difference at once, and keep the update back until that is paid; it replaces one that waits already.

    Raises:
        StripeError: the update holds what cannot wait, or nobody said what to charge.
    """
    if unfit := sorted(params.keys() - _ALLOWED):
        raise invalid(f"A pending update cannot hold {', '.join(unfit)}: update it without pending_if_incomplete.")
    if replaced := subscription["_planned"]:
        invoices.void(work, work.get("invoice", replaced["invoice"]))
        subscription = work.get("subscription", subscription["id"])
    identifier, lines = new_id("in"), subscription["_pending"] + lines
    planned = {"invoice": identifier, "fields": fields}
    billed = standing.change(work, subscription, None, latest_invoice=identifier, _pending=[], _planned=planned)
    invoice = invoices.make(work, billed, "subscription_update", lines)
    if invoice["status"] == "open":
        if invoices.method_of(work, invoice) is None:
            raise invoices.no_method()
        standing.change(work, billed, pending_update=_shown(work, billed, fields))
        invoices.collect(work, invoice)
    return work.get("subscription", subscription["id"])


def _shown(work: Work, subscription: Object, fields: dict[str, Any]) -> Object:
    ends = [item["current_period_end"] for item in subscription["items"]["data"]]
    return {
        "billing_cycle_anchor": fields.get("billing_cycle_anchor"),
        "expires_at": min(work.now + HOURS * HOUR, *ends),
        "subscription_items": fields["items"]["data"],
        "trial_end": fields.get("trial_end"),
        "trial_from_plan": None,
    }


def expire(work: Work, subscription: Object) -> str:
    """Drop an update that nobody has paid for."""
    standing.drop_update(work, subscription)
    return "pending update expired"
