"""Billing periods: calendar arithmetic in UTC, anchored so that the 31st comes back after a short month."""

import calendar
from datetime import UTC, datetime, timedelta

from local.stripe.errors import Object

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}


def end_of_period(anchor: int, start: int, recurring: Object) -> int:
    """Return the first moment after `start` at which a period that is counted from `anchor` ends.

    Args:
        anchor: Unix time of the billing cycle's anchor.
        start: Unix time.
        recurring: `interval` and `interval_count` of the price.
    """
    interval, count = recurring["interval"], recurring["interval_count"]
    if interval in _DAYS:
        length = _DAYS[interval] * count * int(timedelta(days=1).total_seconds())
        return anchor + ((start - anchor) // length + 1) * length
    months = _MONTHS[interval] * count
    first, then = datetime.fromtimestamp(anchor, UTC), datetime.fromtimestamp(start, UTC)
    passed = (then.year - first.year) * 12 + then.month - first.month
    step = passed // months
    while (end := _later(first, step * months)) <= start:
        step += 1
    return end


def _later(first: datetime, months: int) -> int:
    years, month = divmod(first.month - 1 + months, 12)
    year = first.year + years
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return int(first.replace(year=year, month=month + 1, day=day).timestamp())
