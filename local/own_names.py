"""Under which names a server of this machine answers: a page of any other name would be of its origin."""

from collections.abc import Awaitable, Callable

from aiohttp import web

OWN_NAMES = {"localhost", "127.0.0.1", "::1"}
Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def under_own_names(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer 421 under any other name: its owner made it lead here, and his pages would be of the same origin then."""
    if request.url.host not in OWN_NAMES:
        raise web.HTTPMisdirectedRequest
    return await handler(request)
