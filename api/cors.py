"""ASGI layer: which browser origins may read answers (CORS), and the headers that every answer carries."""

from collections.abc import Collection, Iterable
from typing import Final

from hypercorn.typing import ASGIFramework, ASGIReceiveCallable, ASGISendCallable, ASGISendEvent, Scope

Header = tuple[bytes, bytes]

_SAFE: Final[tuple[Header, ...]] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"strict-transport-security", b"max-age=31536000"),
)
_PREFLIGHT: Final[tuple[Header, ...]] = (
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"Authorization, Content-Type, X-Request-Id"),
    (b"access-control-max-age", b"600"),
)
_READABLE: Final[Header] = (b"access-control-expose-headers", b"Retry-After, X-Request-Id")


class Cors:
    """Answers preflight requests itself, and adds headers to what `app` answers, errors included.

    Only the exact `origins` get CORS headers. Sessions travel in the Authorization header, so browsers are never
    told to send credentials (cookies).
    """

    def __init__(self, app: ASGIFramework, origins: Collection[str]) -> None:
        self._app = app
        self._origins = frozenset(origin.encode() for origin in origins)

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer through the application behind."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        origin = headers.get(b"origin")
        allowed: tuple[Header, ...] = ()
        if origin in self._origins:
            allowed = ((b"access-control-allow-origin", origin), _READABLE)

        async def send_with_headers(message: ASGISendEvent) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _merged(message["headers"], (*_SAFE, (b"vary", b"Origin"), *allowed))
            await send(message)

        if scope["method"] == "OPTIONS" and origin and b"access-control-request-method" in headers:
            await _answer_preflight(send_with_headers, _PREFLIGHT if allowed else ())
        else:
            await self._app(scope, receive, send_with_headers)


def _merged(given: Iterable[Header], added: Iterable[Header]) -> list[Header]:
    """`given` wins: a route may know better."""
    merged = list(given)
    names = {name.lower() for name, _ in merged}
    merged.extend(header for header in added if header[0] not in names)
    return merged


async def _answer_preflight(send: ASGISendCallable, headers: Iterable[Header]) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": list(headers), "trailers": False})
    await send({"type": "http.response.body", "body": b"", "more_body": False})
