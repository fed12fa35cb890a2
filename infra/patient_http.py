"""A JSON API asked with patience: what passes is waited for, what does not is told, and nothing is done twice.

For APIs that want a bearer token. `infra.netlify_api` and the pipeline talk through it.
"""

import random
import re
import time
from collections.abc import Callable, Mapping
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from infra.http_answer import LONGEST_WORDS, Answer

__all__ = ["LOOPBACK", "PATIENCE", "TOKEN_FORM", "Answer", "HttpError", "PatientHttp", "UnsureError"]

LOOPBACK = "127.0.0.1"
TOKEN_FORM = re.compile(r"[!-~]+")
"""What a token may consist of; an HTTP library would repeat any other in its complaint."""
PATIENCE = 120.0
"""Seconds that may be lost with trouble, by all requests together, unless somebody says otherwise."""
LARGEST = 64 * 1024 * 1024
"""Bytes of an answer that are read, unpacked."""
ANSWERS_WITHIN = 20.0  # seconds, until the next part of an answer
LONGEST_ANSWER = 60.0  # seconds, all its parts
LONGEST_PAUSE = 15.0  # seconds
MOST_REDIRECTS = 3
REDIRECTS = {301, 302, 307, 308}
BROKEN = 500
NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class HttpError(Exception):
    """A request was refused, or got no usable answer in time; the message never holds the token.

    Attributes:
        status: HTTP status of the last answer; 0 when there was none.
        said: what the API says about it, in one line; empty when nothing.
        headers: of the last answer.
        given_up: whether it would have been tried again, had there been patience.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        said: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.given_up = False
        self.status = status
        self.said = said
        self.headers = httpx.Headers() if headers is None else headers


class UnsureError(HttpError):
    """A request has been carried out or not: its answer is lost. Look before trying again."""


class PatientHttp:
    """A client of one API: `with PatientHttp(base, token) as http: http.send("GET", "/things")`.

    Args:
        base: address of the API; https, or a stand-in on 127.0.0.1.
        token: for `Authorization: Bearer`; printable ASCII without spaces.
        patience: seconds that may be lost with trouble, pauses included, by all requests together.
        headers: sent with every request.
        transport: what carries the requests, instead of the network.
        clock: seconds that pass.
        now: Unix time, as limits are told in.
        sleep: waits so many seconds.

    Raises:
        HttpError: the address would carry the token in the clear.
    """

    def __init__(
        self,
        base: str,
        token: str,
        *,
        patience: float = PATIENCE,
        headers: Mapping[str, str] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        url = urlsplit(base)
        if url.scheme != "https" and url.hostname != LOOPBACK:
            raise HttpError(f"{base}: it must be https, or a stand-in on {LOOPBACK}")
        self._origin = (url.scheme, url.netloc)
        self._base, self._token, self._patience = base.rstrip("/"), token, patience
        self._clock, self._now, self._sleep = clock, now, sleep
        carried: dict[str, Any] = {} if transport is None else {"transport": transport}
        self._client = httpx.Client(
            headers={"User-Agent": "priceguard-platform", **(headers or {}), "Authorization": f"Bearer {token}"},
            timeout=ANSWERS_WITHIN,
            trust_env=url.hostname != LOOPBACK,  # a proxy has no business with a stand-in
            **carried,
        )
        self.renew_patience()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give the connections back."""
        self._client.close()

    def renew_patience(self) -> None:
        """Begin anew: for what must not fail only because something before it had trouble."""
        self._left = self._patience

    def send(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        repeatable: bool | None = None,
    ) -> Answer:
        """The answer to a request: a success, with JSON or with nothing.

        Args:
            method: in capitals.
            path: below `base`, or a whole address at the same host, such as that of a next page.
            json: the body; None for none.
            params: the query.
            repeatable: whether twice is as good as once; by itself everything is but a POST.

        Raises:
            UnsureError: the answer to something that is not repeatable is lost.
            HttpError: refused, or no patience is left.
        """
        attempt, again = 0, method != "POST" if repeatable is None else repeatable
        while True:
            started = self._clock()
            answer, trouble = self._answer(method, path, json, params)
            if isinstance(answer, Answer) and not trouble:
                return answer
            self._left -= self._clock() - started
            until = answer.limited_until(self._now()) if isinstance(answer, Answer) else None
            if until is None:
                if isinstance(answer, Answer) and not answer.is_success and answer.status < BROKEN:
                    raise self._error(HttpError, trouble, answer)
                if not (again or answer in NEVER_SENT):
                    raise self._error(UnsureError, trouble, answer)
            self.pause(attempt, trouble, until, answer if isinstance(answer, Answer) else None)
            attempt += 1

    def pause(self, attempt: int, trouble: str, until: float | None = None, answer: Answer | None = None) -> None:
        """Sleep before the next attempt: until a limit ends, else longer each time, never at the same beat.

        Args:
            attempt: how many there were before this one.
            trouble: why another is needed, for the message when there is no patience left for one.
            until: Unix time at which a limit ends; None without one.
            answer: the last one.

        Raises:
            HttpError: patience ends before.
        """
        seconds = min(LONGEST_PAUSE, 0.25 * 2**attempt) * random.uniform(0.8, 1.2)  # noqa: S311 - only spreads load
        if until is not None:
            seconds = max(seconds, until - self._now())
        if seconds > self._left:
            end = f" (the limit ends in {seconds:.0f} s)" if until else ""
            message = f"{trouble}{end}; given up after {self._patience:g} s: run again, what was done stays done"
            error = self._error(HttpError, message, answer)
            error.given_up = True
            raise error from None
        self._left -= seconds
        self._sleep(seconds)

    def _answer(
        self, method: str, path: str, json: Any, params: Mapping[str, Any] | None
    ) -> tuple[Answer | type[Exception], str]:
        """What came back and what is wrong with it, if anything; a kind of exception when nothing came back."""
        url, asked = self._address(path), f"{method} {path}"
        try:
            answer = self._once(method, url, json, params)
            for _ in range(MOST_REDIRECTS):
                target = urljoin(url, answer.headers.get("location", ""))
                if answer.status not in REDIRECTS or method != "GET" or not self._is_ours(target):
                    break
                answer = self._once(method, target, None, None)
            if answer.is_success:
                answer.json()
                return answer, ""
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            # Their own words may repeat a header. A success that is no JSON comes from a captive portal, or the like.
            return type(error), f"{asked} was not answered: {type(error).__name__}"
        said = self._words(answer)
        return answer, f"{asked} was answered {answer.status}{said and f': {said}'}"

    def _once(self, method: str, url: str, json: Any, params: Mapping[str, Any] | None) -> Answer:
        """One request, one answer, whose size and time have an end."""
        content, started = bytearray(), self._clock()
        with self._client.stream(method, url, json=json, params=params) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > LARGEST:
                    raise ValueError("larger than any answer should be")
                if self._clock() - started > LONGEST_ANSWER:
                    raise httpx.ReadTimeout("it trickles")
            following = response.links.get("next", {}).get("url")
            return Answer(
                status=response.status_code,
                headers=response.headers,
                content=bytes(content),
                following=urljoin(url, following) if following else None,
            )

    def _address(self, path: str) -> str:
        url = f"{self._base}{path}" if path.startswith("/") else path
        if not self._is_ours(url):
            raise HttpError(f"{url[:LONGEST_WORDS]!r} is at another host: the token is not sent there")
        return url

    def _is_ours(self, url: str) -> bool:
        there = urlsplit(url)
        return (there.scheme, there.netloc) == self._origin

    def _error(self, kind: type[HttpError], message: str, answer: Answer | type[Exception] | None) -> HttpError:
        if not isinstance(answer, Answer):
            return kind(message)
        return kind(message, status=answer.status, said=self._words(answer), headers=answer.headers)

    def _words(self, answer: Answer) -> str:
        return answer.words().replace(self._token, "[token]")[:LONGEST_WORDS]
