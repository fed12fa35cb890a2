"""The Stripe stand-in's process, and what the runner remembers of what is in it."""

import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.loopback import direct_session
from local.providers import Resource
from local.stand_ins import StandIns
from local.state import Entry, State
from local.stripe_server import StripeServer, StripeServerError

AWS, STRIPE = "aws:ec2/vpc:Vpc", "stripe:index/product:Product"


def ask(server: StripeServer, path: str, form: dict[str, str] | None = None) -> Any:
    """One request, without a proxy."""
    headers = {"Authorization": "Bearer sk_test_1"}
    with direct_session() as session:
        method = "POST" if form else "GET"
        answer = session.request(method, f"{server.endpoint}{path}", data=form, headers=headers, timeout=10)
    return answer.json()


def remember(path: Path, *types: str) -> None:
    """A state with one resource of each type."""
    State(path, {f"urn::{t}": Entry(Resource(t, "x", "id", {}, {"secret": "whsec_1"}), {}) for t in types}).save()


def remembered(path: Path) -> list[str]:
    """The types in a state."""
    return [entry.resource.type for entry in State.load(path).entries.values()]


def directory_of(tmp_path: Path) -> Path:
    """The platform's directory, as its process makes it."""
    (tmp_path / "logs").mkdir()
    return tmp_path


def test_it_knows_after_a_kill_what_it_knew(tmp_path: Path) -> None:
    """Only its owner can read that, and it listens on 127.0.0.1."""
    with StripeServer(tmp_path / "logs" / "stripe.log", tmp_path / "stripe" / "objects.db") as server:
        made = ask(server, "/v1/products", {"name": "Kept"})
        process, port = psutil.Process(server.pid), server.port
        process.send_signal(signal.SIGKILL)
        psutil.wait_procs([process], timeout=10)
        assert server.pid is None

        server.start()

        assert ask(server, f"/v1/products/{made['id']}")["name"] == "Kept"
        assert server.port == port
        assert server.state_file.parent.stat().st_mode & 0o777 == 0o700
        assert server.state_file.stat().st_mode & 0o077 == 0


def test_a_port_that_is_taken_meanwhile_is_another_one(tmp_path: Path) -> None:
    """Whatever is remembered, it starts."""
    server = StripeServer(tmp_path / "logs" / "stripe.log", tmp_path / "stripe" / "objects.db")
    with server:
        port = server.port
    with socket.create_server(("127.0.0.1", port)), server:
        assert server.port != port
    (tmp_path / "stripe" / "port").write_text("nonsense")
    with server:
        assert ask(server, "/v1/products")["data"] == []


def test_two_on_one_file_are_refused(tmp_path: Path) -> None:
    """With the end of the log, which says why."""
    with StripeServer(tmp_path / "one.log", tmp_path / "objects.db"):
        other = StripeServer(tmp_path / "two.log", tmp_path / "objects.db")

        with pytest.raises(StripeServerError, match=r"(?s)the Stripe stand-in did not start.*two\.log.*objects\.db"):
            other.start()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """Before anything is started."""
    (tmp_path / "file").touch()

    with pytest.raises(StripeServerError, match=f"cannot keep anything in {tmp_path}/file/stripe"):
        StripeServer(tmp_path / "stripe.log", tmp_path / "file" / "stripe" / "objects.db").start()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_it_dies_with_its_parent(tmp_path: Path) -> None:
    """Even when that was killed."""
    program = (
        "import pathlib, sys, time; from local.stripe_server import StripeServer\n"
        "folder = pathlib.Path(sys.argv[1]); server = StripeServer(folder / 'log', folder / 'objects.db')\n"
        "server.start(); print(server.pid, flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, tmp_path], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        server = psutil.Process(int(parent.stdout.readline()))
        parent.send_signal(signal.SIGKILL)
        parent.wait(10)

        _, alive = psutil.wait_procs([server], timeout=10)

    assert not alive


def test_a_new_process_remembers_only_what_is_at_stripe(tmp_path: Path) -> None:
    """The local AWS of the last one ended with it."""
    remember(tmp_path / "state.json", AWS, STRIPE, f"{STRIPE}::replaced")

    stand_ins = StandIns(directory_of(tmp_path), "dev")

    assert remembered(stand_ins.state_file) == [STRIPE, f"{STRIPE}::replaced"]
    assert stand_ins.state_file.stat().st_mode & 0o077 == 0


def test_without_anything_at_stripe_nothing_is_left(tmp_path: Path) -> None:
    """Not even a file."""
    remember(tmp_path / "state.json", AWS)

    assert not StandIns(directory_of(tmp_path), "dev").state_file.exists()


async def test_what_was_at_stripe_goes_with_stripes_data(tmp_path: Path) -> None:
    """Else the next `up` would look for it in an empty Stripe; with the data it stays."""
    stand_ins = StandIns(directory_of(tmp_path), "dev")
    remember(stand_ins.state_file, STRIPE)
    try:
        await stand_ins.start_stripe()
        assert remembered(stand_ins.state_file) == []

        remember(stand_ins.state_file, STRIPE)
        await stand_ins.stop_stripe()
        await stand_ins.start_stripe()
        assert remembered(stand_ins.state_file) == [STRIPE]
    finally:
        await stand_ins.stop_stripe()


async def test_webhooks_are_delivered_where_it_is_told(tmp_path: Path) -> None:
    """It is told again at every `up`; one that does not answer is an error with the next step."""
    stand_ins = StandIns(directory_of(tmp_path), "dev")
    await stand_ins.start_stripe()

    await stand_ins.deliver("api.dev.example", "http://localhost:8080")

    assert ask(stand_ins.stripe, "/_stand_in/state")["hosts"] == {"api.dev.example": "http://localhost:8080"}
    await stand_ins.stop_stripe()
    with pytest.raises(StripeServerError, match="priceguard local logs stripe"):
        await stand_ins.deliver("api.dev.example", "http://localhost:8080")
