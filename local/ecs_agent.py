"""The local ECS: runs services as processes on this machine, as Fargate would run them as containers.

One `EcsAgent` stands for a cluster with its scheduler and its agents. It is given what the program registered
(`local.ecs_model`) and does the rest: secrets, processes, health checks, targets, rolling deployments, the
circuit breaker, replacement of failed tasks.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.container_files import ContainerFiles
from local.ecs_model import DeploymentResult, Service, ServiceEvent, TaskStatus
from local.load_balancer import LoadBalancer
from local.one_off_task import OneOffTask, OneOffTaskError
from local.service_scheduler import ServiceScheduler
from local.task import Machine

_EVENTS = 100  # as many as AWS shows


class EcsAgent:
    """Runs services. To be used in one event loop; `close` it before the loop ends.

    Args:
        load_balancer: where the tasks' targets are registered.
        read_secret: gives the value for the `valueFrom` of a secret; what it raises fails the task.
        files: gives the files that the containers of an image see, by its reference.
        log_directory: gets `<container>-<task>.log` for each task, mode 0600.
        time_scale: what health check intervals and start periods are divided by. 10 and not more, because a
            container health check is a process of its own each time.
        minimum_start: seconds that start and grace periods keep at least; programs do not start faster here.
        on_event: told about everything that happens, one line each, never a secret.
    """

    def __init__(
        self,
        *,
        load_balancer: LoadBalancer,
        read_secret: Callable[[str], Awaitable[str]],
        files: Callable[[str], ContainerFiles],
        log_directory: Path,
        time_scale: float = 10,
        minimum_start: float = 5,
        on_event: Callable[[str], None] | None = None,
    ) -> None:
        self._machine = Machine(
            load_balancer=load_balancer,
            read_secret=read_secret,
            files=files,
            log_directory=log_directory,
            time_scale=time_scale,
            minimum_start=minimum_start,
        )
        self._on_event = on_event
        self._services: dict[str, ServiceScheduler] = {}
        self._one_off: dict[asyncio.Task[int], Service] = {}
        self._events: deque[ServiceEvent] = deque(maxlen=_EVENTS)

    @property
    def events(self) -> list[ServiceEvent]:
        """The last hundred events, the oldest first."""
        return list(self._events)

    async def deploy(self, service: Service) -> DeploymentResult:
        """Make a service what it should be, by a rolling deployment; returns when it has ended.

        The same service again changes nothing. A deployment that is still running is superseded. Cancelling
        the call does not stop the deployment.
        """
        return await asyncio.shield(self.begin(service))

    def begin(self, service: Service) -> "asyncio.Future[DeploymentResult]":
        """Begin what `deploy` does; how it will have ended."""
        if service.name not in self._services:

            def record(text: str) -> None:
                self._record(f"{service.name}: {text}")

            self._services[service.name] = ServiceScheduler(self._machine, record)
        return self._services[service.name].begin(service)

    def digests(self) -> set[str]:
        """Those of all images that a task runs in, or would be started in."""
        once = {service.task_definition.digest for service in self._one_off.values()}
        return once.union(*(service.digests() for service in self._services.values()))

    def described(self, name: str) -> dict[str, Any] | None:
        """A service as `ServiceScheduler.described` says, and its `events`, the newest first; None without it."""
        if name not in self._services:
            return None
        mine = [event.text for event in self._events if event.text.startswith(f"{name}: ")]
        return {**self._services[name].described(), "events": mine[::-1]}

    async def delete(self, name: str) -> None:
        """Drain and stop a service's tasks and forget it; one that does not exist is fine."""
        if (service := self._services.pop(name, None)) is not None:
            await service.close()

    async def run(self, name: str, command: Sequence[str], say: Callable[[str], None]) -> int:
        """Run `command` as a one-off task of the service `name`, as its last completed deployment has it.

        Cancelling the call stops the task.

        Args:
            name: of the service.
            command: what runs in place of the container's own command.
            say: told each line that the task writes, never a secret.

        Returns:
            Its exit code.

        Raises:
            OneOffTaskError: the service does not run, the task did not start, or the agent was closed meanwhile.
        """
        service = self._services[name].stable if name in self._services else None
        if service is None:
            raise OneOffTaskError(f"the service {name} does not run here; `make up` starts it")
        task = OneOffTask(service=service, command=command, machine=self._machine, say=say)
        self._record(f"{name}: one-off task {task.id[:8]} of {service.task_definition} starts")
        running = asyncio.create_task(task.run(), name=f"one-off task {task.id[:8]}")
        self._one_off[running] = service
        running.add_done_callback(self._one_off.pop)
        try:
            code = await running
        except asyncio.CancelledError:
            if (caller := asyncio.current_task()) and caller.cancelling():
                raise
            message = f"the service {name} was stopped, and its one-off task with it; `make up` starts the service"
            raise OneOffTaskError(message) from None
        self._record(f"{name}: one-off task {task.id[:8]} ended with exit code {code}")
        return code

    def tasks(self) -> list[TaskStatus]:
        """Return all tasks, and for each service the last few that have stopped, the oldest first."""
        return [task for service in self._services.values() for task in service.tasks()]

    async def close(self) -> None:
        """Drain and stop everything; no process is left."""
        running = list(self._one_off)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.gather(*(self.delete(name) for name in list(self._services)))

    def _record(self, text: str) -> None:
        self._events.append(ServiceEvent(at=datetime.now(UTC), text=text))
        if self._on_event is not None:
            self._on_event(text)
