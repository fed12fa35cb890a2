"""Everything that the API refuses or cannot do, and how it says so.

    ApiError
    ├── RequestError                       4xx: the caller must change something
    │   ├── MalformedBodyError             400 malformed_body
    │   ├── SessionRequiredError           401 session_required
    │   ├── InvalidCredentialsError        401 invalid_credentials
    │   ├── EmailTakenError                409 email_taken
    │   ├── UnsupportedMediaTypeError      415 unsupported_media_type
    │   └── InvalidFieldsError             422 invalid_fields
    └── UnavailableError                   503: the same request works later, see Retry-After
        ├── BusyError                      503 busy
        └── DatabaseUnavailableError       503 database_unavailable

Each becomes an `application/problem+json` document (RFC 9457): `type`, `title`, `status`, `detail`, `code`,
`request_id` and, where single fields are wrong, `fields` (name -> what is wrong). Programs decide by `code`,
which never changes; the texts may. What the framework refuses (404, 405, 408, 413, ...) looks the same, and so
does a defect of ours: 500 internal_error, with nothing of its cause.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import ClassVar, Final

import msgspec
from quart import Quart, Response
from werkzeug.exceptions import HTTPException

from api.logs import request_id

_FRAMEWORK: Final[Mapping[int, tuple[str, str]]] = {
    400: ("bad_request", "The request cannot be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method; the Allow header lists those it takes."),
    408: ("request_timeout", "The body did not arrive in time."),
    413: ("body_too_large", "The body is larger than 64 KiB."),
    500: ("internal_error", "Something went wrong on our side."),
}


class ApiError(Exception):
    """Raise the most specific kind with a `detail` that tells the caller what to do.

    `fields` maps the name of a wrong field to what is wrong with it. To handle several at once:

        try: ...
        except UnavailableError: ...  # worth another attempt
    """

    status: ClassVar[int]
    code: ClassVar[str]
    headers: ClassVar[Mapping[str, str]] = {}

    def __init__(self, detail: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.fields = fields or {}


class RequestError(ApiError):
    """The request is at fault; sending it again unchanged gives the same answer."""


class MalformedBodyError(RequestError):
    """The body is not JSON."""

    status = 400
    code = "malformed_body"


class SessionRequiredError(RequestError):
    """No bearer token, or one that is unknown, expired or revoked."""

    status = 401
    code = "session_required"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}  # RFC 6750, section 3


class InvalidCredentialsError(RequestError):
    """Unknown account or wrong password; deliberately the same."""

    status = 401
    code = "invalid_credentials"
    headers: ClassVar[Mapping[str, str]] = {"WWW-Authenticate": "Bearer"}  # RFC 9110, 15.5.2: a 401 names a scheme


class EmailTakenError(RequestError):
    """An account with this e-mail address exists."""

    status = 409
    code = "email_taken"


class UnsupportedMediaTypeError(RequestError):
    """The body is not declared as application/json."""

    status = 415
    code = "unsupported_media_type"


class InvalidFieldsError(RequestError):
    """The JSON is well-formed, its content is not what the route takes."""

    status = 422
    code = "invalid_fields"


class UnavailableError(ApiError):
    """Nothing is wrong with the request."""

    status = 503


class BusyError(UnavailableError):
    """Too many passwords are waiting to be hashed."""

    code = "busy"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "2"}


class DatabaseUnavailableError(UnavailableError):
    """No database connection: at start, during a failover, or when all connections are in use for too long."""

    code = "database_unavailable"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "5"}


class _Problem(msgspec.Struct, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str | None = None
    fields: Mapping[str, str] = {}


def register_error_handlers(app: Quart) -> None:
    """Make every answer of `app` that is an error a problem document."""

    async def answer_api_error(error: Exception) -> Response:
        assert isinstance(error, ApiError)
        return _answer(error.status, error.code, error.detail, error.headers, error.fields)

    async def answer_http_exception(error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        status = error.code or 500
        code, detail = _FRAMEWORK.get(status, (f"http_{status}", HTTPStatus(status).phrase))
        kept = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}  # Allow
        return _answer(status, code, detail, kept)

    app.register_error_handler(ApiError, answer_api_error)
    app.register_error_handler(HTTPException, answer_http_exception)


def _answer(
    status: int, code: str, detail: str, headers: Mapping[str, str], fields: Mapping[str, str] | None = None
) -> Response:
    problem = _Problem(
        type=f"urn:priceguard:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id(),
        fields=fields or {},
    )
    body = msgspec.json.encode(problem)
    return Response(body, status, dict(headers), content_type="application/problem+json")
