"""Drives the platform as a person does: by its commands, in a directory of its own."""

import asyncio
import json
import os
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest

from local.control import connect
from local.loopback import direct_session
from render.configuration import ROOT

COMMAND = Path(sys.executable).parent / "priceguard"


@dataclass(frozen=True)
class Commands:
    """`priceguard local ...` on the platform in `directory`, its program carried out by `engine`."""

    directory: Path
    engine: str = "embedded"

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the commands; a DATABASE_URL of the machine is not ours."""
        # A proxy that nobody answers: nothing that stays on this machine may go through it.
        proxy = {"http_proxy": "http://127.0.0.1:1", "HTTP_PROXY": "http://127.0.0.1:1", "no_proxy": "", "NO_PROXY": ""}
        inherited = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
        # A key that could do harm: no part of the platform may have it.
        own = {"PRICEGUARD_LOCAL": str(self.directory), "COLUMNS": "200", "STRIPE_API_KEY": "sk_live_of_a_developer"}
        return inherited | proxy | own

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run one command, expect its exit code, and return what it printed on both streams."""
        if "--reset" in arguments:
            self._keep_logs()
        return self.priceguard("local", *arguments, code=code)

    def _keep_logs(self) -> None:
        """Copy what is about to be dropped: the run's search for secrets looks at it in the end."""
        kept = self.directory.with_name(f"{self.directory.name}-kept-{len(list(self.directory.parent.iterdir()))}")
        logs = [
            file for file in self.directory.rglob("*.log") if "home" not in file.parts
        ]  # the engine's are encrypted
        for log in logs:
            copy = kept / log.relative_to(self.directory)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(log, copy)

    def priceguard(self, *arguments: str, code: int = 0) -> str:
        """Run a command that is not one of `local`; what it printed on both streams."""
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout
        return done.stdout

    def preview(self, stack: str, *arguments: str, code: int = 0) -> dict[str, Any]:
        """What `priceguard preview --local --json` prints."""
        command = [COMMAND, "preview", stack, "--local", "--json", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout)

    def webhooks(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What `priceguard webhooks ...` prints on standard output, when its exit code is one of `codes`."""
        command = [COMMAND, "webhooks", *arguments]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode in codes, done.stderr
        return done.stdout

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start one command and do not wait for it."""
        return subprocess.Popen(
            [COMMAND, "local", *arguments],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def up(self, *arguments: str, code: int = 0) -> str:
        """`up --detach` on a free port."""
        return self.run("up", "--detach", "--port", "0", "--engine", self.engine, *arguments, code=code)

    def status(self) -> dict[str, Any]:
        """What `status --json` prints, but asked for without a process, because tests wait for it."""
        place = self.directory / ("" if self._stack == "dev" else self._stack)
        with suppress(ConnectionError):
            if connection := connect(place):
                with connection:
                    for event in connection.request("status"):
                        if "done" in event:
                            return event["done"]
        return {"state": "stopped", "stack": None, "outputs": {}, "parts": [], "made": {}}

    @property
    def _stack(self) -> str:
        file = self.directory / "stack"
        return file.read_text() if file.exists() else "dev"

    def part(self, name: str) -> dict[str, Any]:
        """The part whose name begins with `name`."""
        return next(part for part in self.status()["parts"] if part["name"].startswith(name))

    def stripe(self, path: str, **form: str) -> Any:
        """Ask the Stripe stand-in; with a form it is a POST."""
        mode = "live" if self._stack == "prod" else "test"
        url, headers = f"{self.part('stripe')['address']}{path}", {"Authorization": f"Bearer sk_{mode}_local"}
        with direct_session() as session:
            answer = session.request("POST" if form else "GET", url, data=form, headers=headers, timeout=30)
        answer.raise_for_status()
        return answer.json()


def alive(part: dict[str, Any]) -> bool:
    """Whether the process of a part still runs; a dead one that nobody has waited for does not."""
    try:
        return part["pid"] is not None and psutil.Process(part["pid"]).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def shell(line: str) -> str:
    """Run a printed line."""
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    done = subprocess.run(shlex.split(line), capture_output=True, text=True, timeout=20, check=True)
    return done.stdout


def wait_until(condition: Any, seconds: float = 30) -> None:
    """Return when `condition()` is true; fail when it is not within `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        time.sleep(0.05)


@dataclass
class Load:
    """Requests at a steady rate, on their own schedule whatever the answers take."""

    url: str
    token: str
    rate: int = 200
    statuses: list[int] = field(default_factory=list[int])
    errors: list[str] = field(default_factory=list[str])

    async def run(self, until: asyncio.Event, most_seconds: float) -> None:
        """Send until the event is set, or for `most_seconds`; then wait for what is under way."""
        connector = aiohttp.TCPConnector(limit=0)
        headers = {"Authorization": f"Bearer {self.token}"}
        async with aiohttp.ClientSession(connector=connector, headers=headers) as session:
            started, tasks = time.monotonic(), list[asyncio.Task[None]]()
            while not until.is_set() and time.monotonic() - started < most_seconds:
                tasks.append(asyncio.create_task(self._one(session)))
                await asyncio.sleep(max(0, started + len(tasks) / self.rate - time.monotonic()))
            await asyncio.gather(*tasks)

    async def _one(self, session: aiohttp.ClientSession) -> None:
        try:
            async with session.get(self.url) as answer:
                await answer.read()
                self.statuses.append(answer.status)
        except (aiohttp.ClientError, TimeoutError) as error:
            self.errors.append(repr(error))
