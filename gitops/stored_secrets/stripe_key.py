"""Stripe's API key before anybody stores it: does it look like one of the environment, and does Stripe know it?

No message holds a key, nor what Stripe says of one, which repeats its end.
"""

import re

STRIPE_API = "https://api.stripe.com"
MODES = {"dev": "test", "prod": "live"}
"""Environment -> the mode of its keys."""
_KEY = re.compile(r"[sr]k_(test|live)_[A-Za-z0-9_]{16,247}")
_NO_TEXT = re.compile(r"[^!-~]")  # what is printable and no space is text here
_ANSWERS_WITHIN = 20  # seconds
_OTHERS = {
    "pk_": "that is a publishable key, which is for the browser: it goes into priceguard:stripePublishableKey",
    "whsec_": "that is the signing secret of a webhook endpoint, which the program itself takes from Stripe",
}


class StripeKeyError(Exception):
    """The key is not to be stored; the message says why and what to do, without the key."""


def check_form(key: str, environment: str) -> None:
    """Refuse what cannot be the API key of an environment.

    Raises:
        StripeKeyError: it is empty, holds anything but text, is another kind of key, or one of the other mode.
    """
    wanted = MODES[environment]
    expected = f"{environment} takes sk_{wanted}_... or rk_{wanted}_..., copied whole"
    if not key.strip():
        raise StripeKeyError(f"there is no key; {expected}")
    if _NO_TEXT.search(key):
        raise StripeKeyError(f"a space, a line end or another sign that no key has is in it; {expected}")
    for prefix, words in _OTHERS.items():
        if key.startswith(prefix):
            raise StripeKeyError(f"{words}; {expected}")
    found = _KEY.fullmatch(key)
    if not found:
        raise StripeKeyError(f"that is no API key of Stripe's, or not all of it; {expected}")
    if found[1] != wanted:
        raise StripeKeyError(f"that is a key of {found[1]} mode; {expected}")


def check_with_stripe(key: str, url: str = STRIPE_API) -> None:
    """Ask Stripe whether it knows the key; whatever it answers but 401 means yes, also that the key may not see this.

    Args:
        key: of either mode, secret or restricted.
        url: where Stripe is.

    Raises:
        StripeKeyError: Stripe does not know the key, or cannot be asked.
    """
    import stripe  # noqa: PLC0415 - a third of a second, which other commands need not wait for

    http = stripe.RequestsClient(timeout=_ANSWERS_WITHIN)
    client = stripe.StripeClient(key, base_addresses={"api": url}, http_client=http, max_network_retries=1)
    try:
        client.v1.balance.retrieve()
    except stripe.AuthenticationError:
        raise StripeKeyError("Stripe does not know this key, or it has expired or was revoked; copy it again") from None
    except (stripe.PermissionError, stripe.InvalidRequestError):
        return
    except stripe.StripeError as error:
        kind = f"{type(error).__name__}, status {error.http_status}"
        raise StripeKeyError(f"Stripe cannot be asked ({kind}); try again, or with --no-check do not ask") from None
