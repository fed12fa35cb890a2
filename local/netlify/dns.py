"""Zones and their records, in memory: what can be made, and what is refused."""

import secrets
from collections.abc import Mapping, Sequence
from typing import Any

Object = dict[str, Any]

TYPES = {"A", "AAAA", "ALIAS", "CAA", "CNAME", "MX", "NS", "SPF", "SRV", "TXT"}
"""What can be made; the types NETLIFY and NETLIFY6 come with a site."""
FIELDS = ("hostname", "type", "value", "ttl", "priority", "weight", "port", "flag", "tag")
TTL = 3600  # seconds, where nothing is said


class NetlifyError(Exception):
    """A request that is refused.

    Args:
        status: HTTP status, which Netlify repeats as `code`.
        message: what is wrong.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.body = {"code": status, "message": message}
        self.status = status


class Zones:
    """Every zone with its records, by id."""

    def __init__(self) -> None:
        self._zones: dict[str, Object] = {}
        self._records: dict[str, dict[str, Object]] = {}

    def fill(self, contents: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """Forget everything, then hold these: zone -> records, which may be such as only Netlify can make."""
        self._zones.clear()
        self._records.clear()
        for name, records in contents.items():
            zone = self.add_zone({"name": name})
            for record in records:
                self._keep(zone["id"], record)

    def all(self) -> list[Object]:
        """The zones."""
        return list(self._zones.values())

    def add_zone(self, asked: Mapping[str, Any]) -> Object:
        """Make a zone."""
        name = asked.get("name")
        if not isinstance(name, str) or "." not in name:
            raise NetlifyError(422, "name is required")
        if any(zone["name"] == name for zone in self._zones.values()):
            raise NetlifyError(422, f"{name} is already managed by NetlifyDNS")
        zone: Object = {
            "id": secrets.token_hex(12),
            "name": name,
            "domain": name,
            "dns_servers": ["dns1.p01.nsone.net"],
        }
        self._zones[zone["id"]] = zone
        self._records[zone["id"]] = {}
        return zone

    def records(self, zone_id: str) -> list[Object]:
        """The records of a zone."""
        return list(self._of(zone_id).values())

    def record(self, zone_id: str, record_id: str) -> Object:
        """One record."""
        found = self._of(zone_id).get(record_id)
        if found is None:
            raise NetlifyError(404, "Not Found")
        return found

    def add(self, zone_id: str, asked: Mapping[str, Any]) -> Object:
        """Make a record; beside a CNAME there is no other. An equal one is made a second time."""
        records, zone = self._of(zone_id), self._zones[zone_id]["name"]
        kind, hostname, value = (asked.get(name) for name in ("type", "hostname", "value"))
        if kind not in TYPES:
            raise NetlifyError(422, f"type {kind!r} is not supported")
        if not isinstance(hostname, str) or not f".{hostname}".endswith(f".{zone}") or not value:
            raise NetlifyError(422, f"hostname must be in {zone}, and value must be given")
        beside = [record for record in records.values() if record["hostname"] == hostname]
        if any("CNAME" in {kind, record["type"]} for record in beside):
            raise NetlifyError(422, f"{hostname}: a CNAME cannot stand beside another record")
        return self._keep(zone_id, asked)

    def remove(self, zone_id: str, record_id: str) -> None:
        """Delete a record."""
        if self.record(zone_id, record_id)["managed"]:
            raise NetlifyError(422, "managed by Netlify")
        del self._records[zone_id][record_id]

    def _of(self, zone_id: str) -> dict[str, Object]:
        if zone_id not in self._records:
            raise NetlifyError(404, "Not Found")
        return self._records[zone_id]

    def _keep(self, zone_id: str, asked: Mapping[str, Any]) -> Object:
        settings = {name: asked.get(name) for name in FIELDS}
        kept = {
            "ttl": TTL,
            "managed": bool(asked.get("managed")),
            **{k: v for k, v in settings.items() if v is not None},
        }
        record: Object = {"id": secrets.token_hex(12), "dns_zone_id": zone_id, "site_id": None, **kept}
        self._records[zone_id][record["id"]] = record
        return record
