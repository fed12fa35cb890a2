"""How often something may be done, from one address and for one account.

The counts stand in PostgreSQL, so they hold for all tasks together, and they are looked at before any password is
hashed. A login that succeeds is given back: only failures use the limit up. Who guesses at an account for long can
keep its owner from logging in meanwhile; that is accepted, because sessions that are open stay open.
"""

import hashlib
import ipaddress
import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from api.db import Database
from api.errors import RateLimitedError
from api.models.rate_limit import Use, give_back, take

_NETWORK_BITS: Final = 64  # of an IPv6 address: what one customer of a provider gets


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` uses at once, and one more `every` so often."""

    name: str
    burst: int
    every: timedelta

    def of(self, whose: str) -> Use:
        """One use by an address or for an account, which the database knows by a hash only."""
        bucket = hashlib.sha256(f"{self.name}:{whose}".encode()).digest()
        return Use(bucket, self.burst, self.every)


# NIST SP 800-63B, 5.2.2: no more than 100 failed attempts in a row on one account.
LOGIN_ADDRESS: Final = Limit("login-address", 100, timedelta(seconds=2))
LOGIN_ACCOUNT: Final = Limit("login-account", 50, timedelta(minutes=5))
REGISTER_ADDRESS: Final = Limit("register-address", 100, timedelta(seconds=1))
PASSWORD_ACCOUNT: Final = Limit("password-account", 10, timedelta(minutes=1))
# Thieves try stolen numbers where a card can be saved.
CARD_ACCOUNT: Final = Limit("card-account", 30, timedelta(minutes=1))
BILLING_ACCOUNT: Final = Limit("billing-account", 60, timedelta(seconds=10))


async def use(database: Database, *uses: Use) -> None:
    """Count one use of each; RateLimitedError when one of them is used up."""
    async with database.connection() as connection:
        wait = await take(connection, list(uses))
    if wait is not None:
        seconds = math.ceil(wait.total_seconds())
        raise RateLimitedError(f"Too many attempts. Try again in {seconds} s.", wait=seconds)


async def undo(database: Database, *uses: Use) -> None:
    """Give uses back that did no harm."""
    async with database.connection() as connection:
        await give_back(connection, list(uses))


def network(address: str) -> str:
    """What stands for a caller: the IPv4 address, or the network of an IPv6 address."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, _NETWORK_BITS), strict=False))
    return str(parsed)
