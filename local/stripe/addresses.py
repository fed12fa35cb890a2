"""Where webhooks may go: this machine, and nowhere else."""

import ipaddress
import socket
from typing import Any
from urllib.parse import urlsplit

from aiohttp.abc import AbstractResolver, ResolveResult


class UnreachableError(Exception):
    """A webhook's URL leads off this machine; the message says what to map."""


class LoopbackResolver(AbstractResolver):
    """Knows `localhost` only, so that no name can lead to the network."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return 127.0.0.1 and ::1 for `localhost`; OSError for any other name."""
        if host != "localhost":
            raise OSError(None, f"{host} is not on this machine")
        found = ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1"))
        flags: Any = socket.AI_NUMERICHOST
        return [
            {"hostname": host, "host": address, "port": port, "family": kind, "proto": 0, "flags": flags}
            for kind, address in found
            if family in {socket.AF_UNSPEC, kind}
        ]

    async def close(self) -> None:
        """Nothing is kept."""


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address means this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def route(url: str, hosts: dict[str, str]) -> tuple[str, dict[str, str]]:
    """Return where a webhook really goes, and the headers that make it look as if it went to its URL.

    Args:
        url: of the endpoint.
        hosts: base URL on this machine by host name.

    Raises:
        UnreachableError: the host is neither on this machine nor mapped.
    """
    parts = urlsplit(url)
    base = hosts.get(parts.netloc) or hosts.get(parts.hostname or "")
    if base:
        rest = f"{parts.path}{'?' if parts.query else ''}{parts.query}"
        return f"{base.rstrip('/')}{rest}", {"Host": parts.netloc}
    if is_loopback(parts.hostname):
        return url, {}
    message = f"{parts.hostname} is not on this machine: map it with POST /_stand_in/hosts"
    raise UnreachableError(message)


def checked(hosts: Any) -> dict[str, str]:
    """Return the map of hosts as `route` takes it.

    Raises:
        ValueError: it is no map, or a base URL leads off this machine.
    """
    if not isinstance(hosts, dict):
        raise ValueError('hosts is an object such as {"api.dev.example": "http://localhost:8080"}')
    for host, base in hosts.items():
        parts = urlsplit(base if isinstance(base, str) else "")
        if parts.scheme not in {"http", "https"} or not is_loopback(parts.hostname):
            raise ValueError(f"{host}: {base!r} is not a URL on this machine, e.g. http://localhost:8080")
    return hosts
