"""The local ECS does to processes what ECS does to containers."""

import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.local.ecs_bench import SECRETS, Bench, definition, ecs_agent, service, until


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """An agent without services."""
    async with ecs_agent(tmp_path) as bench:
        yield bench


async def test_task_gets_what_its_definition_says(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its environment is the definition's, with an address of its own; nothing of the developer's shell."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "the developer's own")
    result = await bench.agent.deploy(service(definition(1)))
    assert result.completed, result
    environment: dict[str, str] = json.loads((await bench.get("/environment"))[1])
    (task,) = bench.agent.tasks()
    assert environment.pop("PATH").startswith(f"{Path(sys.executable).parent}:")
    assert environment == {
        "HOST": (task.address or "").partition(":")[0],
        "VERSION": "v1",
        "TOKEN": SECRETS["arn:token"],
        "LANG": "C.UTF-8",
        "PYTHONUNBUFFERED": "1",
        "HOME": "/nonexistent",
    }
    assert environment["HOST"].startswith("127.")
    assert (task.state, task.health, task.target, task.revision) == ("RUNNING", "HEALTHY", "healthy", 1)
    assert task.log.stat().st_mode & 0o777 == 0o600
    # Secrets are in the process's environment only.
    assert SECRETS["arn:token"] not in repr((bench.agent.tasks(), bench.agent.events, result))


async def test_same_service_again_changes_nothing(bench: Bench) -> None:
    """No task is touched."""
    await bench.agent.deploy(service(definition(1)))
    before = bench.agent.tasks()
    assert (await bench.agent.deploy(service(definition(1)))).completed
    assert bench.agent.tasks() == before


async def test_desired_count_can_change(bench: Bench) -> None:
    """Up, down and to none; each task has an address of its own."""
    for count in (3, 1, 0):
        assert (await bench.agent.deploy(service(definition(1), count))).completed
        tasks = bench.running()
        assert len({task.address for task in tasks}) == len(tasks) == count
    assert (await bench.get())[0] == 503


async def test_killed_task_is_replaced(bench: Bench) -> None:
    """By one of the same definition, and the event says what happened."""
    await bench.agent.deploy(service(definition(1)))
    (killed,) = bench.running()
    assert killed.pid
    os.kill(killed.pid, signal.SIGKILL)
    await until(lambda: [t.target for t in bench.running() if t.id != killed.id] == ["healthy"])
    assert await bench.get() == (200, "v1")
    assert any("was killed by SIGKILL" in event.text for event in bench.agent.events)


async def test_sick_container_is_replaced(bench: Bench) -> None:
    """A container that fails its health check later is stopped, and its successor is checked as well."""
    await bench.agent.deploy(service(definition(1)))
    (first,) = bench.running()
    (bench.directory / "sick").touch()
    await until(lambda: first.id not in {task.id for task in bench.running()})
    (bench.directory / "sick").unlink()
    await until(lambda: [task.target for task in bench.running()] == ["healthy"])


async def test_without_own_addresses_the_port_differs(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on macOS: tasks share 127.0.0.1 and are told a free port."""

    def none(_: int) -> None:
        return None

    monkeypatch.setattr("local.container.own_address", none)
    shared = definition(1, check="test -e ready-$HOST-$PORT", PORT="4000")
    assert (await bench.agent.deploy(service(shared, 2))).completed
    addresses = {task.address for task in bench.running()}
    assert len(addresses) == 2
    assert all((address or "").startswith("127.0.0.1:") for address in addresses)
