"""`GET /openapi.json`, and `GET /docs`: the same for people. Both are made once, when somebody first asks."""

from functools import cached_property
from typing import Any, Final

import msgspec
from quart import Blueprint, Quart, Response, current_app

from api.openapi import document
from api.openapi_page import STYLE, page

blueprint: Final = Blueprint("docs", __name__)

_HEADERS: Final = {
    "Cache-Control": "public, max-age=300",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'none'",
}


class Documentation:
    """What describes the routes of `app`."""

    def __init__(self, app: Quart) -> None:
        self._app = app

    @cached_property
    def document(self) -> bytes:
        """The OpenAPI document as JSON."""
        return msgspec.json.format(msgspec.json.encode(self._document), indent=1) + b"\n"

    @cached_property
    def page(self) -> bytes:
        """The same as HTML."""
        return page(self._document).encode()

    @property
    def _document(self) -> dict[str, Any]:
        return document(self._app.url_map, self._app.view_functions)


@blueprint.record
def _remember(registered: Any) -> None:
    registered.app.extensions["documentation"] = Documentation(registered.app)


@blueprint.get("/openapi.json")
async def openapi() -> Response:
    """Answer the OpenAPI document."""
    return _answer(documentation(current_app).document, "application/json")


@blueprint.get("/docs")
async def human_page() -> Response:
    """Answer a page that shows the document."""
    return _answer(documentation(current_app).page, "text/html; charset=utf-8")


@blueprint.get("/docs/style.css")
async def style() -> Response:
    """Answer the page's style sheet."""
    return _answer(STYLE, "text/css; charset=utf-8")


def documentation(app: Quart) -> Documentation:
    """The application's documentation."""
    return app.extensions["documentation"]


def _answer(content: bytes, content_type: str) -> Response:
    return Response(content, headers=_HEADERS, content_type=content_type)
