"""Sessions: an opaque token that the caller sends as `Authorization: Bearer <token>`.

A token is 256 random bits; only its SHA-256 is stored, so a copy of the database opens no session. (A fast hash
is enough: unlike a password, nobody can guess it.) A session ends when it is revoked, when nobody used it for
two weeks, and after 90 days in any case.
"""

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from api.db import Database
from api.errors import SessionRequiredError
from api.models import Connection
from api.models.account import Account
from api.models.session import delete_account_sessions, delete_session, insert_session, select_session_account

LIFETIME: Final = timedelta(days=90)
IDLE: Final = timedelta(days=14)
TOUCH_AFTER: Final = timedelta(minutes=5)  # how exact "last used" is; each note is a write

_HEADER: Final = re.compile(r"(?i:bearer) +([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class Session:
    """A valid session: its key in the database, and who it belongs to."""

    token_hash: bytes
    account: Account


async def open_session(connection: Connection, account_id: uuid.UUID) -> tuple[str, datetime]:
    """A new session of the account: the token, which is shown this once, and when it ends at the latest."""
    token = secrets.token_urlsafe(32)
    return token, await insert_session(connection, account_id, _hash(token), lifetime=LIFETIME)


async def authenticate(database: Database, authorization: str | None) -> Session:
    """The session that an `Authorization` header names; SessionRequiredError when it names no valid one."""
    header = _HEADER.fullmatch(authorization or "")
    if header is None:
        raise SessionRequiredError("Log in, and send the token as `Authorization: Bearer <token>`.")
    token_hash = _hash(header[1])
    async with database.connection() as connection:
        account = await select_session_account(connection, token_hash, idle=IDLE, touch_after=TOUCH_AFTER)
    if account is None:
        raise SessionRequiredError("The session has ended. Log in again.")
    return Session(token_hash, account)


async def revoke(database: Database, session: Session) -> None:
    """End the session now."""
    async with database.connection() as connection:
        await delete_session(connection, session.token_hash)


async def revoke_all(database: Database, session: Session) -> None:
    """End every session of the account now, this one too."""
    async with database.connection() as connection:
        await delete_account_sessions(connection, session.account.id)


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
