"""The inbox of webhooks: stored when they arrive, settled when their effect is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api.models import Connection
from api.payments import PaymentEvent


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as operators see it; `state` is pending, booked, ignored or dead."""

    id: str
    type: str
    customer_id: str | None
    created_at: datetime
    received_at: datetime
    state: str
    reason: str | None
    attempts: int


@dataclass(frozen=True, slots=True)
class Claim:
    """Pending events of one customer that this process has taken on: id -> how often each was tried, this time too."""

    customer_id: str
    attempts: dict[str, int]

    @property
    def ids(self) -> list[str]:
        """Which events."""
        return list(self.attempts)


async def insert_event(connection: Connection, event: PaymentEvent, ignored: str | None) -> bool:
    """Put an event into the inbox, pending or with the reason why it is ignored; False when it is there already."""
    done = await connection.execute(
        """
        INSERT INTO webhook_events
            (id, type, customer_id, api_version, created_at, state, reason, next_attempt_at, settled_at)
        SELECT $1, $2, $3, $4, $5, state, $6, CASE state WHEN 'pending' THEN now() END,
               CASE state WHEN 'ignored' THEN now() END
        FROM (SELECT CASE WHEN $6::text IS NULL THEN 'pending' ELSE 'ignored' END AS state) s
        ON CONFLICT (id) DO NOTHING
        """,
        event.id,
        event.type,
        event.customer_id,
        event.api_version,
        event.created,
        ignored,
    )
    return done == "INSERT 0 1"


async def claim_events(connection: Connection, *, lease: timedelta) -> Claim | None:
    """Take on the pending events of one customer that are due; whoever fails to settle them loses them after `lease`.

    All of one customer together, because one reading of the customer is the effect of each of them.
    """
    rows = await connection.fetch(
        """
        WITH due AS (
            SELECT customer_id FROM webhook_events
            WHERE state = 'pending' AND next_attempt_at <= now()
            ORDER BY next_attempt_at LIMIT 1 FOR UPDATE SKIP LOCKED
        ), claimed AS ( -- what others are claiming is theirs: to wait for it could be to wait for each other
            SELECT e.id FROM webhook_events e JOIN due USING (customer_id)
            WHERE e.state = 'pending' AND e.next_attempt_at <= now()
            FOR UPDATE OF e SKIP LOCKED
        )
        UPDATE webhook_events SET attempts = attempts + 1, next_attempt_at = now() + $1::interval
        WHERE id IN (SELECT id FROM claimed)
        RETURNING id, customer_id, attempts
        """,
        lease,
    )
    return Claim(rows[0]["customer_id"], {row["id"]: row["attempts"] for row in rows}) if rows else None


async def settle_events(connection: Connection, ids: list[str], state: str, reason: str | None = None) -> None:
    """Their effect is stored in this same transaction (booked), or they have none (ignored), or are given up (dead)."""
    await connection.execute(
        """
        UPDATE webhook_events SET state = $2, reason = $3, next_attempt_at = NULL, settled_at = now()
        WHERE id = ANY($1) AND state = 'pending'
        """,
        ids,
        state,
        reason,
    )


async def postpone_events(
    connection: Connection, ids: list[str], reason: str, *, pause: timedelta, counted: bool
) -> None:
    """Try again after `pause`; an attempt that is not `counted` was nobody's fault."""
    await connection.execute(
        """
        UPDATE webhook_events SET next_attempt_at = now() + $3::interval, reason = $2,
               attempts = CASE WHEN $4 THEN attempts ELSE greatest(attempts - 1, 0) END
        WHERE id = ANY($1) AND state = 'pending'
        """,
        ids,
        reason,
        pause,
        counted,
    )


async def select_next_attempt(connection: Connection) -> timedelta | None:
    """How long until the first pending event is due; None when none is pending."""
    return await connection.fetchval("SELECT min(next_attempt_at) - now() FROM webhook_events WHERE state = 'pending'")


async def select_events(connection: Connection, states: list[str], *, most: int) -> list[StoredEvent]:
    """The newest events in any of `states`."""
    rows = await connection.fetch(
        """
        SELECT id, type, customer_id, created_at, received_at, state, reason, attempts FROM webhook_events
        WHERE state = ANY($1) ORDER BY received_at DESC, id LIMIT $2
        """,
        states,
        most,
    )
    return [StoredEvent(**row) for row in rows]


async def select_events_by_id(connection: Connection, ids: list[str]) -> list[StoredEvent]:
    """Certain events."""
    rows = await connection.fetch(
        """
        SELECT id, type, customer_id, created_at, received_at, state, reason, attempts FROM webhook_events
        WHERE id = ANY($1) ORDER BY received_at, id
        """,
        ids,
    )
    return [StoredEvent(**row) for row in rows]


async def replay_events(connection: Connection, ids: list[str] | None) -> list[str]:
    """Make events pending again, those named or all dead ones; returns the ids of those that have a customer."""
    rows = await connection.fetch(
        """
        UPDATE webhook_events SET state = 'pending', reason = NULL, attempts = 0, next_attempt_at = now(),
               settled_at = NULL
        WHERE customer_id IS NOT NULL AND CASE WHEN $1::text[] IS NULL THEN state = 'dead' ELSE id = ANY($1) END
        RETURNING id
        """,
        ids,
    )
    return sorted(row["id"] for row in rows)


async def delete_settled_events(connection: Connection, *, older: timedelta) -> None:
    """Forget events that were settled long ago, some at a time; dead ones stay until somebody looks at them."""
    await connection.execute(
        """
        DELETE FROM webhook_events WHERE id IN (
            SELECT id FROM webhook_events
            WHERE state IN ('booked', 'ignored') AND settled_at < now() - $1::interval LIMIT 10000
        )
        """,
        older,
    )
