"""What the published site was built with: its scripts hold the values, wherever the build has put them.

A build leaves no names of variables, only values. So what can be told is that a value is in no script; two of them that
have changed places look the same.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from gitops.netlify.errors import SiteError

ANSWERS_WITHIN = 20.0  # seconds, each request
LARGEST, LARGEST_OF_ALL = 10 * 1024 * 1024, 50 * 1024 * 1024  # bytes, unpacked
MOST_SCRIPTS = 200
ATTEMPTS, PAUSE = 5, 2.0
LIMITED, BROKEN = 429, 500
_IMPORTED = re.compile(r"""["'`]((?:\.{0,2}/)?(?:[\w@~+-][\w@~+.-]*/)*[\w@~+-][\w@~+.-]*\.m?js)["'`]""")


def client(transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """A client that has no token, and follows nobody anywhere."""
    return httpx.Client(timeout=ANSWERS_WITHIN, headers={"Cache-Control": "no-cache"}, transport=transport)


def missing(
    values: Mapping[str, str], url: str, http: httpx.Client, sleep: Callable[[float], None] = time.sleep
) -> tuple[str, ...]:
    """The names whose values no script of the site at `url` holds; only scripts of the site itself are read.

    Raises:
        SiteError: the site does not answer, or not with a page.
    """
    left = {name: _alone(value) for name, value in values.items()}
    for text in _Walk(url, http, sleep).texts():
        left = {name: pattern for name, pattern in left.items() if not pattern.search(text)}
        if not left:
            break
    return tuple(left)


def _alone(value: str) -> re.Pattern[str]:
    """The value, and not as a part of a longer one: https://api.example.com is not in https://api.example.com.evil."""
    return re.compile(rf"(?<![\w.-]){re.escape(value)}(?![\w-]|[.:]\w)")


class _Walk:
    """From the page to its scripts, and on to those that they import."""

    def __init__(self, url: str, http: httpx.Client, sleep: Callable[[float], None]) -> None:
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.scheme, parts.hostname) != ("http", "127.0.0.1"):
            raise SiteError(f"the site's address {url!r} is not https: give it one at Netlify")
        self._root = f"{parts.scheme}://{parts.netloc}/"
        self._http, self._sleep = http, sleep
        self._left = LARGEST_OF_ALL

    def texts(self) -> Iterator[str]:
        """The page, then each script."""
        page = self._text(self._root)
        if page is None:
            raise SiteError(f"{self._root} shows no page: open it in a browser; is it published, without a password?")
        yield page
        waiting = [_joined(self._root, source) for source in _sources(page)]
        seen: set[str] = set()
        while waiting and len(seen) < MOST_SCRIPTS:
            script = waiting.pop(0).partition("#")[0]
            if script in seen or not script.startswith(self._root):
                continue
            seen.add(script)
            if (text := self._text(script)) is None:
                continue
            yield text
            for name in _IMPORTED.findall(text):
                waiting += [_joined(script, name), _joined(self._root, name)]

    def _text(self, url: str) -> str | None:
        """What is there; None when nothing is."""
        trouble = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._sleep(PAUSE)
            try:
                with self._http.stream("GET", url, follow_redirects=False) as answer:
                    if answer.status_code == LIMITED or answer.status_code >= BROKEN:
                        trouble = f"answers {answer.status_code}"
                        continue
                    return self._read(answer) if answer.is_success else None
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                trouble = f"does not answer ({type(error).__name__})"
        raise SiteError(f"{url} {trouble}: see the site at Netlify, then run again")

    def _read(self, answer: httpx.Response) -> str:
        content = bytearray()
        for chunk in answer.iter_bytes():
            content += chunk
            self._left -= len(chunk)
            if len(content) > LARGEST or self._left < 0:
                raise SiteError(f"{answer.url} is larger than a script should be: look at what was published")
        return content.decode(errors="replace")


class _Sources(HTMLParser):
    """Finds what a page loads as a script."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        if tag == "script" and (source := named.get("src")):
            self.found.append(source)
        if tag == "link" and named.get("rel") == "modulepreload" and (source := named.get("href")):
            self.found.append(source)


def _joined(base: str, name: str) -> str:
    """The address of `name` seen from `base`; empty when it is none."""
    try:
        return urljoin(base, name)
    except ValueError:
        return ""


def _sources(page: str) -> list[str]:
    parser = _Sources()
    parser.feed(page)
    return parser.found
