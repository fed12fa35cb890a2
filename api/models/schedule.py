"""Work that one task does for all of them."""

from datetime import timedelta

from api.models import Connection


async def take_turn(connection: Connection, name: str, *, every: timedelta) -> bool:
    """Whether the work is due and nobody else has it; who gets True does it, the others ask again later."""
    return bool(
        await connection.fetchval(
            """
            INSERT INTO schedules AS s (name, due_at) VALUES ($1, now() + $2::interval)
            ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at WHERE s.due_at <= now()
            RETURNING true
            """,
            name,
            every,
        )
    )
