"""Listeners of the local load balancer: what AWS says about them, and their redirect action."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from aiohttp import web


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """A listener's redirect action; the templates are AWS's (`#{protocol}`, `#{host}`, `#{path}` ...)."""

    status: int = 301
    protocol: str = "#{protocol}"
    host: str = "#{host}"
    port: str = "#{port}"
    path: str = "/#{path}"
    query: str = "#{query}"


@dataclass(frozen=True, kw_only=True, slots=True)
class Forward:
    """A listener's forward action."""

    target_group: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Listener:
    """A listener as AWS has it: its port there, "HTTP" or "HTTPS", and its default action."""

    port: int
    protocol: str
    action: Forward | Redirect


def redirect(
    request: web.BaseRequest, listener: Listener, action: Redirect, local_ports: Mapping[int, int]
) -> web.Response:
    """Answer with a Location that AWS's templates give, moved to the local address of that listener.

    `local_ports` is AWS port -> local port; a port that is no listener of ours stays as AWS would say it.
    """
    url = urlsplit(request.raw_path)
    here = {
        "protocol": listener.protocol,
        "host": urlsplit(f"//{request.host}").hostname or "localhost",
        "port": str(listener.port),
        "path": url.path.removeprefix("/"),
        "query": url.query,
    }

    def fill(template: str) -> str:
        return re.sub(r"#\{(\w+)\}", lambda match: here[match[1]], template)

    protocol, port, query = fill(action.protocol).lower(), int(fill(action.port)), fill(action.query)
    if port in local_ports:
        protocol, port = "http", local_ports[port]
    location = f"{protocol}://{fill(action.host)}:{port}{fill(action.path)}{'?' if query else ''}{query}"
    return web.Response(status=action.status, headers={"Location": location, "Server": "awselb/2.0"})
