"""Webhooks: what becomes of an event of the payment provider.

Receiving one is a single statement: it puts the event into the inbox, once, whatever is delivered how often, and then
the event is acknowledged. Its effect follows in `api/webhook_worker.py`: an event is a hint that something about its
customer changed, and what is true now is read from the provider. So neither order nor repetition nor age matters.
"""

from typing import Final

import structlog

from api.db import Database
from api.errors import WrongModeError
from api.models.webhook_event import insert_event
from api.payments import PaymentEvent

# The events that lead to a synchronisation; the webhook endpoints of the Pulumi program subscribe to exactly these.
EVENT_TYPES: Final = (
    "customer.deleted",
    "customer.updated",
    "customer.subscription.created",
    "customer.subscription.deleted",
    "customer.subscription.paused",
    "customer.subscription.resumed",
    "customer.subscription.updated",
    "invoice.marked_uncollectible",
    "invoice.paid",
    "invoice.payment_action_required",
    "invoice.payment_failed",
    "invoice.payment_succeeded",
    "invoice.voided",
    "payment_method.attached",
    "payment_method.automatically_updated",
    "payment_method.detached",
    "payment_method.updated",
)

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


async def receive(database: Database, event: PaymentEvent, *, environment: str, live: bool, version: str) -> bool:
    """Store an event for good; whether it is new and has work left to do.

    Args:
        database: where the inbox is.
        event: a verified event.
        environment: the one that we are; what another one stamped is not our business.
        live: whether we take real money.
        version: API version that our endpoints have.

    Raises:
        WrongModeError: the event is of the other mode.
        DatabaseUnavailableError: it is not stored, and must be delivered again.
    """
    if event.live != live:
        raise WrongModeError("This is an event of the other mode (test or live): correct the webhook endpoint.")
    if event.api_version != version:
        _logger.warning("webhook_version_differs", event_id=event.id, api_version=event.api_version, expected=version)
    ignored = _why_ignored(event, environment)
    async with database.connection() as connection:
        new = await insert_event(connection, event, ignored)
    _logger.info("webhook_received", event_id=event.id, type=event.type, new=new, ignored=ignored)
    return new and ignored is None


def _why_ignored(event: PaymentEvent, environment: str) -> str | None:
    """The reason why an event has no effect here; None when it has."""
    if event.environment not in {None, environment}:
        return "another environment made it"
    if event.type not in EVENT_TYPES:
        return "no subscription depends on this type"
    if event.customer_id is None:
        return "it names no customer"
    return None
