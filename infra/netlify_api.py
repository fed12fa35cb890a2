"""Netlify's API as far as DNS goes: zones and their records, asked with patience.

Imported only while a record is made, read or deleted: a preview needs neither network nor token, and no HTTP library.
The API (https://open-api.netlify.com) makes and deletes records; it has no operation that changes one.
"""

import os
import random
import re
import time
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

API = "https://api.netlify.com/api/v1"
LOOPBACK = "127.0.0.1"
PATIENCE = 120.0
"""Seconds that one operation on a resource may wait for Netlify, all its requests together."""
ANSWERS_WITHIN = 20.0  # seconds, each request
LONGEST_PAUSE = 15.0  # seconds
PER_PAGE = 100  # the most that Netlify gives
LIMITED, MISSING, BROKEN = 429, 404, 500

Record = dict[str, Any]
"""A record as Netlify shows it: id, hostname, type, value, ttl, managed; of a CAA record also flag and tag."""


class NetlifyError(Exception):
    """Netlify cannot be asked, or refuses; the message says what to do, and never holds the token."""


class UnsureError(NetlifyError):
    """A request has been carried out or not: its answer is lost."""


def identity(record: Record) -> tuple[str, str, str]:
    """What makes two records the same: host name, type and value, as DNS compares them. Text counts as it is spelt."""
    kind, value = str(record["type"]), str(record["value"])
    return _name(str(record["hostname"])), kind, value if kind == "TXT" else _name(value)


