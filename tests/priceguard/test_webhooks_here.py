"""`priceguard webhooks` on this machine: from the command line through the platform's process to a task and back.

The platform is a small one (`platform_process`). The journey does the same with the real one.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.control import FILE
from tests.local.ecs_bench import SECRETS, ended

COMMAND = (str(Path(sys.executable).parent / "priceguard"),)
PLATFORM = (sys.executable, "-m", "tests.priceguard.platform_process")
SHORT = "from priceguard import cli, one_off_task; one_off_task.MOST_SECONDS = 0.6; cli.main()"


@dataclass(frozen=True)
class Here:
    """The platform in `directory`, spoken to by commands."""

    directory: Path

    def start(self, *arguments: str, command: tuple[str, ...] = COMMAND) -> "subprocess.Popen[str]":
        """Start `priceguard ...`."""
        return subprocess.Popen(
            [*command, *arguments],
            env={**os.environ, "PRICEGUARD_LOCAL": str(self.directory)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code and both outputs of `priceguard ...`."""
        return end_of(self.start(*arguments))

    def sleeper(self) -> int:
        """The process of the task that sleeps, once it runs."""
        pid = self.directory / "pid"
        until(lambda: pid.exists() and bool(pid.read_text()))
        return int(pid.read_text())


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Here]:
    """A platform with the service."""
    with subprocess.Popen([*PLATFORM, str(tmp_path)]) as process:
        until(lambda: (tmp_path / FILE).exists() or process.poll() is not None)
        yield Here(tmp_path)
        process.terminate()


def end_of(process: "subprocess.Popen[str]") -> tuple[int, str, str]:
    """Wait for it: exit code and both outputs."""
    output, errors = process.communicate(timeout=20)
    return process.returncode, output, errors


def until(condition: Callable[[], bool]) -> None:
    """Wait for something that only looking can tell; fail after 20 s."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_runs_as_a_task_of_the_service(here: Here) -> None:
    """With the arguments, the service's environment, and no secret in what comes back; two at once do not mix."""
    both = [here.start("webhooks", "list", "--state", state, "--json") for state in ("dead", "booked")]
    answers = [end_of(process) for process in both]

    for state, (code, output, errors) in zip(("dead", "booked"), answers, strict=True):
        (event,) = json.loads(output)["events"]
        assert (code, errors) == (0, "")
        assert event["type"] == f"list --state {state} --most 50"
        assert (event["state"], event["reason"]) == ("v1", "***")
        assert SECRETS["arn:token"] not in output


def test_ctrl_c_ends_the_task(here: Here) -> None:
    """Not only the command."""
    process = here.start("webhooks", "reconcile")
    pid = here.sleeper()

    process.send_signal(signal.SIGINT)

    code, _, errors = end_of(process)
    assert (code, errors) == (130, "✗ interrupted, and the task with it; running it again is harmless\n")
    until(lambda: ended(pid))


def test_it_ends_with_the_platform(here: Here) -> None:
    """And the command says so."""
    process = here.start("webhooks", "reconcile")
    pid = here.sleeper()

    code, _, errors = here.call("local", "down")

    assert (code, errors) == (0, "")
    assert ended(pid)
    code, _, errors = end_of(process)
    assert code == 1
    assert "the service priceguard-server was stopped, and its one-off task with it; `make up`" in errors


def test_it_does_not_run_for_ever(here: Here) -> None:
    """What takes too long is stopped, and the message says where to see how far it came."""
    process = here.start("webhooks", "reconcile", command=(sys.executable, "-c", SHORT))

    code, _, errors = end_of(process)

    assert code == 5
    assert "had not ended within 0.01 minutes and was stopped; `priceguard local logs api/once`" in errors
    until(lambda: ended(here.sleeper()))


def test_nothing_runs_here(tmp_path: Path) -> None:
    """The way out is named; exit code 3."""
    code, output, errors = Here(tmp_path / "local").call("webhooks", "list")

    assert (code, output, errors) == (3, "", "✗ nothing runs here; `make up` starts the platform\n")
