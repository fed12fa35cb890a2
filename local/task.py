"""One running task: from a task definition to a process that is healthy, and to its end."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from local.child import Child, describe_exit, spawn
from local.container import Container, ContainerError, HealthCheck, prepare
from local.container_files import ContainerFiles
from local.ecs_model import Health, Service, TaskState, TaskStatus
from local.load_balancer import LoadBalancer
from local.targets import Target, TargetHealth

_QUICK = 0.2  # seconds between container health checks until the first success, while the start period lasts
_HURRY = 0.5  # and after it
_STOP_TIMEOUT = 30.0  # AWS's default


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """What tasks need around them; `EcsAgent` says what each part is for."""

    load_balancer: LoadBalancer
    read_secret: Callable[[str], Awaitable[str]]
    files: Callable[[str], ContainerFiles]
    log_directory: Path
    time_scale: float
    minimum_start: float


class Task:
    """A task of a service: `run` it, then `shut_down`; `on_change` is called when its state or health changed.

    Its container must pass its health check before its target is registered, and its target must be healthy
    before it counts as healthy.
    """

    def __init__(self, service: Service, machine: Machine, on_change: Callable[[], None]) -> None:
        self.id = uuid.uuid4().hex
        self.service = service
        self.state: TaskState = "PENDING"
        self.health: Health = "UNKNOWN"
        self.target_health: TargetHealth | None = None
        self.started_at: datetime | None = None
        self.reason = ""
        definition = service.task_definition.container
        self.log = machine.log_directory / f"{definition['name']}-{self.id[:8]}.log"
        self._definition = definition
        self._machine = machine
        self._on_change = on_change
        self._container: Container | None = None
        self._child: Child | None = None
        self._stop_asked = asyncio.Event()
        self._container_ready = asyncio.Event()
        self._target_changed = asyncio.Event()

    @property
    def active(self) -> bool:
        """It counts as one of the service's: starting or running, and nobody asked it to stop."""
        return self.state in ("PENDING", "RUNNING") and not self._stop_asked.is_set()

    @property
    def healthy(self) -> bool:
        """It runs, its container is healthy, and its target as well if it has one."""
        target = self.target_health.state if self.target_health else None
        target_ready = self.service.target_group is None or target == "healthy"
        return self.active and self._container_ready.is_set() and target_ready

    def stop(self, reason: str) -> None:
        """Ask it to stop; `run` returns soon after."""
        if self.active:
            self.reason = reason
            self._stop_asked.set()

    def log_tail(self) -> tuple[str, ...]:
        """Return the last lines of its output, without the values of its secrets."""
        if self._child is None or self._container is None:
            return ()
        return tuple(self._container.masked(line) for line in self._child.tail())

    async def run(self) -> str | None:
        """Run until it fails or is asked to stop; why it failed, or None."""
        try:
            child = await self._start()
        except (ContainerError, OSError) as error:
            failure = str(error)
        else:
            failure = await self._first_failure(child)
        if self._stop_asked.is_set():
            failure = None
        self.reason = failure or self.reason
        self.state = "DRAINING"
        return failure

    async def shut_down(self) -> None:
        """Drain its target, SIGTERM, after the container's `stopTimeout` SIGKILL: as AWS stops a task."""
        self.state = "DRAINING"
        child, container, group = self._child, self._container, self.service.target_group
        try:
            if group is not None and container is not None:
                target = Target(container.host, container.port)
                await self._machine.load_balancer.deregister(group, target)
            if child is not None:
                await child.stop(self._definition.get("stopTimeout") or _STOP_TIMEOUT)
        finally:
            if child is not None:
                child.kill()
            self.state = "STOPPED"

    def status(self) -> TaskStatus:
        """Return its state now."""
        container, target, definition = self._container, self.target_health, self.service.task_definition
        return TaskStatus(
            id=self.id,
            service=self.service.name,
            task_definition=str(definition),
            revision=definition.revision,
            state=self.state,
            health=self.health,
            target=target.state if target else None,
            address=f"{container.host}:{container.port}" if container else None,
            pid=self._child.pid if self._child else None,
            started_at=self.started_at,
            reason=self.reason or (target.reason if target else ""),
            log=self.log,
        )

    def described(self) -> dict[str, Any]:
        """As ECS describes it: `id`, `task_definition` (ARN), `digest` of its image, `reason` of its end, `log`."""
        definition, log = self.service.task_definition, list(self.log_tail())
        named = {"task_definition": definition.arn, "digest": definition.digest}
        return {"id": self.id, **named, "reason": self.reason, "log": log}

    async def _start(self) -> Child:
        machine = self._machine
        self._container = container = await prepare(
            self._definition,
            port=self.service.container_port,
            files=machine.files(self._definition["image"]),
            read_secret=machine.read_secret,
        )
        self._child = await spawn(
            container.line(container.command),
            env=container.environment,
            cwd=container.files.directory,
            log=self.log,
        )
        self.state = "RUNNING"
        self.started_at = datetime.now(UTC)
        self._on_change()
        return self._child

    async def _first_failure(self, child: Child) -> str | None:
        """Watch everything about it until one thing ends it; that in words, None for being asked to stop."""
        assert self._container is not None
        stop = asyncio.create_task(self._stop_asked.wait())
        exited = asyncio.create_task(child.wait())
        checks = asyncio.create_task(self._container_failure(self._container))
        target = asyncio.create_task(self._target_failure(self._container))
        watches = (stop, exited, checks, target)
        try:
            done, _ = await asyncio.wait(watches, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for watch in watches:
                watch.cancel()
            await asyncio.gather(*watches, return_exceptions=True)
        if stop in done:
            return None
        if exited in done:
            return f"the container {describe_exit(exited.result())}"
        return (checks if checks in done else target).result()

    async def _container_failure(self, container: Container) -> str:
        """Run the container's health check for ever; returns what made it unhealthy."""
        check = HealthCheck.of(self._definition)
        if check is None:
            self._ready("UNKNOWN")
            await asyncio.get_running_loop().create_future()
            raise AssertionError
        loop, failed = asyncio.get_running_loop(), 0
        start_ends = loop.time() + self._scaled(check.start_period)
        while True:
            failure = await check.failure(container)
            starting = not self._container_ready.is_set() and loop.time() < start_ends
            if failure is None:
                failed = 0
                self._ready("HEALTHY")
            elif not starting:
                failed += 1
                if failed >= check.retries:
                    self.health = "UNHEALTHY"
                    return f"container health check failed {failed} times: {failure}"
            pause = check.interval / self._machine.time_scale
            if not self._container_ready.is_set():
                pause = min(pause, _QUICK if starting else _HURRY)
            await asyncio.sleep(pause)

    async def _target_failure(self, container: Container) -> str:
        """Register its target once the container is healthy; returns why the target is unhealthy."""
        loop = asyncio.get_running_loop()
        await self._container_ready.wait()
        # AWS counts from the start of the task; the time until then is not scaled here, so it is not counted.
        grace_ends = loop.time() + self._scaled(self.service.health_check_grace_period)
        if self.service.target_group is None:
            await loop.create_future()
        else:
            target = Target(container.host, container.port)
            self._machine.load_balancer.register(self.service.target_group, target, self._target_became)
        while True:
            health = self.target_health
            end = None
            if health is not None and health.state == "unhealthy":
                if loop.time() >= grace_ends:
                    return f"target is unhealthy: {health.reason}"
                end = grace_ends
            try:
                async with asyncio.timeout_at(end):
                    await self._target_changed.wait()
            except TimeoutError:
                continue
            self._target_changed.clear()

    def _ready(self, health: Health) -> None:
        if not self._container_ready.is_set():
            self.health = health
            self._container_ready.set()
            self._on_change()

    def _target_became(self, health: TargetHealth) -> None:
        self.target_health = health
        self._target_changed.set()
        self._on_change()

    def _scaled(self, period: float) -> float:
        return max(period / self._machine.time_scale, self._machine.minimum_start)
