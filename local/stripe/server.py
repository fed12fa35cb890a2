"""HTTP: `/v1` as Stripe has it, `stripe.js` for pages, `/_stand_in/` for tests and people."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from aiohttp import web

from local.stripe.addresses import is_loopback
from local.stripe.api import Answer, Asked, respond
from local.stripe.courier import Courier
from local.stripe.errors import StripeError
from local.stripe.faults import Fault, Faults
from local.stripe.work import API_VERSION, World

_PARTS = [Path(__file__).with_name(name) for name in ("card_element.js", "stripe.js")]
_CORS = {
    "Access-Control-Allow-Methods": "GET, POST, DELETE",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, Stripe-Version",
    "Access-Control-Expose-Headers": "Request-Id, Retry-After",
    "Access-Control-Max-Age": "600",
}
_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Api:
    """The handler of `/v1`.

    Args:
        world: what the requests are about.
        courier: told when a request has something to tell.
        faults: what happens to requests on their way.
    """

    def __init__(self, world: World, courier: Courier, faults: Faults) -> None:
        self._world, self._courier, self._faults = world, courier, faults
        self._in_flight: set[str] = set()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request; a second one with the idempotency key of one in flight is refused."""
        asked = Asked(
            request.method,
            "/" + request.match_info["path"],
            request.rel_url.raw_query_string,
            (await request.read()).decode(errors="replace"),
            request.headers.get("Authorization", ""),
            request.headers.get("Stripe-Version", API_VERSION),
            request.headers.get("Idempotency-Key"),
        )
        key = asked.remembered
        if key and key in self._in_flight:
            message = "There is currently another in-progress request using this Idempotent Key; wait and repeat."
            busy = StripeError(409, message, kind="idempotency_error", code="idempotency_key_in_use")
            return _response(asked, Answer(busy.status, busy.body))
        if not key:
            return await self._with_faults(request, asked)
        self._in_flight.add(key)
        try:
            return await self._with_faults(request, asked)
        finally:
            self._in_flight.discard(key)

    async def _with_faults(self, request: web.Request, asked: Asked) -> web.StreamResponse:
        fault = self._faults.take(request.method, request.path) or Fault()
        if fault.latency:
            await asyncio.sleep(fault.latency)
        if fault.cut == "before":
            return _cut(request)
        if fault.nonsense:
            return web.Response(text="<html><body>It works!</body></html>", content_type="text/html")
        if fault.status:
            return _broken(asked, fault.status)
        answer = respond(self._world, asked)
        self._courier.take()
        return _cut(request) if fault.cut == "after" else _response(asked, answer)


def _response(asked: Asked, answer: Answer) -> web.Response:
    headers = {"Request-Id": asked.id, "Stripe-Version": asked.version}
    if asked.key:
        headers["Idempotency-Key"] = asked.key
    if answer.replayed:
        headers["Idempotent-Replayed"] = "true"
    return web.json_response(answer.body, status=answer.status, headers=headers)


def _broken(asked: Asked, status: int) -> web.Response:
    limited = status == 429
    kind, message = ("invalid_request_error", "Too many requests") if limited else ("api_error", "An error occurred")
    code = "rate_limit" if limited else None
    error = StripeError(status, f"{message}; the stand-in was told to say so.", kind=kind, code=code)
    response = _response(asked, Answer(status, error.body))
    if limited:
        response.headers["Retry-After"] = "1"
    return response


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()  # goes nowhere


def is_local(origin: str) -> bool:
    """Whether a page's origin is this machine."""
    return is_loopback(urlsplit(origin).hostname)


@web.middleware
async def for_pages_of_this_machine(request: web.Request, handler: _Next) -> web.StreamResponse:
    """Let pages of this machine read answers, and pages from elsewhere do nothing at all."""
    origin = request.headers.get("Origin")
    if origin and not is_local(origin):
        return web.json_response({"error": {"message": f"pages of {origin} may not ask this stand-in"}}, status=403)
    if origin and request.method == "OPTIONS":
        response: web.StreamResponse = web.Response(status=204)
    else:
        response = await handler(request)
    if origin:
        response.headers.update({**_CORS, "Access-Control-Allow-Origin": origin, "Vary": "Origin"})
    return response


async def script(_: web.Request) -> web.Response:
    """Answer what pages load instead of Stripe.js: one script, whose parts see each other and nobody else does."""
    parts = [await asyncio.to_thread(part.read_text) for part in _PARTS]
    body = "\n".join(['(() => {\n"use strict";', *parts, "})();\n"])
    return web.Response(text=body, content_type="text/javascript", headers={"Cache-Control": "no-cache"})


@web.middleware
async def refusals_as_json(request: web.Request, handler: _Next) -> web.StreamResponse:
    """Say what is wrong with a request to a control route, as JSON."""
    if not request.path.startswith("/_stand_in/"):
        return await handler(request)
    try:
        return await handler(request)
    except StripeError as error:
        return web.json_response(error.body, status=error.status)
    except json.JSONDecodeError as error:
        return web.json_response({"error": {"message": f"the body is not JSON: {error}"}}, status=400)
    except ValueError as error:
        return web.json_response({"error": {"message": str(error)}}, status=400)
