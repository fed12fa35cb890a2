"""What time does: periods end, trials end, failed payments are tried again, what was never paid expires."""

from itertools import chain

from local.stripe import invoices, pending_updates, standing, subscription_items
from local.stripe.errors import Object
from local.stripe.invoice_lines import full_period
from local.stripe.standing import TRIAL_NOTICE_DAYS, end
from local.stripe.work import Work, World, new_id


def next_due(world: World, customer: str | None = None) -> int | None:
    """Say when the next thing happens by itself, to anybody or to one customer; None when nothing will."""
    if customer is None:
        next_ = world.store.next_due()
        return next_[0] if next_ else None
    own = chain.from_iterable(world.store.newest(kind, "customer", customer) for kind in _ACTIONS)
    return min((stored["_due"] for stored in own if stored.get("_due") is not None), default=None)


def catch_up(world: World, until: int) -> list[Object]:
    """Do everything that has fallen due, in order of time, each at its own moment.

    Args:
        world: its clock stands at `until` or will be moved there by the caller.
        until: Unix time.

    Returns:
        what was done: `at`, `id`, `what`.
    """
    done: list[Object] = []
    while (next_ := world.store.next_due()) and next_[0] <= until:
        moment, stored = next_
        with world.clock.at(moment):
            try:
                what = _ACTIONS[stored["object"]](Work(world), stored)
            except BaseException:
                world.undo()
                raise
            world.commit()
        done.append({"at": moment, "id": stored["id"], "what": what})
    return done


def _invoice(work: Work, invoice: Object) -> str:
    work.change(invoice, _due=None)
    invoices.collect(work, invoice)
    return "payment tried again"


def _subscription(work: Work, subscription: Object) -> str:
    if subscription["status"] == "incomplete":
        return _expire(work, subscription)
    waits = subscription["pending_update"]
    if waits and waits["expires_at"] <= work.now:
        return pending_updates.expire(work, subscription)
    if subscription["cancel_at"] is not None and subscription["cancel_at"] <= work.now:
        end(work, subscription)
        return "subscription ended as asked"
    if subscription["status"] == "trialing":
        return _trial(work, subscription)
    return _renew(work, subscription, "subscription renewed")


def _expire(work: Work, subscription: Object) -> str:
    invoices.void(work, work.get("invoice", subscription["latest_invoice"]))
    standing.change(work, subscription, status="incomplete_expired", ended_at=work.now)
    return "incomplete subscription expired"


def _trial(work: Work, subscription: Object) -> str:
    if work.now < subscription["trial_end"]:
        warned = standing.change(work, subscription, None, _warned=True)
        work.tell("customer.subscription.trial_will_end", warned)
        return f"trial ends within {TRIAL_NOTICE_DAYS} days"
    without = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if without != "create_invoice" and not _has_method(work, subscription):
        if without == "cancel":
            end(work, subscription, reason="payment_failed")
            return "trial ended without a payment method: canceled"
        paused = standing.change(work, subscription, status="paused")
        work.tell("customer.subscription.paused", paused)
        return "trial ended without a payment method: paused"
    return _renew(work, subscription, "trial ended")


def _has_method(work: Work, subscription: Object) -> bool:
    customer = work.get("customer", subscription["customer"])
    return bool(subscription["default_payment_method"] or customer["invoice_settings"]["default_payment_method"])


def _renew(work: Work, subscription: Object, what: str) -> str:
    anchor = subscription["billing_cycle_anchor"]
    items = subscription_items.in_period(subscription["items"]["data"], work.now, anchor=anchor)
    lines = [full_period(item, (work.now, item["current_period_end"])) for item in items]
    renewed = standing.change(
        work,
        subscription,
        status="active" if subscription["status"] == "trialing" else subscription["status"],
        items=subscription_items.as_list(subscription["id"], items),
        latest_invoice=new_id("in"),
        _pending=[],
    )
    invoice = invoices.make(work, renewed, "subscription_cycle", subscription["_pending"] + lines)
    if invoice["status"] == "open":
        invoices.collect(work, invoice)
    return what


_ACTIONS = {"invoice": _invoice, "subscription": _subscription}
