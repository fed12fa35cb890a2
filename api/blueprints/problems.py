"""How a refusal is answered: as a problem document (RFC 9457), whoever refused.

What the framework refuses (404, 405, 408, 413, ...) looks the same as what `api.errors` names, and so does a defect
of ours: 500 internal_error, with nothing of its cause.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

import msgspec
from quart import Quart, Response
from werkzeug.exceptions import HTTPException

from api.errors import ApiError
from api.logs import request_id

MEDIA_TYPE: Final = "application/problem+json"

FRAMEWORK: Final[Mapping[int, tuple[str, str]]] = {
    400: ("bad_request", "The request cannot be understood."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not take this method; the Allow header lists those it takes."),
    408: ("request_timeout", "The body did not arrive in time."),
    413: ("body_too_large", "The body is larger than this address takes."),
    500: ("internal_error", "Something went wrong on our side."),
}


class Problem(msgspec.Struct, omit_defaults=True):
    """A refusal: programs decide by `code`, which never changes; people read `detail`."""

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
        code, detail = FRAMEWORK.get(status, (f"http_{status}", HTTPStatus(status).phrase))
        kept = {name: value for name, value in error.get_headers() if name.lower() != "content-type"}  # Allow
        return _answer(status, code, detail, kept)

    app.register_error_handler(ApiError, answer_api_error)
    app.register_error_handler(HTTPException, answer_http_exception)


def _answer(
    status: int, code: str, detail: str, headers: Mapping[str, str], fields: Mapping[str, str] | None = None
) -> Response:
    problem = Problem(
        type=f"urn:priceguard:problem:{code}",
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        code=code,
        request_id=request_id(),
        fields=fields or {},
    )
    return Response(msgspec.json.encode(problem), status, dict(headers), content_type=MEDIA_TYPE)
