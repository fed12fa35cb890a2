"""Webhooks: whether Stripe sent them, and what they say.

`stripe.Webhook.construct_event` does the same at fifty times the cost, most of it for objects that nobody reads.
"""

import contextlib
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec
import stripe

from api.errors import BadSignatureError, MalformedBodyError
from api.payments import PaymentEvent
from api.stripe_gateway import shapes

_OLDEST: Final = 300  # seconds, Stripe's own tolerance; verify_header checks no age unless it is told one


def verified_event(body: bytes, signature: str | None, secrets: Sequence[str]) -> PaymentEvent:
    """What a webhook says, once one of `secrets` proves that Stripe says it.

    Raises BadSignatureError, or MalformedBodyError when Stripe says something that is no event.
    """
    for secret in secrets:
        # TypeError and UnicodeDecodeError: characters in header or body that nothing signed can hold.
        with contextlib.suppress(stripe.SignatureVerificationError, UnicodeDecodeError, TypeError):
            stripe.WebhookSignature.verify_header(body, signature, secret, _OLDEST)
            return _event(body)
    raise BadSignatureError("The signature is missing, wrong or older than five minutes.")


def _event(body: bytes) -> PaymentEvent:
    try:
        payload = msgspec.json.decode(body, type=dict[str, Any])
        return PaymentEvent(
            id=str(payload["id"]),
            type=str(payload["type"]),
            created=datetime.fromtimestamp(payload["created"], UTC),
            live=bool(payload["livemode"]),
            api_version=payload.get("api_version"),
            customer_id=shapes.event_customer(payload),
            environment=shapes.event_environment(payload),
        )
    except (ValueError, TypeError, KeyError, OverflowError):
        raise MalformedBodyError("The body is not an event of Stripe's.") from None
