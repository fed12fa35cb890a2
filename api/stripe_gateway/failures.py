"""Everything that can go wrong when Stripe is asked, in the words of `api.errors`."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from typing import Final

import stripe
import structlog

from api.errors import (
    ApiError,
    CardDeclinedError,
    ChangeInProgressError,
    PaymentProviderError,
    PaymentProviderRefusalError,
    PaymentProviderUnavailableError,
)

SECONDS: Final = 12.0  # for one thing that is asked, all its calls and repetitions together

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


@contextlib.asynccontextmanager
async def asking() -> AsyncGenerator[None]:
    """Ask Stripe inside; what it does not answer as it should within twelve seconds comes out as an ApiError."""
    try:
        async with asyncio.timeout(SECONDS):
            yield
    except stripe.CardError as error:
        raise CardDeclinedError(error.user_message or "The card was declined. Try another one.") from error
    except (TimeoutError, stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise PaymentProviderUnavailableError(
            "The payment provider does not answer at this moment. Nothing is lost: try again shortly."
        ) from error
    except (stripe.AuthenticationError, stripe.PermissionError) as error:
        _logger.error("stripe_key_refused", reason=str(error.code))  # noqa: TRY400 - the text may name the key
        raise PaymentProviderUnavailableError("The payment provider cannot be asked at this moment.") from error
    except stripe.StripeError as error:
        raise _refusal(error) from error
    except (KeyError, TypeError, ValueError, AttributeError, AssertionError) as error:
        raise PaymentProviderError("The payment provider's answer cannot be understood.") from error


def _refusal(error: stripe.StripeError) -> ApiError:
    status = error.http_status or 0
    if status == 409:  # a request with the same idempotency key is under way
        return ChangeInProgressError("The same change is under way already. Try again in a few seconds.")
    if status >= 500:
        text = "The payment provider has a problem at this moment. Nothing is lost: try again shortly."
        return PaymentProviderUnavailableError(text)
    if status >= 400:
        return PaymentProviderRefusalError("The payment provider refused what should have worked.")
    return PaymentProviderError("The payment provider's answer cannot be understood.")


def is_missing(error: stripe.InvalidRequestError) -> bool:
    """Whether Stripe says that there is no such object."""
    return error.code == "resource_missing"
