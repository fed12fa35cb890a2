"""How a request comes in: its body first, then the route, then the answer in two messages.

Quart's own way starts tasks for each request, and cancels the route when the client hangs up. Here the route runs to
its end, so that a payment that was begun is also stored; and a request costs about a seventh less.
"""

import asyncio
from typing import Final

from hypercorn.typing import ASGIReceiveCallable, ASGISendCallable
from quart import Request
from quart.asgi import ASGIHTTPConnection
from quart.utils import encode_headers
from quart.wrappers.response import DataBody

LARGEST_BODY: Final = 64 * 1024  # bytes
LARGEST_WEBHOOK: Final = 1024 * 1024  # bytes; Stripe's events are far smaller
WEBHOOK_PATH: Final = "/api/stripe/webhook"
BODY_SECONDS: Final = 15.0  # for a body to arrive; below the time that a stopping process grants


class Connection(ASGIHTTPConnection):
    """One request and its answer."""

    async def __call__(self, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Answer the request, unless the client leaves before it is whole."""
        request = self._create_request_from_scope(send)
        largest = LARGEST_WEBHOOK if request.path == WEBHOOK_PATH else LARGEST_BODY
        request.body = request.body_class(request.content_length, largest)
        try:
            async with asyncio.timeout(self.app.config["BODY_TIMEOUT"]):
                if not await _read_body(request, largest, receive):
                    return
        except TimeoutError:
            request.body_timeout = 0  # whoever wants the body answers 408
        response = await self.app.handle_request(request)
        body = getattr(response, "response", None)
        if type(body) is not DataBody:  # a stream
            await self._send_response(send, response)
            return
        head = encode_headers(response.headers)
        await send({"type": "http.response.start", "status": response.status_code, "headers": head})  # pyright: ignore[reportArgumentType] - trailers are optional
        content = body.data[body.begin : body.end]
        await send({"type": "http.response.body", "body": content, "more_body": False})


async def _read_body(request: Request, largest: int, receive: ASGIReceiveCallable) -> bool:
    """Read all of the body, or as much of it as shows that it is too large; False when the client left."""
    size = request.content_length or 0
    has_none = request.content_length is None and "Transfer-Encoding" not in request.headers
    if size > largest or (has_none and request.method in {"GET", "HEAD"}):
        request.body.set_complete()
        return True
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return False
        request.body.append(message["body"])
        size += len(message["body"])
        if size > largest or not message["more_body"]:
            request.body.set_complete()
            return True
