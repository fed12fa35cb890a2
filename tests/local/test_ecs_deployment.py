"""A new task definition reaches the local ECS without a failed request, or not at all."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.ecs_model import DeploymentResult, TaskDefinition
from tests.local.ecs_bench import Bench, definition, ecs_agent, ended, service, until


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """An agent without services."""
    async with ecs_agent(tmp_path) as bench:
        yield bench


async def load(bench: Bench, rate: int, done: asyncio.Event) -> Counter[tuple[int, str]]:
    """Send `rate` requests a second until the event, every second one a POST; how often each answer came."""
    answers: Counter[tuple[int, str]] = Counter()
    loop, sent = asyncio.get_running_loop(), 0
    started = loop.time()

    async def request() -> None:
        method, body = ("POST", b"x" * 1000) if sent % 2 else ("GET", None)
        async with bench.client.request(method, bench.balancer.urls[80], data=body) as response:
            answers[response.status, await response.text()] += 1

    async with asyncio.TaskGroup() as requests:
        while not done.is_set():
            requests.create_task(request())
            sent += 1
            await asyncio.sleep(max(0, started + sent / rate - loop.time()))
    return answers


async def test_swap_under_load_fails_no_request(bench: Bench) -> None:
    """200 requests a second while all tasks are replaced, three times."""
    await bench.agent.deploy(service(definition(1), 2))
    first = [task.pid or 0 for task in bench.running()]
    done = asyncio.Event()
    answers = asyncio.create_task(load(bench, 200, done))
    for revision in (2, 3, 4):
        assert (await bench.agent.deploy(service(definition(revision), 2))).completed
    assert (await bench.get()) == (200, "v4")
    done.set()
    assert {status for status, _ in await answers} == {200}
    assert all(ended(pid) for pid in first)


async def test_crash_in_the_middle_of_a_deployment(bench: Bench) -> None:
    """An old task that dies then is not replaced by another old one."""
    await bench.agent.deploy(service(definition(1)))
    old = bench.running()[0].pid
    deployment = asyncio.create_task(bench.agent.deploy(service(definition(2))))
    await until(lambda: len(bench.running()) == 2)
    assert old
    os.kill(old, signal.SIGKILL)
    assert (await deployment).completed
    assert [task.revision for task in bench.agent.tasks()] == [1, 2]
    assert await bench.get() == (200, "v2")


async def test_slow_request_survives_a_deployment(bench: Bench) -> None:
    """The old task ends after its last answer."""
    await bench.agent.deploy(service(definition(1)))
    request = asyncio.create_task(bench.get("/slow"))
    await until(lambda: bench.balancer.targets("api")[0].in_flight == 1)
    assert (await bench.agent.deploy(service(definition(2)))).completed
    assert await request == (200, "v1")
    assert (await bench.get())[1] == "v2"


async def failing(bench: Bench, bad: TaskDefinition, desired_count: int = 1) -> DeploymentResult:
    """Deploy a good definition, then a bad one; the good one must still be what runs."""
    await bench.agent.deploy(service(definition(1), desired_count))
    before = {task.id for task in bench.running()}
    result = await bench.agent.deploy(service(bad, desired_count))
    assert result.status == "FAILED"
    assert {task.id for task in bench.running()} == before
    assert (await bench.get()) == (200, "v1")
    return result


async def test_failing_health_check_keeps_the_old_tasks(bench: Bench) -> None:
    """The reason says which check, the log what the task said last, without its secrets."""
    result = await failing(bench, definition(2, check="echo no database; exit 3", start_period=0))
    assert "3 tasks failed, the last one: container health check failed 2 times: exit code 3: no database" in (
        result.reason
    )
    assert result.log_tail == ("version v2 with ***",)


async def test_unhealthy_target_keeps_the_old_tasks(bench: Bench) -> None:
    """A container that only says it is healthy is not enough."""
    result = await failing(bench, definition(2, HEALTH="503"))
    assert "target is unhealthy: Health checks failed with these codes: [503]" in result.reason


async def test_exit_keeps_the_old_tasks(bench: Bench) -> None:
    """Also when several start at once; going back again is nothing new."""
    result = await failing(bench, definition(2, EXIT="7"), desired_count=2)
    assert "the container exited with code 7" in result.reason
    assert result.log_tail[-1] == "cannot go on"
    assert (await bench.agent.deploy(service(definition(1), 2))).reason == "nothing changed"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"command": ["no-such-program"]}, "exited with code 127"),
        ({"command": []}, "container api has no command"),
        ({"secrets": [{"name": "TOKEN", "valueFrom": "arn:gone"}]}, "unable to read secret TOKEN: 'arn:gone'"),
        ({"healthCheck": {"command": ["CMD", "no-such-check"], "retries": 1}}, "cannot run no-such-check: No such"),
    ],
)
async def test_first_deployment_that_fails_stays_down(bench: Bench, change: Mapping[str, Any], reason: str) -> None:
    """Nothing to go back to: nothing runs, nothing starts again; once repaired it does."""
    good = definition(1)
    bad = replace(good, container={**good.container, **change})
    result = await bench.agent.deploy(service(bad))
    assert result.status == "FAILED"
    assert reason in result.reason
    await until(lambda: all(task.state == "STOPPED" for task in bench.agent.tasks()))
    started = sum(event.text.endswith("starts") for event in bench.agent.events)
    assert started == 3
    assert (await bench.agent.deploy(service(good))).completed


async def test_newest_deployment_wins(bench: Bench) -> None:
    """One that is still running is superseded, and its tasks go."""
    stuck = definition(1, check="sleep 4")
    first = asyncio.create_task(bench.agent.deploy(service(stuck)))
    await until(lambda: any(task.pid for task in bench.agent.tasks()))
    assert (await bench.agent.deploy(service(definition(2)))).completed
    assert (await first).status == "SUPERSEDED"
    assert await bench.get() == (200, "v2")
    assert [task.revision for task in bench.running()] == [2]


async def test_deployment_without_room(bench: Bench) -> None:
    """It could never get on: said at once."""
    tight = replace(service(definition(1)), maximum_percent=100)
    assert (await bench.agent.deploy(tight)).completed
    result = await bench.agent.deploy(replace(tight, task_definition=definition(2)))
    assert "leaves no room" in result.reason
    loose = replace(tight, task_definition=definition(2), minimum_healthy_percent=0)
    assert (await bench.agent.deploy(loose)).completed
