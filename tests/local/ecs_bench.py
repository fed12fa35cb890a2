"""A local ECS with a load balancer and a sample service, for its tests."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from local.container_files import CheckoutFiles
from local.ecs_agent import EcsAgent
from local.ecs_model import CircuitBreaker, Service, TaskDefinition, TaskStatus
from local.listeners import Forward, Listener
from local.load_balancer import LoadBalancer
from local.targets import TargetGroup

SAMPLE = Path(__file__).with_name("sample_service.py")
GROUP = TargetGroup(
    name="api",
    health_path="/health",
    interval=3,  # 0.1 s here
    healthy_threshold=2,
    unhealthy_threshold=2,
    deregistration_delay=5,
)
LISTENER = Listener(port=80, protocol="HTTP", action=Forward(target_group="api"))
SECRETS = {"arn:token": "a-very-secret-token"}
# The container is healthy once it listens, and sick while there is a file `sick`.
CHECK = "test -e ready-$HOST -a ! -e sick"


def definition(revision: int, check: str = CHECK, start_period: float = 500, **environment: str) -> TaskDefinition:
    """Make a task definition that runs the sample service; its version is its revision.

    The start period is 10 s here, as a busy machine may need them; a check that never passes should have none.
    """
    variables = {"HOST": "0.0.0.0", "VERSION": f"v{revision}"} | environment  # noqa: S104 - replaced by the agent
    container: dict[str, Any] = {
        "name": "api",
        "image": "api:1",
        "command": ["python", str(SAMPLE)],
        "environment": [{"name": name, "value": value} for name, value in variables.items()],
        "secrets": [{"name": "TOKEN", "valueFrom": "arn:token"}],
        "portMappings": [{"containerPort": 4000}],
        "healthCheck": {
            "command": ["CMD-SHELL", check],
            "interval": 5,
            "retries": 2,
            "startPeriod": start_period,
        },
        "stopTimeout": 5,
    }
    return TaskDefinition(arn=f"arn:api:{revision}", family="api", revision=revision, container=container)


def service(task_definition: TaskDefinition, desired_count: int = 1) -> Service:
    """Make a service with a circuit breaker."""
    return Service(
        name="server",
        cluster="priceguard",
        desired_count=desired_count,
        task_definition=task_definition,
        circuit_breaker=CircuitBreaker(enable=True, rollback=True),
        target_group="api",
        container_port=4000,
    )


@dataclass
class Bench:
    """An agent behind a load balancer, and a client."""

    agent: EcsAgent
    balancer: LoadBalancer
    client: aiohttp.ClientSession
    directory: Path

    async def get(self, path: str = "/") -> tuple[int, str]:
        """Status and body from the load balancer."""
        async with self.client.get(self.balancer.urls[80] + path) as response:
            return response.status, await response.text()

    def running(self) -> list[TaskStatus]:
        """Tasks that are not on their way out."""
        return [task for task in self.agent.tasks() if task.state in ("PENDING", "RUNNING")]


@contextlib.asynccontextmanager
async def ecs_agent(directory: Path) -> AsyncGenerator[Bench]:
    """Run an agent without services; at its end no process may be left."""

    async def read_secret(value_from: str) -> str:
        return SECRETS[value_from]

    balancer = LoadBalancer()
    await balancer.configure([LISTENER], [GROUP])
    agent = EcsAgent(
        load_balancer=balancer,
        read_secret=read_secret,
        files=lambda _: CheckoutFiles(directory=directory, path=Path(sys.executable).parent),
        log_directory=directory / "logs",
        time_scale=50,
        minimum_start=0.3,
    )
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        yield Bench(agent, balancer, client, directory)
        processes = [task.pid for task in agent.tasks() if task.pid]
        await agent.close()
        await balancer.close()
        assert not any(psutil.pid_exists(pid) for pid in processes)
        assert agent.tasks() == []


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that only looking can tell; fail after 10 s."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def ended(pid: int) -> bool:
    """Return whether a process is gone, also when nobody has asked for its exit code."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
