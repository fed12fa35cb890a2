"""A one-off task of a service that runs here: what the service has, another command, and nothing left behind."""

import asyncio
import contextlib
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from local.one_off_task import OneOffTaskError
from tests.local.ecs_bench import SECRETS, Bench, definition, ecs_agent, ended, service, until

PRINT_ENVIRONMENT = "import json, os; print(json.dumps(dict(os.environ)))"
SLEEP = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """An agent with the sample service."""
    async with ecs_agent(tmp_path) as bench:
        assert (await bench.agent.deploy(service(definition(1)))).completed
        yield bench


async def run(bench: Bench, program: str, name: str = "server") -> tuple[int, list[str]]:
    """Run a Python program as a one-off task: its exit code and what it wrote."""
    lines: list[str] = []
    return await bench.agent.run(name, ["python", "-c", program], lines.append), lines


async def started(bench: Bench) -> tuple["asyncio.Task[int]", int]:
    """A one-off task that sleeps, and its process."""
    lines: list[str] = []
    running = asyncio.create_task(bench.agent.run("server", ["python", "-c", SLEEP], lines.append))
    await until(lambda: bool(lines))
    return running, int(lines[0])


def log_of(bench: Bench) -> Path:
    """The log of the one task that ran."""
    (log,) = (bench.directory / "logs").glob("api-once-*.log")
    return log


async def test_it_has_what_a_task_of_the_service_has(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Environment, secrets and working directory; nothing of the developer's shell, and no address of its own."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the developer's own")

    code, lines = await run(bench, f"{PRINT_ENVIRONMENT}; print(os.getcwd())")

    environment: dict[str, Any] = json.loads(log_of(bench).read_text().splitlines()[0])
    assert code == 0
    assert environment.pop("PATH").startswith(f"{Path(sys.executable).parent}:")
    assert environment == {
        "HOST": "0.0.0.0",  # noqa: S104 - as the definition has it
        "VERSION": "v1",
        "TOKEN": SECRETS["arn:token"],
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "HOME": "/nonexistent",
    }
    assert lines[1] == str(bench.directory)


async def test_what_comes_back_holds_no_secret(bench: Bench) -> None:
    """The log does, and only its owner may read it."""
    _, lines = await run(bench, f"import sys; {PRINT_ENVIRONMENT}; sys.stderr.write(os.environ['TOKEN'])")

    assert SECRETS["arn:token"] not in repr((lines, bench.agent.events))
    assert json.loads(lines[0])["TOKEN"] == "***"
    assert lines[1] == "***"
    assert log_of(bench).stat().st_mode & 0o777 == 0o600


async def test_lines_come_while_it_runs(bench: Bench) -> None:
    """Whole ones, of both streams, in their order; the last one also without its end."""
    program = """
import sys, time
for text in ("be", "gun\\n", "\\n", "grüße\\nen"):
    print(text, end="", flush=True); time.sleep(0.1)
print("d", end="", file=sys.stderr)
"""

    assert await run(bench, program) == (0, ["begun", "", "grüße", "end"])


@pytest.mark.parametrize(
    ("program", "expected"), [("import sys; sys.exit(78)", 78), ("import os; os.kill(os.getpid(), 9)", 137)]
)
async def test_its_exit_code_is_that_of_a_container(bench: Bench, program: str, expected: int) -> None:
    """Also for one that a signal ended."""
    assert await run(bench, program) == (expected, [])


async def test_the_service_does_not_notice(bench: Bench) -> None:
    """Neither its tasks nor its target, whatever becomes of the one-off task; the events tell of it."""
    before = bench.agent.tasks()

    await run(bench, "raise SystemExit(1)")

    assert bench.agent.tasks() == before
    assert await bench.get() == (200, "v1")
    task_id = log_of(bench).stem.rpartition("-")[2]
    assert [event.text for event in bench.agent.events][-2:] == [
        f"server: one-off task {task_id} of api:1 starts",
        f"server: one-off task {task_id} ended with exit code 1",
    ]


async def test_two_at_once_do_not_mix(bench: Bench) -> None:
    """Each has its own output."""
    answers = await asyncio.gather(*(run(bench, f"print({number})") for number in range(3)))

    assert answers == [(0, [str(number)]) for number in range(3)]


async def test_a_failed_deployment_is_not_what_runs(bench: Bench) -> None:
    """The last one that completed is, as for the tasks that answer."""
    failed = await bench.agent.deploy(service(definition(2, EXIT="1")))

    assert not failed.completed
    assert await run(bench, "import os; print(os.environ['VERSION'])") == (0, ["v1"])


async def test_whoever_waits_can_stop_it(bench: Bench) -> None:
    """With all that it started."""
    running, pid = await started(bench)

    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running

    assert running.cancelled()
    assert not psutil.pid_exists(pid)


async def test_it_ends_with_the_agent(bench: Bench) -> None:
    """Whoever waits is told."""
    running, pid = await started(bench)

    await bench.agent.close()

    with pytest.raises(OneOffTaskError, match="server was stopped, and its one-off task with it"):
        await running
    assert not psutil.pid_exists(pid)


async def test_what_does_not_run_is_named(bench: Bench) -> None:
    """With the way out."""
    with pytest.raises(OneOffTaskError, match="the service shop does not run here; `make up`"):
        await run(bench, "pass", name="shop")


async def test_a_secret_that_cannot_be_read_is_named(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is started."""
    monkeypatch.delitem(SECRETS, "arn:token")

    with pytest.raises(OneOffTaskError, match="unable to read secret TOKEN"):
        await run(bench, "pass")

    assert not list((bench.directory / "logs").glob("api-once-*.log"))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
async def test_it_dies_with_the_agents_process(tmp_path: Path) -> None:
    """Even when that was killed and could not say good-bye."""
    program = f"""
import asyncio, pathlib, sys
from tests.local.ecs_bench import definition, ecs_agent, service
async def main():
    async with ecs_agent(pathlib.Path(sys.argv[1])) as bench:
        await bench.agent.deploy(service(definition(1)))
        await bench.agent.run("server", ["python", "-c", {SLEEP!r}], lambda line: print(line, flush=True))
asyncio.run(main())
"""
    agent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, str(tmp_path), stdout=asyncio.subprocess.PIPE
    )
    assert agent.stdout
    pid = int(await agent.stdout.readline())

    os.kill(agent.pid, 9)
    await agent.wait()

    await until(lambda: ended(pid))
