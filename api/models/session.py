"""Sessions: proof that somebody logged in. A session is known by the SHA-256 of its token only."""

import uuid
from datetime import datetime, timedelta

from api.models import Connection
from api.models.account import COLUMNS, Account, account_from


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
        f"""
        WITH found AS (
            SELECT token_hash, account_id, last_used_at FROM sessions
            WHERE token_hash = $1 AND expires_at > now() AND last_used_at > now() - $2::interval
        ), touched AS (
            UPDATE sessions SET last_used_at = now() FROM found
            WHERE sessions.token_hash = found.token_hash AND found.last_used_at < now() - $3::interval
        )
        SELECT {COLUMNS}
        FROM found JOIN accounts a ON a.id = found.account_id LEFT JOIN prices p ON p.id = a.stripe_price_id
        """,
        token_hash,
        idle,
        touch_after,
    )
    return account_from(row) if row else None


async def delete_session(connection: Connection, token_hash: bytes) -> None:
    """End one session."""
    await connection.execute("DELETE FROM sessions WHERE token_hash = $1", token_hash)


async def delete_account_sessions(connection: Connection, account_id: uuid.UUID, *, but: bytes | None = None) -> None:
    """End all sessions of an account, except the one with the token hash `but`."""
    await connection.execute(
        "DELETE FROM sessions WHERE account_id = $1 AND token_hash IS DISTINCT FROM $2", account_id, but
    )
