"""Looks over a page's shoulder: what it says on the console, and whom it asks."""

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Request, WebError

LOUD = {"error", "warning"}


class Watch:
    """What all pages of a window do wrong, from now on.

    Args:
        context: the window.
        origins: whom its pages may ask.

    Attributes:
        asked: every request, the oldest first.
    """

    def __init__(self, context: BrowserContext, origins: set[str]) -> None:
        self._origins = origins
        self._said: list[str] = []
        self._expected: list[str] = []
        self.asked: list[Request] = []
        context.on("console", self._hear)
        context.on("weberror", self._see)
        context.on("request", self._note)

    def expect(self, pattern: str) -> None:
        """Something on the console that the test provokes: a browser reports each refused request there."""
        self._expected.append(pattern)

    def allow(self, other: str) -> None:
        """Pages may ask one more."""
        self._origins.add(other)

    def verify(self) -> None:
        """Nothing was said that no one expects, all that was expected was said, and nobody else was asked."""
        unexpected = [said for said in self._said if not any(re.search(one, said) for one in self._expected)]
        missing = [one for one in self._expected if not any(re.search(one, said) for said in self._said)]
        others = {origin(request.url) for request in self.asked} - self._origins
        assert not unexpected, f"on the console: {unexpected}"
        assert not missing, f"never on the console: {missing}, but {self._said}"
        assert not others, f"pages asked {others}"

    def _note(self, request: Request) -> None:
        self.asked.append(request)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in LOUD:
            self._said.append(f"{message.type}: {message.text} ({message.location['url']})")

    def _see(self, error: WebError) -> None:
        self._said.append(f"exception: {error.error}")


def origin(url: str) -> str:
    """Scheme, host and port; `data:` for an address that leads nowhere."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else f"{parts.scheme}:"
