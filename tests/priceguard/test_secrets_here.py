"""`priceguard secrets` on the local platform's AWS, and on a terminal."""

import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from moto.server import ThreadedMotoServer

from priceguard import app_secrets
from tests.gitops.cluster import REGION
from tests.priceguard.test_secrets import KEY, NAME, call, make_secrets, stored

COMMAND = Path(sys.executable).parent / "priceguard"


@pytest.fixture
def server() -> Iterator[str]:
    """URL of an AWS that other processes reach; the four secrets are there."""
    made = ThreadedMotoServer("127.0.0.1", 0)
    made.start()
    url = "http://{}:{}".format(*made.get_host_and_port())
    requests.post(f"{url}/moto-api/reset", timeout=10)
    make_secrets(remote(url))
    yield url
    made.stop()


def remote(url: str) -> Any:
    """Secrets Manager at `url`."""
    return boto3.client(
        "secretsmanager", REGION, endpoint_url=url, aws_access_key_id="local", aws_secret_access_key="local"
    )


def test_nothing_runs_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The way out is named; exit code 3."""
    monkeypatch.setenv("PRICEGUARD_LOCAL", str(tmp_path / "local"))

    for command in (("list", "local"), ("set", "local", "stripe-secret-key")):
        printed = call(*command)
        assert (printed.stderr, printed.exit_code) == ("✗ nothing runs here; `make up` starts the platform\n", 3)


def test_on_this_machine_it_is_the_local_aws(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without credentials, and without asking Stripe."""
    asked: list[str] = []
    monkeypatch.setattr(app_secrets, "check_with_stripe", asked.append)
    monkeypatch.setattr(app_secrets, "running_here", lambda: ("dev", server))

    printed = call("set", "local", "stripe-secret-key", typed=KEY)

    assert "names. `make up` makes a new task definition" in printed.stdout
    assert stored(remote(server)) == KEY
    assert asked == []
    assert "no service uses it yet" in call("list", "local").stdout


def test_on_a_terminal_it_is_asked_for_and_not_shown(server: str) -> None:
    """Neither while it is typed nor afterwards."""
    here, there = pty.openpty()
    credentials = {"AWS_ENDPOINT_URL": server, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    with subprocess.Popen(
        [COMMAND, "secrets", "set", "dev", "stripe-secret-key", "--no-check"],
        env=os.environ | credentials,
        stdin=there,
        stdout=there,
        stderr=there,
        start_new_session=True,
    ) as process:
        os.close(there)
        shown = until_shown(here, b"(not shown): ")
        os.write(here, f"{KEY}\n".encode())
        shown += until_shown(here, b"revoke the old key.")
        assert process.wait(20) == 0
    os.close(here)

    assert stored(remote(server)) == KEY
    assert NAME.encode() in shown
    assert KEY.encode() not in shown


def until_shown(terminal: int, words: bytes) -> bytes:
    """What the terminal shows up to some words; the end of the program is an error."""
    shown = b""
    while words not in shown:
        shown += os.read(terminal, 4096)
    return shown
