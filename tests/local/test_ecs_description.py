"""How the local ECS describes a service: as ECS does, so that a verification can look at either."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from local.ecs_model import Service, TaskDefinition
from tests.local.ecs_bench import Bench, definition, ecs_agent, service, until

DIGEST = "sha256:" + "a" * 64


@pytest.fixture
async def bench(tmp_path: Path) -> AsyncIterator[Bench]:
    """An agent without services."""
    async with ecs_agent(tmp_path) as bench:
        yield bench


def described(bench: Bench) -> dict[str, Any]:
    """The service, which is there."""
    found = bench.agent.described("server")
    assert found
    return found


def deployments(bench: Bench) -> list[tuple[str, str, str]]:
    """Status, task definition and state of each."""
    return [(one["status"], one["task_definition"], one["state"]) for one in described(bench)["deployments"]]


def of_image(task_definition: TaskDefinition, digest: str) -> TaskDefinition:
    """The same, of an image that is named by its digest."""
    return replace(task_definition, container={**task_definition.container, "image": f"registry/api@{digest}"})


async def test_a_service_that_runs(bench: Bench) -> None:
    """One deployment, as many tasks as are wanted, each with its task definition and its image."""
    await bench.agent.deploy(service(of_image(definition(1), DIGEST), 2))

    found = described(bench)

    assert found["deployments"] == [
        {
            "status": "PRIMARY",
            "task_definition": "arn:api:1",
            "state": "COMPLETED",
            "reason": "api:1 has reached a steady state, 2 running",
        }
    ]
    assert (found["desired"], found["running"], found["stopped"]) == (2, 2, [])
    assert {one["id"] for one in found["tasks"]} == {task.id for task in bench.running()}
    assert {(one["task_definition"], one["digest"]) for one in found["tasks"]} == {("arn:api:1", DIGEST)}
    assert [one["log"] for one in found["tasks"]] == [["version v1 with ***"]] * 2
    assert found["events"][0] == "server: api:1 has reached a steady state, 2 running"
    assert bench.agent.digests() == {DIGEST}
    assert bench.agent.described("another") is None


async def test_a_roll_that_nobody_waits_for(bench: Bench) -> None:
    """It has begun when the call returns, and the tasks of before are an active deployment until they are gone."""
    await bench.agent.deploy(service(of_image(definition(1), DIGEST)))

    roll = bench.agent.begin(service(definition(2)))

    assert deployments(bench) == [("PRIMARY", "arn:api:2", "IN_PROGRESS"), ("ACTIVE", "arn:api:1", "COMPLETED")]
    assert bench.agent.digests() == {DIGEST, ""}, "the image of before may be needed again"
    assert (await roll).completed
    assert deployments(bench) == [("PRIMARY", "arn:api:2", "COMPLETED")]
    assert bench.agent.digests() == {""}
    (stopped,) = described(bench)["stopped"]
    assert (stopped["task_definition"], stopped["reason"]) == ("arn:api:1", "replaced by api:2")


async def test_a_roll_that_goes_back(bench: Bench) -> None:
    """It fails with its reason while its last task ends; then there is only what it went back to."""
    await bench.agent.deploy(service(definition(1)))
    failed: list[dict[str, Any]] = []

    roll = bench.agent.begin(service(definition(2, check="exit 3", start_period=0)))
    while not roll.done():
        failed += [one for one in described(bench)["deployments"] if one["state"] == "FAILED"]
        await asyncio.sleep(0)  # everything that may be seen

    assert {(one["status"], one["task_definition"]) for one in failed} == {("ACTIVE", "arn:api:2")}
    assert "3 tasks failed, the last one: container health check failed" in failed[0]["reason"]
    assert deployments(bench) == [("PRIMARY", "arn:api:1", "COMPLETED")]
    stopped = [one for one in described(bench)["stopped"] if one["task_definition"] == "arn:api:2"]
    assert [one["reason"] for one in stopped] == ["container health check failed 2 times: exit code 3"] * 3
    assert stopped[0]["log"] == ["version v2 with ***"]
    assert any("rolling back to api:1" in event for event in described(bench)["events"])


async def test_a_first_one_that_fails(bench: Bench) -> None:
    """There is nothing to go back to."""
    await bench.agent.deploy(service(definition(1, EXIT="7")))
    await until(lambda: all(task.state == "STOPPED" for task in bench.agent.tasks()))

    found = described(bench)

    assert deployments(bench) == [("PRIMARY", "arn:api:1", "FAILED")]
    assert "exited with code 7" in found["deployments"][0]["reason"]
    assert (found["running"], found["tasks"], len(found["stopped"])) == (0, [], 3)


@pytest.mark.parametrize("change", [{"maximum_percent": 100}, {}])
async def test_what_need_not_be_waited_for_is_known_at_once(bench: Bench, change: dict[str, Any]) -> None:
    """That nothing changes, and that there is no room."""
    first = replace(service(definition(1)), **change)
    await bench.agent.deploy(first)
    again: Service = replace(first, task_definition=definition(2)) if change else first

    roll = bench.agent.begin(again)

    assert roll.done()
    assert roll.result().status == ("FAILED" if change else "COMPLETED")
