"""DNS records in a zone at Netlify, as resources of the program.

The provider is this module: Pulumi keeps a reference to it with each record, and imports it in a process of its own
to carry out what is to be done. `netlify_records.py` does that; here is what needs no network.
"""

import ipaddress
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import Input, Output, ResourceOptions
from pulumi.dynamic import CheckFailure, CheckResult, CreateResult, DiffResult, ReadResult, Resource, ResourceProvider
from pulumi.output import Unknown
from pulumi.runtime.rpc import UNKNOWN

ADDRESSES = {"A": ipaddress.IPv4Address, "AAAA": ipaddress.IPv6Address}
TYPES = (*ADDRESSES, "CNAME", "TXT")
"""Types that host name and value describe fully; no MX or CAA, which have more to them."""
TTL_SECONDS = 60, 86_400
# Underscores, because records for machines have them; a star for all names of a level.
HOSTNAME = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9-]{2,63}")
WHAT_IT_IS = ("zone", "hostname", "type", "value", "ttl")
"""Whatever of these changes makes another record: Netlify has no operation that changes one."""


class DnsRecordProvider(ResourceProvider):
    """Makes, reads and deletes records; the token is in the environment of the process that does it, nowhere else."""

    # A reference to this class, not its code: nothing in it is secret, and it is the same in every run.
    serialize_as_secret_always = False

    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        """Normalise names and values, and refuse what no zone can hold; without network."""
        inputs = {name: normal(name, news) for name in DnsRecordArgs.__dataclass_fields__}
        return CheckResult(inputs, [CheckFailure(name, reason) for name, reason in problems(inputs)])

    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        """Another record replaces this one, which goes first: a name has one CNAME. Without network."""
        changed = [name for name in WHAT_IT_IS if _olds.get(name) != _news.get(name)]
        return DiffResult(changes=bool(changed), replaces=changed, delete_before_replace=bool(changed))

    def create(self, props: dict[str, Any]) -> CreateResult:
        """Make it, or take over the one that is there; see `netlify_records.create`."""
        from infra import netlify_records  # noqa: PLC0415 - only whoever carries it out loads an HTTP library

        return CreateResult(*netlify_records.create(props))

    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        """What is there now; without an id when it is gone."""
        from infra import netlify_records  # noqa: PLC0415 - as above

        found = netlify_records.read(id_, props)
        return ReadResult("", {}) if found is None else ReadResult(id_, found)

    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        """Take it away, unless it has become another one; see `netlify_records.delete`."""
        from infra import netlify_records  # noqa: PLC0415 - as above

        netlify_records.delete(_id, _props)


@dataclass(frozen=True, kw_only=True)
class DnsRecordArgs:
    """What a record is made from.

    Args:
        zone: name of the zone at Netlify that the host name is in.
        hostname: full host name, with or without a dot at its end.
        type: one of `TYPES`.
        value: address, host name or text.
        ttl: seconds that resolvers may keep it, 60 to 86400.
        take_over: replace what somebody else made of that name; otherwise that is an error.
        issuers: for the validation of a certificate: domains of its authority, one of which CAA records must allow.
    """

    zone: str
    hostname: Input[str]
    type: Input[str]
    value: Input[str]
    ttl: int = 3600
    take_over: bool = False
    issuers: Sequence[str] = ()


class DnsRecord(Resource, module="netlify", name="DnsRecord"):
    """pulumi-python:dynamic/netlify:DnsRecord. One record; an equal one that is there already becomes this one.

    Another logical name deletes the record that it adopts a moment before: move it with `aliases`.

    Attributes:
        hostname, type, value: without a dot at the end.
        zone_id: Netlify's id of the zone.
        replaced: what was taken over, for the way back: a list of objects with hostname, type, value, ttl.
    """

    zone: Output[str]
    hostname: Output[str]
    type: Output[str]
    value: Output[str]
    ttl: Output[int]
    take_over: Output[bool]
    issuers: Output[Sequence[str]]
    zone_id: Output[str]
    replaced: Output[Sequence[Mapping[str, Any]]]

    def __init__(self, name: str, args: DnsRecordArgs, opts: ResourceOptions | None = None) -> None:
        props = {**vars(args), "issuers": list(args.issuers), "zone_id": None, "replaced": None}
        super().__init__(DnsRecordProvider(), name, props, opts)


def normal(name: str, inputs: Mapping[str, Any]) -> Any:
    """An input as it is kept and compared: names in lower case without a dot at the end, whole numbers as such."""
    value = inputs.get(name)
    if isinstance(value, Unknown) or value == UNKNOWN:  # the SDK reads the one from what it wrote as the other
        return UNKNOWN
    if name in {"zone", "hostname"} or (name == "value" and inputs.get("type") != "TXT"):
        return str(value or "").rstrip(".").lower()
    return int(value) if isinstance(value, float) and value.is_integer() else value  # the engine knows no whole ones


def problems(inputs: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each property that cannot be, and why; what is not known yet is not judged."""
    known = {name: value for name, value in inputs.items() if value != UNKNOWN}
    zone, hostname, kind = inputs["zone"], inputs["hostname"], inputs["type"]
    if "hostname" in known and not HOSTNAME.fullmatch(hostname):
        yield "hostname", f"{hostname!r} must be a full host name such as api.example.com"
    elif {"hostname", "zone"} <= known.keys() and hostname != zone and not hostname.endswith(f".{zone}"):
        yield "hostname", f"{hostname} is not in the zone {zone}: correct priceguard:dns.zone, or the name"
    elif kind == "CNAME" and hostname == zone:
        yield "hostname", f"{hostname} is the zone itself, which cannot have a CNAME"
    if "type" in known and kind not in TYPES:
        yield "type", f"{kind!r} must be one of {', '.join(TYPES)}"
    if not isinstance(inputs["ttl"], int) or not TTL_SECONDS[0] <= inputs["ttl"] <= TTL_SECONDS[1]:
        yield "ttl", f"{inputs['ttl']!r} must be a whole number of seconds from {TTL_SECONDS[0]} to {TTL_SECONDS[1]}"
    if "value" in known and not fits(kind, inputs["value"]):
        yield "value", f"{inputs['value']!r} is no value of a record of type {kind}"


def fits(kind: Any, value: Any) -> bool:
    """Whether a record of the type can have the value."""
    if kind in ADDRESSES:
        try:
            ADDRESSES[kind](value)
        except ValueError:
            return False
    return bool(value) and (kind != "CNAME" or HOSTNAME.fullmatch(value) is not None)
