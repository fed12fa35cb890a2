"""What people see of the sites: each has an address of its own on 127.0.0.1, as each has one at Netlify."""

from pathlib import PurePosixPath

from aiohttp import web

from local.netlify.dns import Object
from local.netlify.sites import Sites
from local.ports import listen

_TYPES = {".html": "text/html", ".js": "text/javascript"}


class SitePages:
    """Serves published bundles.

    Args:
        sites: what there is.
    """

    def __init__(self, sites: Sites) -> None:
        self._sites = sites
        self._runners: dict[str, web.AppRunner] = {}

    async def have(self, name: str) -> Object:
        """The site of that name; made, and served on a free port, when there is none."""
        if found := next((site for site in self._sites.all() if site["name"] == name), None):
            return found
        listening, *others = listen(0)
        for other in others:
            other.close()
        site = self._sites.add(name, f"http://127.0.0.1:{listening.getsockname()[1]}")

        async def show(request: web.Request) -> web.Response:
            path = request.path
            text = self._sites.page(site["id"], path)
            if text is None:
                raise web.HTTPNotFound
            kind = _TYPES.get(PurePosixPath(path).suffix, "text/html")
            return web.Response(text=text, content_type=kind, headers={"Cache-Control": "no-cache"})

        app = web.Application()
        app.add_routes([web.get("/{path:.*}", show)])
        self._runners[site["id"]] = runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.SockSite(runner, listening).start()
        return site

    async def close(self) -> None:
        """Serve nothing any longer."""
        for runner in self._runners.values():
            await runner.cleanup()
