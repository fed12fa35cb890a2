"""Netlify's API as far as DNS goes: zones and their records, asked with patience.

Imported only while a record is made, read or deleted: a preview needs neither network nor token, and no HTTP library.
The API (https://open-api.netlify.com) makes and deletes records; it has no operation that changes one.
"""

import os
from typing import Any, Self

from infra import patient_http
from infra.patient_http import TOKEN_FORM, HttpError, PatientHttp

API = "https://api.netlify.com/api/v1"
PATIENCE = patient_http.PATIENCE
"""Seconds that one operation on a resource may lose with trouble at Netlify, all its requests together."""
PER_PAGE = 100  # the most that Netlify gives
MISSING = 404

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
        try:
            self._http = PatientHttp(os.environ.get("NETLIFY_API_URL") or API, _token(), patience=PATIENCE)
        except HttpError as error:
            raise NetlifyError(f"NETLIFY_API_URL is {error}") from None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def renew_patience(self) -> None:
        """Begin anew: for what must not fail only because something before it had trouble."""
        self._http.renew_patience()

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
        try:
            return self._http.send(method, path, **arguments).json()
        except patient_http.UnsureError as error:
            raise UnsureError(str(error)) from None
        except HttpError as error:
            if error.status == MISSING and method != "POST":
                return None
            raise NetlifyError(f"{error}{_remedy(error.status)}") from None

    def _pause(self, attempt: int, trouble: str) -> None:
        """Sleep before the next attempt."""
        try:
            self._http.pause(attempt, trouble)
        except HttpError as error:
            raise NetlifyError(str(error)) from None


def _name(name: str) -> str:
    return name.rstrip(".").lower()


def _token() -> str:
    token = os.environ.get("NETLIFY_AUTH_TOKEN", "").strip()
    if not token:
        raise NetlifyError(
            "NETLIFY_AUTH_TOKEN is not set: make a personal access token at https://app.netlify.com/user/applications "
            "and export it, or set priceguard:dns.provider to manual and enter the records yourself"
        )
    if not TOKEN_FORM.fullmatch(token):
        raise NetlifyError("NETLIFY_AUTH_TOKEN holds characters that no token has: copy it again")
    return token


def _remedy(status: int) -> str:
    return "; the token in NETLIFY_AUTH_TOKEN is wrong, expired or of another team" if status in {401, 403} else ""
