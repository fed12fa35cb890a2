"""HTTP: `/api/v1` as Netlify has it, `/_stand_in/` for tests."""

import asyncio
import hmac
import json
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any, Self

from aiohttp import web

from local.netlify.dns import NetlifyError, Object, Zones
from local.netlify.site_api import handle
from local.netlify.site_pages import SitePages
from local.netlify.sites import Sites
from local.own_names import under_own_names
from local.ports import listen
from local.stripe.faults import Faults

API = "/api/v1"
LARGEST_PAGE = 100
_Next = Callable[[web.Request], Awaitable[web.StreamResponse]]


class StandIn:
    """A Netlify of one's own: `async with StandIn(token) as netlify: ... netlify.url`.

    Args:
        token: the only one that is let in.
        port: on 127.0.0.1; 0 is a free one.

    Attributes:
        zones: what there is of DNS.
        sites: what there is of sites.
        faults: what happens to requests; a limit that is over in a second, a broken answer, a cut connection.
        asked: method and path of every request, the oldest first.
    """

    def __init__(self, token: str, *, port: int = 0) -> None:
        self._token = token
        self._port = port
        self._runner: web.AppRunner | None = None
        self.zones = Zones()
        self.sites = Sites()
        self._pages = SitePages(self.sites)
        self.faults = Faults()
        self.asked: list[str] = []
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[under_own_names, errors_as_json, self._admit, self._disturb])
        app.add_routes(self._routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        listening, *others = listen(self._port)
        for other in others:
            other.close()  # 127.0.0.1 only: that is the address which the platform hands out
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await self._runner.setup()
        await web.SockSite(self._runner, listening).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._pages.close()
        if self._runner:
            await self._runner.cleanup()

    def _routes(self) -> list[web.RouteDef]:
        zones, records = f"{API}/dns_zones", f"{API}/dns_zones/{{zone}}/dns_records"
        return [
            web.get(zones, self.list_zones),
            web.post(zones, self.make_zone),
            web.get(records, self.list_records),
            web.post(records, self.make_record),
            web.get(f"{records}/{{record}}", self.show_record),
            web.delete(f"{records}/{{record}}", self.delete_record),
            web.route("*", f"{API}{{path:/(?:sites|accounts|deploys)(?:/.*)?}}", self.of_sites),
            web.post("/_stand_in/sites", self.have_site),
            web.post("/_stand_in/builds", self.set_builds),
            web.get("/_stand_in/state", self.state),
            web.post("/_stand_in/zones", self.fill),
            web.post("/_stand_in/faults", self.fail),
        ]

    async def list_zones(self, request: web.Request) -> web.Response:
        """Answer a page of the zones."""
        return page(request, self.zones.all())

    async def make_zone(self, request: web.Request) -> web.Response:
        """Make a zone."""
        return web.json_response(self.zones.add_zone(await given(request)), status=201)

    async def list_records(self, request: web.Request) -> web.Response:
        """Answer a page of a zone's records."""
        return page(request, self.zones.records(request.match_info["zone"]))

    async def make_record(self, request: web.Request) -> web.Response:
        """Make a record."""
        return web.json_response(self.zones.add(request.match_info["zone"], await given(request)), status=201)

    async def show_record(self, request: web.Request) -> web.Response:
        """Answer one record."""
        return web.json_response(self.zones.record(request.match_info["zone"], request.match_info["record"]))

    async def delete_record(self, request: web.Request) -> web.Response:
        """Delete a record."""
        self.zones.remove(request.match_info["zone"], request.match_info["record"])
        return web.Response(status=204)

    async def of_sites(self, request: web.Request) -> web.Response:
        """Answer what is asked of sites, their variables, builds and deploys."""
        body = json.loads(await request.text() or "null")
        status, answer = handle(self.sites, request.method, request.match_info["path"], request.query, body)
        return web.Response(status=status) if answer is None else web.json_response(answer, status=status)

    async def have_site(self, request: web.Request) -> web.Response:
        """Have the site `name`: its id and address, and the token that may change it."""
        site = await self._pages.have(str((await given(request))["name"]))
        return web.json_response({"id": site["id"], "ssl_url": site["ssl_url"], "token": self._token})

    async def set_builds(self, request: web.Request) -> web.Response:
        """Decide how the next builds end, and how long each takes; see `local.netlify.sites.Sites`."""
        self.sites.set_builds(await given(request))
        return web.Response(status=204)

    async def state(self, _: web.Request) -> web.Response:
        """Answer every record by the name of its zone, the sites by theirs, and what has been asked."""
        zones = {zone["name"]: self.zones.records(zone["id"]) for zone in self.zones.all()}
        sites = {site["name"]: site for site in self.sites.all()}
        return web.json_response({"zones": zones, "sites": sites, "asked": self.asked})

    async def fill(self, request: web.Request) -> web.Response:
        """Begin anew with the zones and records of the body; what has been asked, and faults, are forgotten."""
        self.zones.fill(await given(request))
        self.asked.clear()
        self.faults.waiting.clear()
        return web.Response(status=204)

    async def fail(self, request: web.Request) -> web.Response:
        """Let the next requests fail; see `local.stripe.faults.Fault`."""
        return web.json_response(asdict(self.faults.add(**await given(request))))

    @web.middleware
    async def _admit(self, request: web.Request, handler: _Next) -> web.StreamResponse:
        """Let in whoever has the token; the control routes are open, as nobody else reaches this machine's loopback."""
        if not request.path.startswith(API):
            return await handler(request)
        self.asked.append(f"{request.method} {request.path.removeprefix(API)}")
        bearer = request.headers.get("Authorization", "").encode()
        if not hmac.compare_digest(bearer, f"Bearer {self._token}".encode()):
            raise NetlifyError(401, "Access Denied")
        return await handler(request)

    @web.middleware
    async def _disturb(self, request: web.Request, handler: _Next) -> web.StreamResponse:
        """Let the request meet its fault, if one waits for it."""
        fault = self.faults.take(request.method, request.path) if request.path.startswith(API) else None
        if fault is None:
            return await handler(request)
        await asyncio.sleep(fault.latency)
        if fault.nonsense:
            return web.Response(text="<html><body>Sign in to this network</body></html>", content_type="text/html")
        if fault.status:
            said = web.json_response({"code": fault.status, "message": "as the test wishes"}, status=fault.status)
            said.headers["X-RateLimit-Reset"] = str(int(time.time()) + 1)
            return said
        answer = web.Response() if fault.cut == "before" else await handler(request)
        if fault.cut and request.transport:
            request.transport.abort()
        return answer


@web.middleware
async def errors_as_json(request: web.Request, handler: _Next) -> web.StreamResponse:
    """Say what is wrong as Netlify does: `code` and `message`."""
    try:
        return await handler(request)
    except NetlifyError as error:
        return web.json_response(error.body, status=error.status)
    except web.HTTPException as error:
        return web.json_response({"code": error.status, "message": error.reason}, status=error.status)
    except (ValueError, KeyError) as error:
        return web.json_response({"code": 400, "message": str(error)}, status=400)


def page(request: web.Request, items: Sequence[Object]) -> web.Response:
    """One page of a list; `Link` says where the next one is."""
    number, size = int(request.query.get("page", 1)), int(request.query.get("per_page", LARGEST_PAGE))
    size = min(max(size, 1), LARGEST_PAGE)
    answer = web.json_response(list(items[(number - 1) * size : number * size]))
    if number * size < len(items):
        answer.headers["Link"] = f'<{request.url.update_query(page=number + 1)}>; rel="next"'
    return answer


async def given(request: web.Request) -> dict[str, Any]:
    """The JSON object of the body."""
    body: Any = json.loads(await request.text() or "{}")
    if not isinstance(body, dict):
        raise ValueError("the body must be a JSON object")
    return body
