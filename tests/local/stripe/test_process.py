"""The stand-in as a process, its file, and what survives."""

import asyncio
import re
import signal
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
import stripe

from local.stripe.stand_in import StandIn
from local.stripe.store import StateTakenError
from tests.local.stripe.conftest import Connect
from tests.local.stripe.receiver import Receiver
from tests.local.stripe.shop import DAY, Shop


@contextmanager
def running(state: Path) -> Generator[tuple[subprocess.Popen[str], str]]:
    """The process and its URL, from the line that it prints."""
    command = [sys.executable, "-m", "local.stripe", "--port", "0", "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            line = process.stdout.readline()
            found = re.fullmatch(r"Running on (http://127\.0\.0\.1:\d+)\n", line)
            assert found, line
            yield process, found[1]
        finally:
            process.kill()


async def test_kill_loses_nothing_that_was_answered(tmp_path: Path, connect: Connect, receiver: Receiver) -> None:
    """Objects, events, deliveries under way, idempotency keys, mapped hosts, and the time."""
    state = tmp_path / "deep" / "stripe.db"
    key: Any = {"idempotency_key": "acct:1"}
    with running(state) as (process, url):
        client = connect(url)
        await receiver.register(client, url="https://api.dev.example/hooks")
        hosts = {"api.dev.example": f"http://127.0.0.1:{receiver.port}"}
        async with httpx.AsyncClient(base_url=f"{url}/_stand_in/", trust_env=False) as ask:
            await ask.post("switches", json={"hold": True})
            await ask.post("hosts", json=hosts)
            await ask.post("clock", json={"advance": 3 * DAY})
        shop = await Shop.opened(client)
        subscription = await shop.subscribe(await shop.customer())
        customer = await client.v1.customers.create_async({"name": "A"}, key)
        before = [event.to_dict() for event in (await client.v1.events.list_async({"limit": 100})).data]
        listening = {one.laddr.ip for one in psutil.Process(process.pid).net_connections() if one.status == "LISTEN"}
        process.kill()
        process.wait()
    assert listening == {"127.0.0.1"}
    assert {path.stat().st_mode & 0o077 for path in state.parent.iterdir()} == {0}
    assert not receiver.attempts

    with running(state) as (_, url):
        client = connect(url)
        after = [event.to_dict() for event in (await client.v1.events.list_async({"limit": 100})).data]
        assert [{**event, "pending_webhooks": 1} for event in after] == before
        assert (await client.v1.customers.create_async({"name": "A"}, key)).id == customer.id
        assert (await client.v1.subscriptions.retrieve_async(subscription.id)).to_dict() == subscription.to_dict()
        async with httpx.AsyncClient(base_url=url, trust_env=False) as ask:
            assert (await ask.get("/_stand_in/state")).json()["offset"] >= 3 * DAY
            assert (await ask.get("/_stand_in/settled")).status_code == 200
        assert sorted(receiver.ids) == sorted(event["id"] for event in before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    """With exit code 0."""
    with running(tmp_path / "stripe.db") as (process, _):
        process.send_signal(number)

        assert process.wait(10) == 0


async def test_a_restart_goes_on_where_it_was(tmp_path: Path, connect: Connect) -> None:
    """Also in the middle of a retry schedule."""
    state = tmp_path / "stripe.db"
    async with StandIn(state) as first:
        shop = await Shop.opened(connect(first.url))
        made = await shop.subscribe(await shop.customer("pm_card_renewalFail"))
        first.advance_to_next()
        moment = first.clock.now
        objects = dict(first.objects)

    async with StandIn(state) as second:
        assert second.objects == objects
        assert second.clock.now >= moment
        (happened,) = second.advance_to_next()
        assert happened["what"] == "payment tried again"
        after = await connect(second.url).v1.subscriptions.retrieve_async(made.id)
        assert after.status == "past_due"


async def test_a_file_has_one_user(tmp_path: Path) -> None:
    """A second process is told that it is taken; a file that is something else is left alone."""
    async with StandIn(tmp_path / "stripe.db"):
        with pytest.raises(StateTakenError, match=r"stripe\.db.*stop what uses it"):
            StandIn(tmp_path / "stripe.db")
    other = tmp_path / "letter.txt"
    other.write_text("Dear Sir or Madam, " * 100)

    with pytest.raises(StateTakenError, match=r"letter\.txt"):
        StandIn(other)
    assert other.read_text().startswith("Dear")


async def test_a_port_can_be_chosen_and_taken(tmp_path: Path) -> None:
    """The reason is on standard error."""
    async with StandIn() as stripe_:
        port = stripe_.url.rsplit(":", 1)[1]
        command = [sys.executable, "-m", "local.stripe", "--port", port, "--state", str(tmp_path / "stripe.db")]
        process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.PIPE)
        _, reason = await process.communicate()

    assert process.returncode == 1
    assert reason.decode().startswith(f"port {port} is taken by")


async def test_what_failed_inside_leaves_nothing(
    stand_in: StandIn, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An operation that breaks half-way is a 500 without a trace."""
    customer = await shop.customer()
    before = dict(stand_in.objects)
    monkeypatch.setattr("local.stripe.charges.verdict", lambda *_, **__: 1 / 0)

    with pytest.raises(stripe.APIError) as caught:
        await shop.subscribe(customer)

    assert caught.value.http_status == 500
    assert stand_in.objects == before
