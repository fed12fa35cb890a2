"""The Stripe SDK against the stand-in."""

from functools import cache
from typing import Any

import stripe

from local.loopback import direct_session
from local.providers.errors import Refusal

_SECONDS = 10


def ask(url: str, key: str, service: str, operation: str, *arguments: Any) -> dict[str, Any]:
    """Carry out an operation, both spelt as the SDK spells them, and return its answer.

    Raises:
        Refusal: naming Stripe's parameter, and with Stripe's code.
    """
    name = f"{service}.{operation}"
    try:
        return getattr(getattr(_client(url, key).v1, service), operation)(*arguments).to_dict()
    except stripe.APIConnectionError as error:
        raise Refusal(f"{name} was not answered: {error}") from None
    except stripe.StripeError as error:
        parameter = error.error.param if error.error else None
        raise Refusal(f"{name} was refused: {error}", parameter or "", error.code or "") from None


@cache
def _client(url: str, key: str) -> stripe.StripeClient:
    transport = stripe.RequestsClient(timeout=_SECONDS, session=direct_session())
    return stripe.StripeClient(key, base_addresses={"api": url}, http_client=transport, max_network_retries=0)
