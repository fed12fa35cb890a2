"""Everything that the API refuses or cannot do, and how it says so.

    ApiError
    ├── RequestError                       4xx: the caller must change something
    │   ├── MalformedBodyError             400 malformed_body
    │   ├── BadSignatureError              400 bad_signature
    │   ├── WrongModeError                 400 wrong_mode
    │   ├── SessionRequiredError           401 session_required
    │   ├── InvalidCredentialsError        401 invalid_credentials
    │   ├── CardDeclinedError              402 card_declined
    │   ├── NotYourAccountError            403 not_your_account
    │   ├── PaymentMethodNotFoundError     404 payment_method_not_found
    │   ├── PriceNotFoundError             404 price_not_found
    │   ├── EmailTakenError                409 email_taken
    │   ├── CardRequiredError              409 card_required
    │   ├── AlreadySubscribedError         409 already_subscribed
    │   ├── NotSubscribedError             409 not_subscribed
    │   ├── InvoiceOpenError               409 invoice_open
    │   ├── UnsupportedMediaTypeError      415 unsupported_media_type
    │   ├── InvalidFieldsError             422 invalid_fields
    │   └── RateLimitedError               429 rate_limited, see Retry-After
    ├── PaymentProviderError               502 payment_provider_error: Stripe's answer cannot be used
    │   └── PaymentProviderRefusalError    502 payment_provider_error: it is a refusal, nothing was done
    └── UnavailableError                   503: the same request works later, see Retry-After
        ├── BusyError                      503 busy
        ├── ChangeInProgressError          503 change_in_progress
        ├── DatabaseUnavailableError       503 database_unavailable
        └── PaymentProviderUnavailableError  503 payment_provider_unavailable

Each becomes an `application/problem+json` document (RFC 9457): `type`, `title`, `status`, `detail`, `code`,
`request_id` and, where single fields are wrong, `fields` (name -> what is wrong). Programs decide by `code`,
which never changes; the texts may (`api/blueprints/problems.py`).
"""

from collections.abc import Mapping
from typing import ClassVar


class ApiError(Exception):
    """Raise the most specific kind with a `detail` that tells the caller what to do.

    `fields` maps the name of a wrong field to what is wrong with it. To handle several at once:

        try: ...
        except UnavailableError: ...  # worth another attempt
    """

    status: ClassVar[int]
    code: ClassVar[str]
    challenges: ClassVar[bool] = False  # RFC 9110, 15.5.2: a 401 names a scheme
    wait: ClassVar[int | None] = None  # seconds after which another attempt may succeed

    def __init__(self, detail: str, *, fields: Mapping[str, str] | None = None, wait: int | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields or {}
        self._wait = wait or self.wait

    @property
    def headers(self) -> dict[str, str]:
        """Headers of the answer: `Retry-After` in seconds, `WWW-Authenticate`."""
        retry_after = {"Retry-After": str(self._wait)} if self._wait else {}
        return {**retry_after, **({"WWW-Authenticate": "Bearer"} if self.challenges else {})}


class RequestError(ApiError):
    """The request is at fault; sending it again unchanged gives the same answer."""


class MalformedBodyError(RequestError):
    """The body is not JSON."""

    status = 400
    code = "malformed_body"


class BadSignatureError(RequestError):
    """A webhook that none of the endpoints' secrets signed, or too long ago."""

    status = 400
    code = "bad_signature"


class WrongModeError(RequestError):
    """A webhook of Stripe's test mode where money is real, or the other way round."""

    status = 400
    code = "wrong_mode"


class SessionRequiredError(RequestError):
    """No bearer token, or one that is unknown, expired or revoked."""

    status = 401
    code = "session_required"
    challenges = True


class InvalidCredentialsError(RequestError):
    """Unknown account or wrong password; deliberately the same."""

    status = 401
    code = "invalid_credentials"
    challenges = True


class CardDeclinedError(RequestError):
    """The bank said no; the detail is Stripe's text for the customer."""

    status = 402
    code = "card_declined"


class NotYourAccountError(RequestError):
    """The request names an e-mail address, and it is not the caller's own."""

    status = 403
    code = "not_your_account"


class PaymentMethodNotFoundError(RequestError):
    """No such payment method, or another customer's; deliberately the same."""

    status = 404
    code = "payment_method_not_found"


class PriceNotFoundError(RequestError):
    """The price is not one of those that can be subscribed to."""

    status = 404
    code = "price_not_found"


class EmailTakenError(RequestError):
    """An account with this e-mail address exists."""

    status = 409
    code = "email_taken"


class CardRequiredError(RequestError):
    """No card is saved yet."""

    status = 409
    code = "card_required"


class AlreadySubscribedError(RequestError):
    """There is a live subscription; an account has one at the most."""

    status = 409
    code = "already_subscribed"


class NotSubscribedError(RequestError):
    """There is no subscription that this could be done to."""

    status = 409
    code = "not_subscribed"


class InvoiceOpenError(RequestError):
    """An invoice is not paid; until it is, the plan cannot change."""

    status = 409
    code = "invoice_open"


class UnsupportedMediaTypeError(RequestError):
    """The body is not declared as application/json."""

    status = 415
    code = "unsupported_media_type"


class InvalidFieldsError(RequestError):
    """The JSON is well-formed, its content is not what the route takes."""

    status = 422
    code = "invalid_fields"


class RateLimitedError(RequestError):
    """Too many requests of this kind from this address or for this account."""

    status = 429
    code = "rate_limited"


class PaymentProviderError(ApiError):
    """Stripe answered something that cannot be used: a refusal that nobody foresaw, or nonsense."""

    status = 502
    code = "payment_provider_error"


class PaymentProviderRefusalError(PaymentProviderError):
    """Stripe refused what should have worked, and did nothing."""


class UnavailableError(ApiError):
    """Nothing is wrong with the request."""

    status = 503


class BusyError(UnavailableError):
    """Too many passwords are waiting to be hashed."""

    code = "busy"
    wait = 2


class ChangeInProgressError(UnavailableError):
    """Another request is changing the same thing at Stripe."""

    code = "change_in_progress"
    wait = 5


class DatabaseUnavailableError(UnavailableError):
    """No database connection: at start, during a failover, or when all connections are in use for too long."""

    code = "database_unavailable"
    wait = 5


class PaymentProviderUnavailableError(UnavailableError):
    """Stripe is down, too slow, or says that it gets too many requests."""

    code = "payment_provider_unavailable"
    wait = 10
