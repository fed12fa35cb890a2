"""Sessions: proof that somebody logged in. A session is known by the SHA-256 of its token only."""

import uuid
from datetime import datetime, timedelta

from api.models import Connection
from api.models.account import Account


async def insert_session(
    connection: Connection, account_id: uuid.UUID, token_hash: bytes, *, lifetime: timedelta
) -> datetime:
    """A new session; returns when it ends at the latest. Takes the account's ended sessions away."""
    expires_at = await connection.fetchval(
        """
        WITH ended AS (DELETE FROM sessions WHERE account_id = $1 AND expires_at < now())
        INSERT INTO sessions (account_id, token_hash, expires_at) VALUES ($1, $2, now() + $3::interval)
        RETURNING expires_at
        """,
        account_id,
        token_hash,
        lifetime,
    )
    assert isinstance(expires_at, datetime), "an INSERT returns its row"
    return expires_at


async def select_session_account(
    connection: Connection, token_hash: bytes, *, idle: timedelta, touch_after: timedelta
) -> Account | None:
    """Whose session this is; None when there is none, it ended or nobody used it for `idle`.

    The hottest query of the API, so it is one round trip: it notes the use itself, and writes only when the
    last note is older than `touch_after`.
    """
    row = await connection.fetchrow(
        """
        WITH found AS (
            SELECT s.token_hash, s.last_used_at, a.id, a.email, a.created_at
            FROM sessions s JOIN accounts a ON a.id = s.account_id
            WHERE s.token_hash = $1 AND s.expires_at > now() AND s.last_used_at > now() - $2::interval
        ), touched AS (
            UPDATE sessions SET last_used_at = now() FROM found
            WHERE sessions.token_hash = found.token_hash AND found.last_used_at < now() - $3::interval
        )
        SELECT id, email, created_at FROM found
        """,
        token_hash,
        idle,
        touch_after,
    )
    return Account(row["id"], row["email"], row["created_at"]) if row else None


async def delete_session(connection: Connection, token_hash: bytes) -> None:
    """End one session."""
    await connection.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash)
