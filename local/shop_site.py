"""The demo shop's site: an origin of its own on this machine, as the frontend has one at Netlify."""

import asyncio
from pathlib import Path

from aiohttp import web

from local.own_names import Next, under_own_names
from local.ports import kept_port, listen
from local.private_file import write_private
from local.shop_actions import ShopActions
from local.shop_build import Build

USUAL_PORT = 8888  # `netlify dev` has it as well
_UNPUBLISHED = "The shop is published when the program has made the API: see `priceguard local status`.\n"
_HEADERS = {"Cache-Control": "no-cache", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}


class ShopSite:
    """Serves what was published last; before that it answers 503.

    Args:
        port_file: remembers the port, so that a bookmark and a session last; its folder is made.
        port: the one to take at first, if it can be had; 0 is a free one.
        actions: what the control strip may ask.
    """

    def __init__(self, port_file: Path, port: int, actions: ShopActions) -> None:
        self._port_file, self._port = port_file, port
        self._actions = actions
        self._runner: web.AppRunner | None = None
        self._build: Build | None = None
        self.origin = ""
        """As a browser says it, such as `http://localhost:8888`; empty when nothing is served."""

    async def start(self) -> None:
        """Listen, unless it does; on another port than the last time when somebody has that one."""
        if self._runner:
            return
        self._port_file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        app = web.Application(middlewares=[under_own_names, self._of_one_origin])
        app.add_routes([*self._actions.routes(), web.get("/{path:.*}", self._show)])
        app.on_response_prepare.append(self._add_headers)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        sockets = listen(kept_port(self._port_file, self._port))
        for opened in sockets:
            await web.SockSite(runner, opened).start()
        port = sockets[0].getsockname()[1]
        write_private(self._port_file, str(port))
        self._runner, self.origin = runner, f"http://localhost:{port}"

    def publish(self, build: Build | None) -> None:
        """Serve this from now on; None: there is nothing to serve."""
        self._build = build

    async def close(self) -> None:
        """Serve nothing any longer."""
        runner, self._runner, self._build, self.origin = self._runner, None, None, ""
        if runner:
            await runner.cleanup()

    @web.middleware
    async def _of_one_origin(self, request: web.Request, handler: Next) -> web.StreamResponse:
        """Lead this machine's other names to the one that the API lets in."""
        if request.url.host != "localhost" and request.method == "GET":
            raise web.HTTPTemporaryRedirect(f"{self.origin}{request.rel_url}")
        return await handler(request)

    async def _show(self, request: web.Request) -> web.Response:
        if self._build is None:
            return web.Response(status=503, text=_UNPUBLISHED)
        file = await asyncio.to_thread(self._build.file, request.path)
        if file is None:
            raise web.HTTPNotFound
        return web.Response(text=file.text, content_type=file.content_type)

    async def _add_headers(self, _: web.Request, response: web.StreamResponse) -> None:
        """To errors as well: no answer of this origin is to be taken for something else."""
        policy = self._build.content_security_policy if self._build else "default-src 'none'"
        response.headers.update(_HEADERS | {"Content-Security-Policy": policy})
