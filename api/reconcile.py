"""Reconciliation: what no webhook told. The state of every customer is read again, the longest unread ones in turn.

Idempotent, because it is the same synchronisation that webhooks lead to; bounded, because each run reads a limited
number; resumable, because what was read is not read again.
"""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from api.billing_state import synchronise
from api.db import Database, described
from api.errors import DatabaseUnavailableError, UnavailableError
from api.models.billing import Unread, note_unreadable, select_unread
from api.models.rate_limit import delete_free
from api.models.schedule import take_turn
from api.models.webhook_event import delete_settled_events
from api.payments import PaymentGateway

_EVERY: Final = timedelta(minutes=10)
_STALE: Final = timedelta(hours=6)
_MOST: Final = 1000  # accounts a run, about 5 minutes
_BATCH: Final = 50
_TOO_MANY: Final = 20  # failures: the provider is away, or something is wrong for everybody
_AT_ONCE: Final = 4  # two readings each: far below what Stripe allows, 25 a second in test mode
_KEPT: Final = timedelta(days=30)  # Stripe repeats a delivery for three days
_LOOKS_EVERY: Final = 30.0  # seconds

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


@dataclass(slots=True)
class Reconciled:
    """What a run did: accounts that were read, and those that could not be."""

    read: int = 0
    failed: int = 0


async def reconcile(
    database: Database, gateway: PaymentGateway, *, before: datetime | None = None, most: int | None = None
) -> Reconciled:
    """Read the state of every customer again that was last read before `before` (default: now).

    One that cannot be read is counted and logged; the others go on.
    """
    before = before or datetime.now(UTC)
    result, last = Reconciled(), None
    while left := _BATCH if most is None else min(_BATCH, most - result.read - result.failed):
        if result.failed >= _TOO_MANY:
            _logger.error("reconciliation_gave_up", read=result.read, failed=result.failed)
            break
        async with database.connection() as connection:
            batch = await select_unread(connection, after=last, before=before, most=left)
        if not batch:
            break
        last = batch[-1]
        await _read(database, gateway, batch, result)
    _logger.info("reconciled", read=result.read, failed=result.failed)
    return result


async def _read(database: Database, gateway: PaymentGateway, batch: list[Unread], result: Reconciled) -> None:
    gate = asyncio.Semaphore(_AT_ONCE)

    async def read(account_id: uuid.UUID) -> None:
        async with gate:
            try:
                await synchronise(database, gateway, account_id, "reconciliation")
            except DatabaseUnavailableError:
                raise
            except Exception as error:  # noqa: BLE001 - whatever it is, it is one account's, and the others go on
                result.failed += 1
                _logger.warning("reconciliation_failed", account_id=str(account_id), reason=described(error))
                if not isinstance(error, UnavailableError):  # else it is nobody's fault, and first the next time
                    async with database.connection() as connection:
                        await note_unreadable(connection, account_id)
            else:
                result.read += 1

    await asyncio.gather(*(read(account.account_id) for account in batch))


async def reconcile_by_schedule(database: Database, gateway: PaymentGateway) -> None:
    """Reconcile every ten minutes, for ever; of several processes whoever comes first does it."""
    while True:
        try:
            async with database.connection() as connection:
                mine = await take_turn(connection, "reconciliation", every=_EVERY)
            if mine:
                await reconcile(database, gateway, before=datetime.now(UTC) - _STALE, most=_MOST)
                await _tidy(database)
        except DatabaseUnavailableError:
            pass  # logged where it happened
        except Exception:
            _logger.exception("reconciliation_stopped")
        await asyncio.sleep(_LOOKS_EVERY)


async def _tidy(database: Database) -> None:
    async with database.connection() as connection:
        await delete_settled_events(connection, older=_KEPT)
        await delete_free(connection)
