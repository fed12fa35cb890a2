"""What becomes of one DNS record at Netlify: made or found, looked at, taken away, and never anybody else's.

Properties are those of `infra.netlify_dns.DnsRecord`, checked.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from infra.netlify_api import Netlify, NetlifyError, Record, identity

NETLIFYS_OWN = {"NETLIFY", "NETLIFY6"}
SETTINGS = ("hostname", "type", "value", "ttl", "priority", "weight", "port", "flag", "tag")
"""What a record is made from."""


def create(props: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Make the record, or take the one that is there already; return its id and all properties.

    A repetition after a process that was killed finds what that one made.

    Raises:
        NetlifyError: the name has another record, or nobody may issue certificates for it.
    """
    wanted = settings(props)
    with Netlify() as netlify:
        zone_id = netlify.zone_id(props["zone"])
        records = netlify.records(zone_id)
        refuse_forbidden_issuers(records, props["hostname"], props["issuers"])
        ours = [record for record in records if identity(record) == identity(wanted)]
        others = [record for record in records if record not in ours and exclude_each_other(record, wanted)]
        refuse_conflicts(wanted, [*filter(netlifys, ours), *others], take_over=props["take_over"])
        record = _instead_of(netlify, zone_id, others, wanted, ours)
    outs = {
        **props,
        "ttl": record.get("ttl", props["ttl"]),
        "zone_id": zone_id,
        "replaced": list(map(settings, others)),
    }
    return str(record["id"]), outs


def read(record_id: str, props: Mapping[str, Any]) -> dict[str, Any] | None:
    """The properties as they are at Netlify; None when the record is gone."""
    with Netlify() as netlify:
        record = netlify.record(props["zone_id"], record_id)
    if record is None:
        return None
    spelt = SETTINGS[:3] if identity(record) != identity(settings(props)) else ()
    return {**props, **{name: record[name] for name in spelt}, "ttl": record.get("ttl", props["ttl"])}


def delete(record_id: str, props: Mapping[str, Any]) -> None:
    """Take the record away, if it is still the one that was made; what it has become meanwhile stays."""
    with Netlify() as netlify:
        record = netlify.record(props["zone_id"], record_id)
        if record is None:
            return
        if netlifys(record) or identity(record) != identity(settings(props)):
            _say(f"{in_words(record)} is no longer the record that this stack made: it stays")
            return
        netlify.remove(props["zone_id"], record_id)


def settings(record: Mapping[str, Any]) -> Record:
    """What it takes to make such a record."""
    return {name: record[name] for name in SETTINGS if record.get(name) is not None}


def netlifys(record: Record) -> bool:
    """Whether Netlify made the record for a site of its own."""
    return bool(record.get("managed")) or record["type"] in NETLIFYS_OWN


def exclude_each_other(there: Record, wanted: Record) -> bool:
    """Whether a name cannot have both: two of a type would share its traffic, and a CNAME suffers nothing beside it."""
    if identity(there)[0] != identity(wanted)[0]:
        return False
    types = {there["type"], wanted["type"]}
    return len(types) == 1 or "CNAME" in types or bool(types & NETLIFYS_OWN and types & {"A", "AAAA"})


def refuse_conflicts(wanted: Record, others: Sequence[Record], *, take_over: bool) -> None:
    """Refuse to touch what Netlify manages, and what somebody else made unless that is to be taken over.

    Raises:
        NetlifyError: naming host name, types, the values there and what to do.
    """
    there = " and ".join(map(in_words, others))
    if any(map(netlifys, others)):
        raise NetlifyError(
            f"{in_words(wanted)} cannot be made: Netlify manages {there}. Remove that host name from the site at "
            "Netlify (Domain management) first; its records are never touched from here"
        )
    if others and not take_over:
        alone = (
            "" if all(r["type"] == wanted["type"] for r in others) else " A CNAME allows no other record of its name."
        )
        raise NetlifyError(
            f"{in_words(wanted)} cannot be made: {there} is there, and this stack did not make it.{alone} Delete it at "
            f"Netlify, or have it replaced: add {wanted['hostname']} to priceguard:dns.takeOver"
        )


def refuse_forbidden_issuers(records: Iterable[Record], hostname: str, issuers: Sequence[str]) -> None:
    """Refuse a certificate's record where CAA lets none of `issuers` issue; the nearest name upwards decides, RFC 8659.

    Raises:
        NetlifyError: naming the CAA records and the one to add.
    """
    caa = [record for record in records if record["type"] == "CAA"] if issuers else []
    name = hostname
    while name and not any(identity(record)[0] == name for record in caa):
        name = name.partition(".")[2]
    here = [r for r in caa if identity(r)[0] == name and str(r.get("tag", "issue")).lower() == "issue"]
    allowed = {str(record["value"]).partition(";")[0].strip(' "').lower() for record in here}
    if here and not allowed & set(issuers):
        there = " and ".join(map(in_words, here))
        raise NetlifyError(
            f"a certificate for {hostname.partition('.')[2]} could never be issued: {there} "
            f"allow none of {', '.join(issuers)}. Add to {name} a CAA record with flag 0, tag issue, value {issuers[0]}"
        )


def in_words(record: Record) -> str:
    """`api.example.com CNAME balancer.example`."""
    return f"{record['hostname']} {record['type']} {record['value']}"


def _instead_of(
    netlify: Netlify, zone_id: str, others: Sequence[Record], wanted: Record, ours: Sequence[Record]
) -> Record:
    """Remove the others, then make the record unless it is there; where that fails, the others are back."""
    try:
        for record in others:
            # In the log of the deployment, should this process not live to tell the state.
            _say(f"{in_words(record)}, ttl {record.get('ttl')}, gives way to {in_words(wanted)}")
            netlify.remove(zone_id, record["id"])
        return ours[0] if ours else netlify.add(zone_id, wanted)
    except NetlifyError as error:
        if not others:
            raise
        raise NetlifyError(f"{error}. {_put_back(netlify, zone_id, others, wanted)}") from None


def _put_back(netlify: Netlify, zone_id: str, others: Sequence[Record], wanted: Record) -> str:
    """Make what was removed again, and say what is there now."""
    netlify.renew_patience()
    try:
        there = set(map(identity, netlify.records(zone_id)))
        if identity(wanted) in there:
            return f"{in_words(wanted)} is there nevertheless: run again"
        for record in others:
            if identity(record) not in there:
                netlify.add(zone_id, settings(record))
    except NetlifyError as error:
        lost = " and ".join(f"{in_words(record)}, ttl {record.get('ttl')}" for record in others)
        return f"What it replaces could not be put back ({error}). Enter it at Netlify now: {lost}"
    return f"{' and '.join(map(in_words, others))} is there again"


def _say(text: str) -> None:
    """The engine shows what a provider writes to standard error."""
    sys.stderr.write(f"Netlify: {text}\n")
