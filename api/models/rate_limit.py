"""Rate limits that all tasks share."""

from dataclasses import dataclass
from datetime import timedelta

from api.models import Connection


@dataclass(frozen=True, slots=True)
class Use:
    """One use of something limited.

    Args:
        bucket: what is limited, hashed.
        burst: uses at once that a rested bucket allows.
        every: time in which one more use becomes free.
    """

    bucket: bytes
    burst: int
    every: timedelta


async def take(connection: Connection, uses: list[Use]) -> timedelta | None:
    """Use each of `uses` once; None when all were free, else how long to wait.

    The generic cell rate algorithm: a bucket is one time, at which nothing of it is used up any more, so that one
    statement checks and takes. Rows are touched in one order, so that two callers cannot wait for each other.
    """
    return await connection.fetchval(
        """
        WITH asked AS (
            SELECT * FROM unnest($1::bytea[], $2::interval[], $3::interval[]) AS u (bucket, every, room)
        ), taken AS (
            INSERT INTO rate_limits AS r (bucket, free_at, room)
            SELECT bucket, now() + every, room FROM asked ORDER BY bucket
            ON CONFLICT (bucket) DO UPDATE
            SET free_at = greatest(r.free_at, now()) + (excluded.free_at - now()), room = excluded.room
            WHERE greatest(r.free_at, now()) + (excluded.free_at - now()) <= now() + excluded.room
            RETURNING bucket
        )
        SELECT greatest(max(r.free_at + asked.every - asked.room - now()), interval '1 second')
        FROM asked LEFT JOIN rate_limits r USING (bucket)
        HAVING count(*) > (SELECT count(*) FROM taken)
        """,
        [use.bucket for use in uses],
        [use.every for use in uses],
        [use.every * use.burst for use in uses],
    )


async def give_back(connection: Connection, uses: list[Use]) -> None:
    """Undo a `take`: what was used did no harm."""
    await connection.execute(
        """
        WITH used AS (
            SELECT r.bucket, u.every FROM rate_limits r
            JOIN unnest($1::bytea[], $2::interval[]) AS u (bucket, every) USING (bucket)
            ORDER BY r.bucket FOR UPDATE OF r
        )
        UPDATE rate_limits r SET free_at = r.free_at - used.every FROM used WHERE r.bucket = used.bucket
        """,
        [use.bucket for use in uses],
        [use.every for use in uses],
    )


async def delete_free(connection: Connection) -> None:
    """Drop buckets that nobody uses any more, some at a time."""
    await connection.execute(
        """
        DELETE FROM rate_limits WHERE bucket IN (
            SELECT bucket FROM rate_limits WHERE free_at < now() LIMIT 10000 FOR UPDATE SKIP LOCKED
        )
        """
    )
