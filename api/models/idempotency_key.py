"""Writes at the payment provider that were begun and whose results are not stored yet."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import msgspec

from api.models import Connection


@dataclass(frozen=True, slots=True)
class Begun:
    """A write under way, or one that was cut off: its parameters, and how long ago it was begun."""

    parameters: Mapping[str, str]
    age: timedelta


async def select_begun(connection: Connection, account_id: uuid.UUID, operation: str) -> Begun | None:
    """The write of this kind that the account has under way."""
    row = await connection.fetchrow(
        """
        SELECT parameters, now() - created_at AS age FROM idempotency_keys
        WHERE account_id = $1 AND operation = $2
        """,
        account_id,
        operation,
    )
    return Begun(msgspec.json.decode(row["parameters"], type=dict[str, str]), row["age"]) if row else None


async def upsert_begun(
    connection: Connection,
    account_id: uuid.UUID,
    operation: str,
    parameters: Mapping[str, str],
    *,
    reuse: timedelta,
    settled: timedelta,
) -> str | None:
    """The key for a write: that of the same write begun less than `reuse` ago, or a new one.

    None when a write of this kind was begun less than `settled` ago and may still be on its way.
    """
    return await connection.fetchval(
        """
        INSERT INTO idempotency_keys AS k (account_id, operation, key, parameters)
        VALUES ($1, $2, $3, $4::text::jsonb)
        ON CONFLICT (account_id, operation) DO UPDATE SET
            key = CASE WHEN k.created_at > now() - $5::interval THEN k.key ELSE excluded.key END,
            created_at = CASE WHEN k.created_at > now() - $5::interval THEN k.created_at ELSE now() END,
            parameters = excluded.parameters
        WHERE CASE WHEN k.created_at > now() - $5::interval THEN k.parameters = excluded.parameters
                   ELSE k.created_at <= now() - $6::interval END
        RETURNING key
        """,
        account_id,
        operation,
        f"{operation}:{account_id}:{uuid.uuid4()}",
        msgspec.json.encode(parameters).decode(),
        reuse,
        settled,
    )


async def delete_begun(connection: Connection, account_id: uuid.UUID, operation: str, key: str) -> None:
    """Forget a write whose result is stored, or that was refused; a newer one of its kind stays."""
    await connection.execute(
        "DELETE FROM idempotency_keys WHERE account_id = $1 AND operation = $2 AND key = $3", account_id, operation, key
    )