class Netlify:
    """What the token in NETLIFY_AUTH_TOKEN may see; `with Netlify() as netlify: ...`.

    The token and the address (NETLIFY_API_URL, else Netlify's own) come from the environment of the process that
    talks, so they are in no program, no configuration and no state.

    Raises:
        NetlifyError: no usable token, or an address that would carry it in the clear.
    """

    def __init__(self) -> None:
        self._token = _token()
        base = os.environ.get("NETLIFY_API_URL") or API
        url = urlsplit(base)
        if url.scheme != "https" and url.hostname != LOOPBACK:
            raise NetlifyError(f"NETLIFY_API_URL is {base}: it must be https, or a stand-in on {LOOPBACK}")
        self._client = httpx.Client(
            base_url=base,
            headers={"Authorization": f"Bearer {self._token}", "User-Agent": "priceguard-platform"},
            timeout=ANSWERS_WITHIN,
            trust_env=url.hostname != LOOPBACK,  # a proxy has no business with a stand-in
        )
        self.renew_patience()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def renew_patience(self) -> None:
        """Count from now: for what must not fail only because something before it took long."""
        self._deadline = time.monotonic() + PATIENCE

    def zone_id(self, name: str) -> str:
        """The id of the zone called `name`.

        Raises:
            NetlifyError: the token sees no such zone.
        """
        zones = {str(zone["name"]): str(zone["id"]) for zone in self._list("/dns_zones")}
        if name not in zones:
            seen = ", ".join(sorted(zones)) or "none"
            raise NetlifyError(
                f"the token in NETLIFY_AUTH_TOKEN sees no DNS zone {name} at Netlify (it sees {seen}): correct "
                "priceguard:dns.zone, or use a token of the team that has the zone"
            )
        return zones[name]

    def records(self, zone_id: str) -> list[Record]:
        """Every record of a zone."""
        return self._list(f"/dns_zones/{zone_id}/dns_records")

    def record(self, zone_id: str, record_id: str) -> Record | None:
        """One record; None when it is gone, or its zone."""
        return self._send("GET", f"/dns_zones/{zone_id}/dns_records/{record_id}")

    def add(self, zone_id: str, wanted: Record) -> Record:
        """Make a record that is not there. Where the answer is lost, look for it before trying again."""
        attempt = 0
        while True:
            try:
                return self._send("POST", f"/dns_zones/{zone_id}/dns_records", json=wanted)
            except UnsureError as error:
                self._pause(attempt, str(error))
            for record in self.records(zone_id):
                if identity(record) == identity(wanted):
                    return record
            attempt += 1

    def remove(self, zone_id: str, record_id: str) -> None:
        """Delete a record; one that is gone already is no error."""
        self._send("DELETE", f"/dns_zones/{zone_id}/dns_records/{record_id}")

    def _list(self, path: str) -> list[Any]:
        """All pages, whether this list has pages or ignores the question for one."""
        found: dict[str, Any] = {}
        page = 1
        while True:
            items = self._send("GET", path, params={"page": page, "per_page": PER_PAGE}) or []
            news = {str(item["id"]): item for item in items if str(item["id"]) not in found}
            found |= news
            if len(items) < PER_PAGE or not news:
                return list(found.values())
            page += 1

    def _send(self, method: str, path: str, **arguments: Any) -> Any:
        """The JSON of an answer; None for nothing, and for what is not there.

        Raises:
            UnsureError: a creation's answer is lost; everything else is tried again by itself.
            NetlifyError: refused, or no patience is left.
        """
        attempt = 0
        while True:
            answer = self._answer(method, path, arguments)
            if isinstance(answer, httpx.Response):
                if answer.is_success:
                    return answer.json() if answer.content else None
                if answer.status_code == MISSING and method != "POST":
                    return None
                trouble = f"{method} {path} was answered {answer.status_code}{self._words(answer)}"
                if answer.status_code < BROKEN and answer.status_code != LIMITED:
                    raise NetlifyError(trouble + _remedy(answer.status_code))
                limited_until = _limited_until(answer)
            else:
                trouble, limited_until = f"{method} {path} was not answered: {answer}", None
            if method == "POST" and limited_until is None:
                raise UnsureError(trouble)
            self._pause(attempt, trouble, limited_until)
            attempt += 1

    def _answer(self, method: str, path: str, arguments: dict[str, Any]) -> httpx.Response | str:
        """What came back; in words when that is nothing, or a success that is no JSON, as of a captive portal."""
        try:
            answer = self._client.request(method, path, **arguments)
            if answer.is_success and answer.content:
                answer.json()
        except (httpx.HTTPError, ValueError) as error:
            return type(error).__name__  # their own words may repeat a header
        return answer

    def _pause(self, attempt: int, trouble: str, until: float | None = None) -> None:
        """Sleep before the next attempt: until the limit ends, else longer each time, never at the same beat."""
        seconds = min(LONGEST_PAUSE, 0.25 * 2**attempt) * random.uniform(0.8, 1.2)  # noqa: S311 - only spreads load
        if until is not None:
            seconds = max(seconds, until - time.time())
        if time.monotonic() + seconds > self._deadline:
            raise NetlifyError(
                f"{trouble}; given up after {PATIENCE:g} s: run again, what was done stays done"
            ) from None
        time.sleep(seconds)

    def _words(self, answer: httpx.Response) -> str:
        """What Netlify says about a refusal: `message`, or `msg` as some of its services call it."""
        try:
            body = answer.json()
        except ValueError:
            return ""
        said = (body.get("message") or body.get("msg") or body.get("errors")) if isinstance(body, dict) else None
        return f": {said}".replace(self._token, "[token]")[:300] if said else ""


def _name(name: str) -> str:
    return name.rstrip(".").lower()


def _token() -> str:
    token = os.environ.get("NETLIFY_AUTH_TOKEN", "").strip()
    if not token:
        raise NetlifyError(
            "NETLIFY_AUTH_TOKEN is not set: make a personal access token at https://app.netlify.com/user/applications "
            "and export it, or set priceguard:dns.provider to manual and enter the records yourself"
        )
    if not re.fullmatch(r"[!-~]+", token):  # an HTTP library would repeat it in its complaint
        raise NetlifyError("NETLIFY_AUTH_TOKEN holds characters that no token has: copy it again")
    return token


def _remedy(status: int) -> str:
    return "; the token in NETLIFY_AUTH_TOKEN is wrong, expired or of another team" if status in {401, 403} else ""


def _limited_until(answer: httpx.Response) -> float | None:
    """Unix time at which a rate limit ends; now where Netlify does not say; None when there is no limit."""
    if answer.status_code != LIMITED:
        return None
    try:
        return float(answer.headers["X-RateLimit-Reset"])
    except (KeyError, ValueError):
        return time.time()
