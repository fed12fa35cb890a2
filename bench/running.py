"""An image started as ECS starts it: read-only, as its own user, with the variables of the task definition."""

import asyncio
import contextlib
import json
import secrets
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import psutil
import requests

from bench.subject import Subject
from local.child import die_with_parent
from local.image.tool import ImageError
from local.loopback import direct_session
from local.ports import free_port
from local.postgres import PostgresServer

STARTS, HEALTH_CHECKS = 5, 11
_START_SECONDS, _STOP_SECONDS, _LOOKS_EVERY = 30, 40, 0.005


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """What was measured; seconds and bytes.

    Args:
        first_start: from nothing to the first healthy answer, the schema of an empty database included.
        start: the same with the schema there, median of five.
        memory: resident, right after the first healthy answer.
        health_check: one run of the container's health check, the quickest of eleven, because whatever else the machine
            does only adds to it; without what it takes to enter the image (the time of `true` in it).
        stop: from SIGTERM to the end.
    """

    first_start: float
    start: float
    memory: int
    health_check: float
    stop: float


class Running:
    """A started image; `measure` makes and ends it as often as needed."""

    def __init__(self, subject: Subject, server: PostgresServer, log: Path) -> None:
        self._subject = subject
        self._port = free_port()
        self._log = log
        self._shared = (server.ca_file,)
        database = f"image_{secrets.token_hex(4)}"
        asyncio.run(_create_database(server.admin_dsn, database))
        self._environment = {**subject.files.environment, **_variables(self._port)}
        self._environment["DATABASE_URL"] = server.admin_dsn.replace("/postgres?", f"/{database}?")

    def measure(self, said: Callable[[str], None]) -> Figures:
        """Start it, use it, ask for its health, stop it; then start it again and again.

        Raises:
            ImageError: it does not become healthy, or does not answer as it must.
        """
        with self._started() as (first_start, process):
            memory = sum(p.memory_info().rss for p in _tree(process))
            health_check = self._health_check()
            self._register_and_login()
            said(f"{self._subject.name}: healthy, registers, logs in; read-only, user {self._subject.files.user}")
            started = time.monotonic()
            process.send_signal(signal.SIGTERM)
            process.wait(_STOP_SECONDS)
            stop = time.monotonic() - started
        starts: list[float] = []
        for _ in range(STARTS):
            with self._started() as (seconds, _):
                starts.append(seconds)
        return Figures(
            first_start=first_start,
            start=statistics.median(starts),
            memory=memory,
            health_check=health_check,
            stop=stop,
        )

    @contextlib.contextmanager
    def _started(self) -> Generator[tuple[float, subprocess.Popen[bytes]]]:
        """The process, and how long it took until it was healthy."""
        with self._log.open("ab") as output:
            started = time.monotonic()
            process = subprocess.Popen(  # noqa: S603
                self._command(self._subject.files.command),
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
            )
        try:
            self._wait_until_healthy(process)
            yield time.monotonic() - started, process
        finally:
            process.kill()
            process.wait()

    def _wait_until_healthy(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        with direct_session() as session:
            while process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(requests.RequestException):
                    if session.get(self._url("/health"), timeout=5).status_code == 200:
                        return
                time.sleep(_LOOKS_EVERY)
        tail = self._log.read_text(errors="replace")[-1500:]
        raise ImageError(f"{self._subject.name} did not become healthy; the end of its log:\n{tail}")

    def _register_and_login(self) -> None:
        account = {"email": f"you+{secrets.token_hex(4)}@example.com", "password": "correct horse battery"}
        with direct_session() as session:
            for path, expected in (("register", 201), ("login", 200)):
                answer = session.post(self._url(f"/api/auth/{path}"), json=account, timeout=10)
                if answer.status_code != expected:
                    raise ImageError(f"{self._subject.name}: {path} answers {answer.status_code}: {answer.text[:300]}")
            headers = {"Authorization": f"Bearer {answer.json()['token']}"}
            answer = session.get(self._url("/api/auth/me"), headers=headers, timeout=10)
            if answer.status_code != 200 or answer.json()["account"]["email"] != account["email"]:
                raise ImageError(f"{self._subject.name}: me answers {answer.status_code}: {answer.text[:300]}")

    def _health_check(self) -> float:
        def quickest(command: Sequence[str]) -> float:
            times: list[float] = []
            for _ in range(HEALTH_CHECKS):
                started = time.monotonic()
                done = subprocess.run(  # noqa: S603
                    self._command(command), env=self._environment, capture_output=True, text=True, check=False
                )
                times.append(time.monotonic() - started)
                if done.returncode != 0:
                    raise ImageError(f"{self._subject.name}: its health check says {done.stdout}{done.stderr}")
            return min(times)

        return quickest(self._subject.health_check) - quickest(["true"])

    def _command(self, command: Sequence[str]) -> tuple[str, ...]:
        return self._subject.files.enter(command, shared=self._shared)

    def _url(self, path: str) -> str:
        return f"http://127.0.0.1:{self._port}{path}"


def _tree(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    root = psutil.Process(process.pid)
    return [root, *root.children(recursive=True)]


def _variables(port: int) -> dict[str, str]:
    """What the task definition gives, with a Stripe that nobody needs before there is a customer."""
    price = {"id": "price_basicMonthly", "plan": "basic", "interval": "month", "unit_amount": 900, "currency": "usd"}
    return {
        "ENVIRONMENT": "dev",
        "REVISION": "unreleased",
        "LOG_LEVEL": "INFO",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "ALLOWED_ORIGINS": "http://localhost:5173",
        "STRIPE_API_URL": "http://127.0.0.1:1",
        "STRIPE_PRICES": json.dumps([price]),
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(8)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
    }


async def _create_database(dsn: str, name: str) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
