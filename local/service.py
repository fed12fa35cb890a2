"""The service as people reach it: tasks behind the load balancer, as the program described them."""

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from local import aws, deployment
from local.container_files import ContainerFiles
from local.ecs_agent import EcsAgent
from local.ecs_model import task_state
from local.health import unhealthy
from local.load_balancer import LoadBalancer
from local.operations import OPERATIONS
from local.ports import PortTakenError, listen
from local.stand_ins import StandIns
from local.state import State

HTTPS = 443
_OPERATION_SECONDS = 120


class ServiceError(Exception):
    """The service cannot be had; the message says why and what to do."""


class RunningService:
    """What the program's listeners, target groups and services have become.

    Args:
        stand_ins: where the program's resources are, and where events come from.
        port: local port of the HTTPS listener; 0 takes a free one.
        files: image of a task definition -> what its tasks run in.
        log_directory: one log for each task.
        on_event: told what happens to tasks, one line each.

    Attributes:
        agent: who runs the tasks.
    """

    def __init__(
        self,
        stand_ins: StandIns,
        port: int,
        files: Callable[[str], ContainerFiles],
        log_directory: Path,
        on_event: Callable[[str], None],
    ) -> None:
        async def read_secret(value_from: str) -> str:
            return await aws.read_secret(stand_ins.aws.endpoint, value_from)

        self._stand_ins = stand_ins
        self._port = port
        self.balancer = LoadBalancer({HTTPS: port})
        self.agent = EcsAgent(
            load_balancer=self.balancer,
            read_secret=read_secret,
            files=files,
            log_directory=log_directory,
            on_event=on_event,
        )
        self._is_wanted = True

    @property
    def url(self) -> str:
        """Where the API answers; empty before the load balancer listens."""
        return self.balancer.urls.get(HTTPS, "")

    @property
    def serves(self) -> bool:
        """Whether a task is there to answer, where the program makes a service at all."""
        return not self._is_wanted or any(task_state(task) == "healthy" for task in self.agent.tasks())

    def check_port(self) -> None:
        """Find out now rather than when everything else is up.

        Raises:
            ServiceError: another program has the port.
        """
        if self.url:
            return
        try:
            for opened in listen(self._port):
                opened.close()
        except PortTakenError as error:
            other = error.port + 1
            message = f"{error}: stop that program, or choose another: --port {other} (make up PORT={other})"
            raise ServiceError(message) from error

    async def configure(self, api_domain: str) -> None:
        """Have the load balancer do what the program's listeners say, and receive what is sent to the API's domain."""
        state = State.load(self._stand_ins.state_file)
        await self.balancer.configure(deployment.listeners(state), deployment.target_groups(state))
        await self.receive_webhooks(api_domain)

    async def receive_webhooks(self, api_domain: str) -> None:
        """Webhooks for the API's domain go to the load balancer, once it listens."""
        if self.url:
            await self._stand_ins.deliver(api_domain, self.url)

    async def operate(self, arguments: Sequence[str]) -> tuple[int, list[str]]:
        """Carry out `python -m api.operations` as a one-off task: its exit code, and the lines that it wrote.

        Raises:
            OneOffTaskError: it did not start.
            TimeoutError: it did not end in time, and was stopped.
        """
        lines: list[str] = []
        services = deployment.services(State.load(self._stand_ins.state_file))
        name = services[0].name if services else "of the API"
        async with asyncio.timeout(_OPERATION_SECONDS):
            return await self.agent.run(name, [*OPERATIONS, *arguments], lines.append), lines

    async def deploy(self, *, waits: bool = True) -> str:
        """Roll every service, stop those that are gone; then ask the API through the load balancer.

        Args:
            waits: whether it ends with the rolls, or once they have begun.

        Raises:
            ServiceError: a deployment failed, or the API is not healthy.
        """
        services = deployment.services(State.load(self._stand_ins.state_file))
        for name in {task.service for task in self.agent.tasks()} - {service.name for service in services}:
            await self.agent.delete(name)
        self._is_wanted = bool(services)
        if not services:
            return "none: the program makes none"
        rolls = [self.agent.begin(service) for service in services]
        for service, roll in zip(services, rolls, strict=True):
            if not waits and not roll.done():
                continue
            result = await asyncio.shield(roll)
            if not result.completed:
                log = "\n".join(f"    {line}" for line in result.log_tail)
                raise ServiceError(f"{service.name}: {result.reason}\n{log}".rstrip())
        if not waits:
            return f"begun, {services[0].task_definition}"
        if said := await unhealthy(self.url):
            raise ServiceError(f"{self.url}/health answers {said}; `priceguard local logs api` says why")
        tasks = [task for task in self.agent.tasks() if task.state == "RUNNING"]
        return f"{len(tasks)} healthy, {tasks[0].task_definition}"
