"""What an operator does with webhooks: `python -m api.operations list|replay|reconcile`.

Runs where the database can be reached: as a one-off task of the service's own image. It answers in log lines, one for
each event (`webhook_event`) or account, and `done` at the end. Exit codes: 0 it worked, 1 it did not, 2 the command
line is wrong, 78 the environment is not complete.
"""

import argparse
import asyncio
import dataclasses
import sys
import time
from typing import Final

import structlog

from api import logs
from api.db import Database
from api.errors import ApiError
from api.models.webhook_event import StoredEvent, replay_events, select_events, select_events_by_id
from api.reconcile import reconcile
from api.settings import Settings, SettingsError
from api.stripe_gateway import StripeGateway
from api.webhook_worker import WebhookWorker

_CONFIGURATION_ERROR: Final = 78  # sysexits.h
_STATES: Final = ("pending", "booked", "ignored", "dead")
# Seconds.
_READY_WITHIN: Final = 30.0
_SETTLED_WITHIN: Final = 60.0
_LOOKS_EVERY: Final = 0.2

_logger: Final[structlog.typing.FilteringBoundLogger] = structlog.get_logger()


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit code."""
    asked = _parser().parse_args(arguments)
    try:
        settings = Settings.from_environment()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        return _CONFIGURATION_ERROR
    # The answers are lines of this level, whatever the service is told to write.
    logs.configure(dataclasses.replace(settings, log_level="INFO"))
    try:
        return asyncio.run(_run(asked, settings))
    except (ApiError, TimeoutError) as error:
        _logger.error("failed", reason=str(error) or "the database cannot be reached")  # noqa: TRY400 - said in words
        return 1


async def _run(asked: argparse.Namespace, settings: Settings) -> int:
    database, gateway = Database(settings.database_url), StripeGateway(settings)
    database.start()
    try:
        await asyncio.wait_for(database.ready(), asked.ready_within)
        return await _COMMANDS[asked.command](asked, database, gateway)
    finally:
        await database.stop()
        await gateway.close()


async def _list(asked: argparse.Namespace, database: Database, _: StripeGateway) -> int:
    async with database.connection() as connection:
        events = await select_events(connection, asked.state or list(_STATES), most=asked.most)
    for event in events:
        _logger.info(
            "webhook_event",
            id=event.id,
            type=event.type,
            state=event.state,
            reason=event.reason,
            attempts=event.attempts,
            customer=event.customer_id,
            received_at=event.received_at.isoformat(),
        )
    _logger.info("done", events=len(events))
    return 0


async def _replay(asked: argparse.Namespace, database: Database, gateway: StripeGateway) -> int:
    async with database.connection() as connection:
        ids = await replay_events(connection, asked.id or None)
    missing = sorted(set(asked.id) - set(ids))
    for event_id in missing:
        _logger.warning("webhook_not_replayed", id=event_id, reason="there is no such event, or it names no customer")
    events = await _settled(database, gateway, ids)
    for event in events:
        _logger.info(
            "webhook_replayed", id=event.id, booked=event.state == "booked", state=event.state, reason=event.reason
        )
    failed = [event for event in events if event.state in {"pending", "dead"}]
    _logger.info("done", replayed=len(events), failed=len(failed))
    return 1 if missing or failed else 0


async def _settled(database: Database, gateway: StripeGateway, ids: list[str]) -> list[StoredEvent]:
    """Events after one attempt at each, by us or by a worker of the service that was quicker."""
    worker, deadline = WebhookWorker(database, gateway), time.monotonic() + _SETTLED_WITHIN
    while True:
        await worker.drain()
        async with database.connection() as connection:
            events = await select_events_by_id(connection, ids)
        untried = any(event.state == "pending" and event.reason is None for event in events)
        if not untried or time.monotonic() > deadline:
            return events
        await asyncio.sleep(_LOOKS_EVERY)


async def _reconcile(asked: argparse.Namespace, database: Database, gateway: StripeGateway) -> int:
    result = await reconcile(database, gateway, most=asked.most)
    _logger.info("done", read=result.read, failed=result.failed)
    return 1 if result.failed else 0


_COMMANDS: Final = {"list": _list, "replay": _replay, "reconcile": _reconcile}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m api.operations", description=__doc__)
    parser.add_argument("--ready-within", type=float, default=_READY_WITHIN, help="seconds for the database")
    commands = parser.add_subparsers(dest="command", required=True)
    listing = commands.add_parser("list", help="show the newest events of the inbox")
    listing.add_argument("--state", action="append", choices=_STATES, help="only these; may be repeated")
    listing.add_argument("--most", type=int, default=50)
    replay = commands.add_parser("replay", help="give events their effect again")
    replay.add_argument("id", nargs="*", help="evt_...; without any, all dead letters")
    again = commands.add_parser("reconcile", help="read the state of every customer again")
    again.add_argument("--most", type=int, default=None, help="accounts, the rest another time")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
