"""Answers that a test makes up, or keeps back for a while."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route

# What the API says of itself to a page of another origin.
_CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}


def answer(body: object, status: int = 200, **headers: str) -> Callable[[Route], None]:
    """What `page.route` takes, to answer with JSON of any shape."""
    kind = "application/json" if status < 400 else "application/problem+json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    text = json.dumps(body)
    return lambda route: route.fulfill(status=status, body=text, content_type=kind, headers=_CORS | named)


def problem(status: int, code: str, detail: str, **headers: str) -> Callable[[Route], None]:
    """The same, for a refusal of the API."""
    return answer({"status": status, "code": code, "title": code, "detail": detail}, status, **headers)


class Held:
    """Requests that get no answer before the test lets them go.

    Args:
        page: whose requests.
        url: a pattern of theirs.
        method: of those that are held; others pass.
    """

    def __init__(self, page: Page, url: str, method: str = "GET") -> None:
        self._page, self._url, self._method = page, url, method
        self._waiting: list[Route] = []
        self._end: Callable[[Route], Any] | None = None
        page.route(url, self._hold)

    def _hold(self, route: Route) -> None:
        if route.request.method != self._method:
            route.fallback()
        elif self._end:
            self._end(route)
        else:
            self._waiting.append(route)

    def asked_by(self, act: Callable[[], object]) -> None:
        """Do what makes the page ask, and return when it has."""
        with self._page.expect_request(lambda request: self._is_meant(request.url, request.method)):
            act()

    def let_go(self, end: Callable[[Route], Any] = lambda route: route.continue_()) -> None:
        """Answer those that wait, and any that still come; return when the page has had time for the first answer."""
        with self._page.expect_response(lambda one: self._is_meant(one.url, one.request.method)):
            self._end = end
            for route in self._waiting:
                end(route)
        drawn_again(self._page)

    def _is_meant(self, url: str, method: str) -> bool:
        return method == self._method and url.split("?", maxsplit=1)[0].endswith(self._url.strip("*"))


def drawn_again(page: Page) -> None:
    """Return when a page has done with an answer that it had what it does with one."""
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
