"""What an operator runs beside the service: `python -m api.operations`."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.api.api_process import ROOT, environment
from tests.api.billing.events import event, row
from tests.api.billing.shop import Shop
from tests.api.sample_settings import variables

Lines = list[dict[str, Any]]


async def operate(shop: Shop, database: str, folder: Path, *arguments: str, code: int = 0) -> Lines:
    """Run a command as a one-off task does; its answers."""
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "api.operations", *arguments],
        cwd=ROOT,
        # The answers come whatever the service is told to write.
        env=environment(database, LOG_LEVEL="ERROR", **variables(shop.stripe.prices, shop.stripe.server.url)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    (folder / "operations.log").write_text(done.stdout + done.stderr)
    assert done.returncode == code, done.stdout + done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def of(lines: Lines, name: str) -> Lines:
    """The lines of an event."""
    return [line for line in lines if line["event"] == name]


async def test_list_shows_the_inbox(shop: Shop, database: str, tmp_path: Path, db: asyncpg.Connection) -> None:
    """The newest first; only some states, and only so many."""
    for number in range(3):
        await shop.deliver(event(id=f"evt_{number}", type="charge.refunded"))
    await row(db, "evt_2")

    everything = of(await operate(shop, database, tmp_path, "list"), "webhook_event")
    newest = of(await operate(shop, database, tmp_path, "list", "--most", "1"), "webhook_event")
    dead = await operate(shop, database, tmp_path, "list", "--state", "dead")

    assert [(e["id"], e["state"], e["customer"]) for e in everything] == [
        (f"evt_{n}", "ignored", "cus_unknown") for n in (2, 1, 0)
    ]
    assert [e["id"] for e in newest] == ["evt_2"]
    assert of(dead, "webhook_event") == []
    assert of(dead, "done")[0]["events"] == 0


async def test_replay_gives_dead_letters_their_effect(
    shop: Shop, database: str, tmp_path: Path, db: asyncpg.Connection
) -> None:
    """All of them, or those that are named; a name that is none is told."""
    await shop.save_card()
    await shop.subscribe()
    customer = await shop.customer()
    await db.execute("UPDATE accounts SET subscription_status = 'incomplete'")
    await db.execute(
        "INSERT INTO webhook_events (id, type, customer_id, created_at, state, reason, settled_at) "
        "VALUES ('evt_dead', 'invoice.paid', $1, now(), 'dead', 'ValueError: poison', now())",
        customer,
    )

    replayed = of(await operate(shop, database, tmp_path, "replay"), "webhook_replayed")
    again = await operate(shop, database, tmp_path, "replay", "evt_dead", "evt_nonexistent", code=1)

    assert [(line["id"], line["booked"], line["state"]) for line in replayed] == [("evt_dead", True, "booked")]
    assert await shop.known() == await shop.true()
    assert [line["id"] for line in of(again, "webhook_not_replayed")] == ["evt_nonexistent"]
    assert [line["booked"] for line in of(again, "webhook_replayed")] == [True]


async def test_reconcile_reads_the_longest_unread_first(
    shop: Shop, database: str, tmp_path: Path, db: asyncpg.Connection
) -> None:
    """So that `--most` gets through all of them in the end."""
    others = [await Shop.open(shop.app, shop.stripe, f"bob{n}@example.com") for n in range(3)]
    for other in others:
        await other.post("create-setup-intent")
    for _ in others:
        done = of(await operate(shop, database, tmp_path, "reconcile", "--most", "1"), "done")
        assert (done[0]["read"], done[0]["failed"]) == (1, 0)
    assert await db.fetchval("SELECT count(*) FROM accounts WHERE billing_checked_at IS NOT NULL") == 3


@pytest.mark.parametrize("arguments", [[], ["nonsense"], ["list", "--state", "wrong"]])
async def test_a_wrong_command_line(shop: Shop, database: str, tmp_path: Path, arguments: list[str]) -> None:
    """2, and nothing is done."""
    assert await operate(shop, database, tmp_path, *arguments, code=2) == []


async def test_without_a_database_it_gives_up(shop: Shop, tmp_path: Path) -> None:
    """One line that says so, without the password."""
    dsn = "postgresql://app:s3cret@127.0.0.1:1/appdb?sslmode=require"
    lines = await operate(shop, dsn, tmp_path, "--ready-within", "1", "list", code=1)
    assert of(lines, "failed")[0]["reason"] == "the database cannot be reached"
    assert "s3cret" not in str(lines)
