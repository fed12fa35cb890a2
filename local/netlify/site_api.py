"""Netlify's API for sites, as a function: what a request is answered, whoever carries it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from local.netlify.dns import NetlifyError
from local.netlify.sites import ACCOUNT, Sites

LARGEST_PAGE = 100
Query = Mapping[str, str]
_Handler = Callable[[Sites, Mapping[str, str], Query, Any], tuple[int, Any]]


def handle(sites: Sites, method: str, path: str, query: Query, body: Any) -> tuple[int, Any]:
    """Status and JSON of the answer.

    Args:
        sites: what there is.
        method: in capitals.
        path: below `/api/v1`, its parts unquoted.
        query: name -> value.
        body: the JSON of the request; None for none.

    Raises:
        NetlifyError: it is refused.
    """
    allowed = False
    for (wanted, pattern), handler in _ROUTES.items():
        if found := re.fullmatch(pattern, path):
            allowed = True
            if wanted == method:
                return handler(sites, found.groupdict(), query, body)
    raise NetlifyError(405, "Method Not Allowed") if allowed else NetlifyError(404, "Not Found")


def _deploys(sites: Sites, names: Query, query: Query, _: Any) -> tuple[int, Any]:
    page, size = int(query.get("page", 1)), int(query.get("per_page", LARGEST_PAGE))
    size = min(max(size, 1), LARGEST_PAGE)
    return 200, sites.deploys(names["site"])[(page - 1) * size : page * size]


def _variables(sites: Sites, names: Query, query: Query) -> Any:
    if names["account"] != ACCOUNT:
        raise NetlifyError(404, "Not Found")
    return sites.variables(query.get("site_id", ""))


def _deleted(sites: Sites, names: Query, query: Query, _: Any) -> tuple[int, Any]:
    _variables(sites, names, query).delete(names["key"])
    return 204, None


_SITE, _DEPLOY = r"/sites/(?P<site>[^/]+)", r"/deploys/(?P<deploy>[^/]+)"
_ENV = r"/accounts/(?P<account>[^/]+)/env"
_KEY = rf"{_ENV}/(?P<key>[^/]+)"
_ROUTES: dict[tuple[str, str], _Handler] = {
    ("GET", "/sites"): lambda sites, *_: (200, sites.all()),
    ("GET", _SITE): lambda sites, names, *_: (200, sites.site(names["site"])),
    ("GET", f"{_SITE}/deploys"): _deploys,
    ("POST", f"{_SITE}/builds"): lambda s, n, query, _: (200, s.build(n["site"], query.get("title"))),
    ("POST", f"{_SITE}{_DEPLOY}/restore"): lambda s, n, *_: (201, s.publish(n["site"], n["deploy"])),
    ("GET", _DEPLOY): lambda sites, names, *_: (200, sites.deploy(names["deploy"])),
    ("POST", f"{_DEPLOY}/cancel"): lambda sites, names, *_: (201, sites.cancel(names["deploy"])),
    ("GET", _ENV): lambda s, n, query, _: (200, _variables(s, n, query).all()),
    ("POST", _ENV): lambda s, n, query, body: (201, _variables(s, n, query).create(body)),
    ("GET", _KEY): lambda s, n, query, _: (200, _variables(s, n, query).one(n["key"])),
    ("PUT", _KEY): lambda s, n, query, body: (200, _variables(s, n, query).replace(n["key"], body)),
    ("DELETE", _KEY): _deleted,
}
