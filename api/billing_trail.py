"""The trail of an account's billing as an operator reads it: why something changed, and nothing but what changed."""

from collections.abc import Mapping
from typing import Any

from api.models.billing import BillingChange


def told(change: BillingChange) -> dict[str, Any]:
    """An entry: `at`, `cause`, the ids of the webhook `events` that were the cause, and `before` and `after`.

    The trail keeps whole subscriptions and cards; here they have only the members in which both sides differ.
    """
    cause, *events = change.cause.split(" ")
    before, after = _apart(change.before, change.after)
    return {"at": change.at.isoformat(), "cause": cause, "events": events, "before": before, "after": after}


def _apart(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    before: dict[str, Any] = {}
    after: dict[str, Any] = {}
    for name in sorted(old.keys() | new.keys()):
        was, now = old.get(name), new.get(name)
        if isinstance(was, dict) and isinstance(now, dict):
            was, now = _apart(was, now)  # pyright: ignore[reportUnknownArgumentType]
        if was != now:
            before[name], after[name] = was, now
    return before, after
