"""The worker behind the inbox of webhooks: it books what is pending, and tries again what failed.

Each process has one; they share the inbox. An event is booked in the transaction that stores its effect. While the
payment provider or the database is away, events wait, however long. An event that fails for any other reason is tried
a few times with growing pauses, then it is a dead letter: others flow on, and an operator sees and replays it.
"""

import asyncio
import contextlib
import random
import uuid
from datetime import timedelta
from typing import Final
from weakref import WeakValueDictionary

import structlog

from api.billing_state import synchronise
from api.db import Database, described
from api.errors import ChangeInProgressError, DatabaseUnavailableError, UnavailableError
from api.models.billing import select_account_id
from api.models.webhook_event import Claim, claim_events, postpone_events, select_next_attempt, settle_events
from api.payments import PaymentGateway

_AT_ONCE: Final = 4  # customers; each waits for the provider most of the time
_LEASE: Final = timedelta(seconds=60)  # after that another process may do the same once more, which does no harm
_ATTEMPTS: Final = 12  # the last one more than half an hour after the first
_FIRST_PAUSE: Final = timedelta(seconds=2)
_LONGEST_PAUSE: Final = timedelta(minutes=10)
_CONTENTION_PAUSE: Final = timedelta(seconds=1)
_OUTAGE_PAUSE: Final = timedelta(seconds=15)
_LOOKS_EVERY: Final = 5.0  # seconds; what this process received is looked at right away
_DATABASE_PAUSE: Final = 2.0  # seconds

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


class WebhookWorker:
    """Books events until stopped; `wake` it when one was received.

    Args:
        database: where the inbox is.
        gateway: who knows what is true.
        first_pause: before the second attempt of what failed; each further one is twice as long.
    """

    def __init__(self, database: Database, gateway: PaymentGateway, *, first_pause: timedelta = _FIRST_PAUSE) -> None:
        self._database = database
        self._gateway = gateway
        self._first_pause = first_pause
        # Who reads the same account at the same time only makes the other one read again.
        self._locks: WeakValueDictionary[uuid.UUID, asyncio.Lock] = WeakValueDictionary()
        self._woken = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Work in the background."""
        self._tasks = [asyncio.create_task(self._work()) for _ in range(_AT_ONCE)]

    async def stop(self) -> None:
        """Stop now; what is under way stays pending and is booked by another process, or after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def wake(self) -> None:
        """Something is pending."""
        self._woken.set()

    async def drain(self) -> int:
        """Book everything that is due now; returns how many events were dealt with."""
        count = 0
        while claim := await self._claim():
            await self._book(claim)
            count += len(claim.ids)
        return count

    async def _work(self) -> None:
        while True:
            self._woken.clear()  # first, so that no call is lost while this looks
            try:
                await self.drain()
                pause = await self._time_until_next()
            except DatabaseUnavailableError:
                pause = _DATABASE_PAUSE
            except Exception:
                _logger.exception("webhook_worker_failed")
                pause = _DATABASE_PAUSE
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._woken.wait(), pause * random.uniform(0.8, 1))  # noqa: S311 - not a secret

    async def _time_until_next(self) -> float:
        async with self._database.connection() as connection:
            until = await select_next_attempt(connection)
        return _LOOKS_EVERY if until is None else min(_LOOKS_EVERY, max(0.05, until.total_seconds()))

    async def _claim(self) -> Claim | None:
        async with self._database.connection() as connection:
            return await claim_events(connection, lease=_LEASE)

    async def _book(self, claim: Claim) -> None:
        """Give the events of one customer their effect, or say why they have none."""
        try:
            async with self._database.connection() as connection:
                account_id = await select_account_id(connection, claim.customer_id)
            if account_id is None:
                await self._settle(claim.ids, "ignored", "no account has this customer")
                return
            cause = f"webhook {' '.join(claim.ids)}"
            async with self._locks.setdefault(account_id, asyncio.Lock()):
                await synchronise(
                    self._database, self._gateway, account_id, cause, lambda c: settle_events(c, claim.ids, "booked")
                )
        except UnavailableError as error:
            usual = _CONTENTION_PAUSE if isinstance(error, ChangeInProgressError) else _OUTAGE_PAUSE
            pause = usual * random.uniform(0.5, 1.5)  # noqa: S311 - so that not all come at once
            await self._postpone(claim.ids, error.code, pause, counted=False)
        except Exception as error:
            # Whatever it is, it is a failure of these events, and must not stop the others.
            _logger.exception("webhook_failed", event_ids=claim.ids)
            await self._give_up_or_postpone(claim, described(error))
        else:
            _logger.info("webhook_booked", event_ids=claim.ids, account_id=str(account_id))

    async def _give_up_or_postpone(self, claim: Claim, reason: str) -> None:
        """Each event has its own attempts, although they are read together."""
        for attempts in sorted(set(claim.attempts.values())):
            ids = [event_id for event_id, count in claim.attempts.items() if count == attempts]
            if attempts >= _ATTEMPTS:
                await self._settle(ids, "dead", reason)
            else:
                pause = min(self._first_pause * 2 ** (attempts - 1), _LONGEST_PAUSE)
                await self._postpone(ids, reason, pause, counted=True)

    async def _settle(self, ids: list[str], state: str, reason: str) -> None:
        async with self._database.connection() as connection:
            await settle_events(connection, ids, state, reason)
        write = _logger.error if state == "dead" else _logger.info
        write(f"webhook_{state}", event_ids=ids, reason=reason)

    async def _postpone(self, ids: list[str], reason: str, pause: timedelta, *, counted: bool) -> None:
        async with self._database.connection() as connection:
            await postpone_events(connection, ids, reason, pause=pause, counted=counted)
        _logger.warning("webhook_postponed", event_ids=ids, reason=reason, retry_in_s=round(pause.total_seconds(), 1))
