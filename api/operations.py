"""What an operator does with webhooks and accounts: `python -m api.operations list|replay|...`.

Runs where the database can be reached: as a one-off task of the service's own image. It answers in log lines, one for
each event (`webhook_event`), change (`billing_change`) or account, and `done` at the end. Exit codes: 0 it worked, 1 it
did not, 2 the command line is wrong, 78 the environment is not complete.
"""

import argparse
import asyncio
import dataclasses
import sys
import time
import uuid
from typing import Any, Final

import structlog

from api import logs
from api.billing_trail import told
from api.db import Database
from api.errors import ApiError
from api.models.account import replace_password_hash, select_account
from api.models.billing import select_account_id, select_billing_changes
from api.models.old_account import NotImportedError, Source
from api.models.session import delete_account_sessions
from api.models.webhook_event import StoredEvent, replay_events, select_events, select_events_by_id
from api.passwords import is_verifiable
from api.reconcile import reconcile
from api.settings import Settings, SettingsError
from api.stripe_gateway import StripeGateway
from api.take_over import Left, take_over
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
    except (ApiError, NotImportedError, TimeoutError) as error:
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


async def _changes(asked: argparse.Namespace, database: Database, _: StripeGateway) -> int:
    whose: str | uuid.UUID = asked.whose
    async with database.connection() as connection:
        if isinstance(whose, str):
            account_id, missing = await select_account_id(connection, whose), f"no account has the customer {whose}"
        else:
            found, missing = await select_account(connection, whose), f"there is no account {whose}"
            account_id = found and found.id
        changes = await select_billing_changes(connection, account_id, most=asked.most) if account_id else []
    if account_id is None:
        _logger.error("failed", reason=missing)
        return 1
    for change in changes:
        _logger.info("billing_change", **told(change))
    _logger.info("done", account_id=str(account_id), changes=len(changes))
    return 0


async def _import_accounts(asked: argparse.Namespace, database: Database, _: StripeGateway) -> int:
    source = Source(
        table=asked.table,
        email=asked.email,
        password_hash=asked.password_hash,
        customer=asked.customer,
        created_at=asked.created_at,
    )
    result = await take_over(database, source, chosen=asked.row, dry_run=asked.dry_run)
    lefts = {
        "account_refused": result.refused,
        "account_left_out": result.left_out,
        "account_cannot_log_in": result.cannot_log_in,
    }
    for event, found in lefts.items():
        for left in found:
            _logger.warning(event, **_shown(left, dry_run=asked.dry_run))
    _logger.info(
        "done",
        made=result.made,
        with_customer=result.with_customer,
        there_already=result.there_already,
        **{event.removeprefix("account_"): len(found) for event, found in lefts.items()},
    )
    return 1 if result.refused or result.cannot_log_in else 0


def _shown(left: Left, *, dry_run: bool) -> dict[str, str | None]:
    """Without the address; the id of an account that a dry run has undone says nothing."""
    account_id = str(left.account_id) if left.account_id and not dry_run else None
    return {"row": left.row, "customer": left.customer, "reason": left.reason, "account_id": account_id}


async def _set_password(asked: argparse.Namespace, database: Database, _: StripeGateway) -> int:
    async with database.connection() as connection, connection.transaction():
        found = await replace_password_hash(connection, asked.account_id, asked.password_hash)
        await delete_account_sessions(connection, asked.account_id)
    if not found:
        _logger.error("failed", reason=f"there is no account {asked.account_id}")
        return 1
    _logger.info("done", account_id=str(asked.account_id))
    return 0


_COMMANDS: Final = {
    "list": _list,
    "replay": _replay,
    "reconcile": _reconcile,
    "changes": _changes,
    "import-accounts": _import_accounts,
    "set-password": _set_password,
}


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
    changes = commands.add_parser("changes", help="show what changed the billing of an account, the newest first")
    changes.add_argument("whose", type=_customer_or_account, help="cus_..., or the account's id")
    changes.add_argument("--most", type=int, default=20)
    _add_account_commands(commands)
    return parser


def _add_account_commands(commands: Any) -> None:
    importing = commands.add_parser("import-accounts", help="make an account of each row of an old table")
    for column in ("--table", "--email", "--password-hash", "--customer"):
        importing.add_argument(column, required=True)
    importing.add_argument("--created-at")
    importing.add_argument(
        "--row", action="append", default=[], help="of several with one address, the one that counts"
    )
    importing.add_argument("--dry-run", action="store_true", help="undo everything in the end")
    password = commands.add_parser("set-password", help="give an account another password, and end its sessions")
    password.add_argument("account_id", type=uuid.UUID)
    password.add_argument("password_hash", type=_argon2, help="as Argon2: the password itself is told to nobody here")


def _customer_or_account(text: str) -> str | uuid.UUID:
    try:
        return text if text.startswith("cus_") else uuid.UUID(text)
    except ValueError:  # without the text: an address would stand in the log
        raise argparse.ArgumentTypeError("is neither a customer, cus_..., nor the id of an account") from None


def _argon2(text: str) -> str:
    if not is_verifiable(text):
        raise argparse.ArgumentTypeError("is no Argon2 hash that can be verified")
    return text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
