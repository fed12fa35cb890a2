"""Fifty people log in at once: memory, health meanwhile, logins a second. `python -m tests.api.login_bench` prints it.

The API runs on one processor or on a quarter of it (25 ms in every 100 ms, as the smallest Fargate task has), clients
and database on another. `health` is asked every 20 ms on a connection of its own, and its time counts from when it was
due, so that nothing hides behind a stall.
"""

import argparse
import asyncio
import contextlib
import os
import secrets
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
import asyncpg
from argon2 import PasswordHasher

from api.schema import migrate
from local.postgres import PostgresServer
from tests.api.api_process import ApiProcess

PASSWORD = "correct horse battery"
PEOPLE = 50
PROBE_EVERY = 0.02  # seconds
CGROUP = Path("/sys/fs/cgroup/cpu")


@dataclass
class Figures:
    """What was measured; times in seconds, memory in MB.

    Attributes:
        statuses: how many answers of each status the logins got.
        seconds: how long people tried.
        health: times of the health checks.
        grown: by how much the process's memory has grown at its highest.
    """

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: float = 0
    health: list[float] = field(default_factory=list)
    grown: float = 0

    @property
    def logins_a_second(self) -> float:
        """Successful ones."""
        return self.statuses[200] / self.seconds

    @property
    def health_p99(self) -> float:
        """99 % of the health checks were answered within this."""
        return statistics.quantiles(self.health, n=100)[98]

    def __str__(self) -> str:
        answers = ", ".join(f"{count} x {status}" for status, count in sorted(self.statuses.items()))
        return (
            f"{self.logins_a_second:.1f} logins/s; {answers}; memory +{self.grown:.0f} MB; "
            f"health p50 {statistics.median(self.health) * 1000:.0f} ms, p99 {self.health_p99 * 1000:.0f} ms "
            f"of {len(self.health)}"
        )


@contextlib.contextmanager
def quarter_of_a_processor(pid: int) -> Generator[None]:
    """Give a process 25 ms in every 100 ms; OSError where that cannot be had (it needs root and Linux)."""
    if (CGROUP / "cpu.cfs_quota_us").exists():
        group, limits = CGROUP / f"priceguard-{pid}", {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "25000"}
    else:
        group, limits = Path(f"/sys/fs/cgroup/priceguard-{pid}"), {"cpu.max": "25000 100000"}
    group.mkdir()
    try:
        for name, value in limits.items():
            (group / name).write_text(value)
        (group / "cgroup.procs").write_text(str(pid))
        yield
    finally:
        with contextlib.suppress(OSError):
            (group.parent / "cgroup.procs").write_text(str(pid))
        group.rmdir()


async def prepare(dsn: str) -> list[str]:
    """Accounts for everybody; their addresses."""
    connection = await asyncpg.connect(dsn)
    await migrate(connection)
    emails = [f"{secrets.token_hex(4)}@example.com" for _ in range(PEOPLE)]
    password_hash = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash(PASSWORD)
    rows = [(email, password_hash) for email in emails]
    await connection.executemany("INSERT INTO accounts (email, password_hash) VALUES ($1, $2)", rows)
    await connection.close()
    return emails


async def measure(api: ApiProcess, emails: list[str], seconds: float, *, patient: bool) -> Figures:
    """Let everybody log in again and again; who is told to come back later does, if `patient`, or at once."""
    figures, url = Figures(), f"http://127.0.0.1:{api.port}"
    before, until = memory(api.process.pid, "VmRSS"), time.monotonic() + seconds
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def person(email: str) -> None:
            while time.monotonic() < until:
                body = {"email": email, "password": PASSWORD}
                async with session.post(f"{url}/api/auth/login", json=body) as answer:
                    figures.statuses[answer.status] += 1
                    await asyncio.sleep(int(answer.headers.get("Retry-After", "0")) if patient else 0)

        began = time.monotonic()
        async with probing(f"{url}/health?simple=1", figures):
            await asyncio.gather(*map(person, emails))
        figures.seconds = time.monotonic() - began
    figures.grown = memory(api.process.pid, "VmHWM") - before
    return figures


@contextlib.asynccontextmanager
async def probing(url: str, figures: Figures) -> AsyncGenerator[None]:
    """Ask for health all the while, each time on a new connection."""
    probes: set[asyncio.Task[None]] = set()

    async def probe(due: float) -> None:
        async with aiohttp.ClientSession() as session, session.get(url) as answer:
            assert answer.status == 200
            figures.health.append(asyncio.get_running_loop().time() - due)

    async def ask() -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            probes.add(asyncio.create_task(probe(due)))
            due += PROBE_EVERY
            await asyncio.sleep(max(0, due - loop.time()))

    asking = asyncio.create_task(ask())
    try:
        yield
    finally:
        asking.cancel()
        await asyncio.gather(asking, *probes, return_exceptions=True)


def memory(pid: int, which: str) -> float:
    """MB of a process by the kernel: VmRSS now, VmHWM at its highest."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1]) / 1024
    raise AssertionError(which)


def main(arguments: list[str]) -> None:
    """Print the figures on a whole processor and on a quarter."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    seconds = parser.parse_args(arguments).seconds
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        with PostgresServer(Path(folder) / "postgres", durable=False) as server:
            emails = asyncio.run(prepare(server.admin_dsn))
            for name in ("a processor", "a quarter of one", "a quarter, and nobody waits"):
                with ApiProcess(server.admin_dsn, Path(folder), LOG_LEVEL="WARNING").wait() as api:
                    os.sched_setaffinity(api.process.pid, {0})
                    os.sched_setaffinity(0, {(os.cpu_count() or 1) - 1})
                    limit = quarter_of_a_processor(api.process.pid) if "quarter" in name else contextlib.nullcontext()
                    with limit:
                        figures = asyncio.run(measure(api, emails, seconds, patient="nobody" not in name))
                    sys.stdout.write(f"{name}: {figures}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
