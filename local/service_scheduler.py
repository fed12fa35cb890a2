"""What ECS's scheduler does for one service: rolling deployments, the circuit breaker, keeping tasks running.

All decisions stand in `_reconcile`, which compares the tasks with the deployment and is called after every
change. Differences from AWS: the failed tasks of a deployment are counted without a reset, and they fail it
also when the circuit breaker is off (AWS would try for hours); a deployment is completed only when the old
tasks have stopped; deploying again what failed tries again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from local.ecs_model import DeploymentResult, Service, TaskStatus
from local.task import Machine, Task

_LONGEST_PAUSE = 60.0  # seconds between replacements of tasks that keep failing
_GOOD_RUN = timedelta(minutes=1)  # after it, a task's failure is not held against its successors
_REMEMBERED = 5  # stopped tasks
_STATES = {"IN_PROGRESS": "IN_PROGRESS", "STEADY": "COMPLETED", "FAILED": "FAILED"}  # as ECS calls them


@dataclass(slots=True)
class _Deployment:
    service: Service
    result: "asyncio.Future[DeploymentResult]"
    rollback_of: DeploymentResult | None = None
    failed: str = ""  # ARN of the task definition that it goes back from
    state: Literal["IN_PROGRESS", "STEADY", "FAILED"] = "IN_PROGRESS"
    failures: int = 0

    def end(self, state: Literal["STEADY", "FAILED"], result: DeploymentResult) -> None:
        self.state = state
        if not self.result.done():
            self.result.set_result(result)


class ServiceScheduler:
    """Keeps one service as it was last deployed.

    Args:
        machine: what its tasks need.
        on_event: told about everything that happens to the service.
    """

    def __init__(self, machine: Machine, on_event: Callable[[str], None]) -> None:
        self._machine = machine
        self._on_event = on_event
        self._lives: dict[Task, asyncio.Task[None]] = {}
        self._stopped: deque[Task] = deque(maxlen=_REMEMBERED)
        self._deployment: _Deployment | None = None
        self._stable: Service | None = None  # the last one whose deployment completed
        self._failures_in_a_row = 0
        self._not_before = 0.0  # by the event loop's clock: no replacement earlier
        self._waking = False
        self._retry: asyncio.TimerHandle | None = None

    @property
    def stable(self) -> Service | None:
        """What the last completed deployment made it; None before there was one, and when it was closed."""
        return self._stable if self._deployment else None

    def begin(self, service: Service) -> "asyncio.Future[DeploymentResult]":
        """Make `service` what runs; done when that has succeeded, failed or been superseded. Not to be cancelled."""
        current = self._deployment
        if current and current.service == service and current.state != "FAILED":
            if current.state == "STEADY":
                return _known(DeploymentResult(status="COMPLETED", reason="nothing changed"))
            if current.rollback_of is None:
                return current.result
        replaces = any(task.active and task.service.revision != service.revision for task in self._lives)
        if replaces and service.desired_count and service.most <= service.fewest:
            reason = f"maximum_percent {service.maximum_percent} leaves no room to start a new task"
            return _known(DeploymentResult(status="FAILED", reason=reason))
        if current:
            reason = f"superseded by {service.task_definition}"
            current.end("FAILED", DeploymentResult(status="SUPERSEDED", reason=reason))
        self._failures_in_a_row, self._not_before = 0, 0.0
        deployment = _Deployment(service, asyncio.get_running_loop().create_future())
        self._deployment = deployment
        self._wake()
        return deployment.result

    async def close(self) -> None:
        """Drain and stop all tasks; returns when no process is left."""
        deployment, self._deployment = self._deployment, None
        if self._retry:
            self._retry.cancel()
        if deployment:
            deployment.end("FAILED", DeploymentResult(status="SUPERSEDED", reason="the service was stopped"))
        for task in self._lives:
            task.stop("the service was stopped")
        await asyncio.gather(*self._lives.values())

    def tasks(self) -> list[TaskStatus]:
        """Return the last few stopped tasks and all others, the oldest first."""
        return [task.status() for task in (*self._stopped, *self._lives)]

    def digests(self) -> set[str]:
        """Those of all images that a task runs in, or would be started in."""
        known = [task.service for task in self._lives]
        known += [self._deployment.service] if self._deployment else []
        known += [self._stable] if self._stable else []
        return {service.task_definition.digest for service in known}

    def described(self) -> dict[str, Any]:
        """As ECS describes it: `deployments`, `desired`, `running`, `tasks` that run, and `stopped`, the newest first.

        A deployment has `status`, `task_definition` (ARN), `state` and `reason`; a task as `Task.described` says.
        """
        running = [task.described() for task in self._lives if task.state == "RUNNING"]
        return {
            "deployments": list(self._deployments()),
            "desired": self._deployment.service.desired_count if self._deployment else 0,
            "running": len(running),
            "tasks": running,
            "stopped": [task.described() for task in reversed(self._stopped)],
        }

    def _deployments(self) -> Iterator[dict[str, str]]:
        """The one that counts, then those whose tasks are on their way out."""
        if (primary := self._deployment) is None:
            return
        reason = primary.result.result().reason if primary.result.done() else ""
        yield _described("PRIMARY", primary.service.task_definition.arn, _STATES[primary.state], reason)
        old = {
            task.service.task_definition.arn: None
            for task in self._lives
            if task.service.revision != primary.service.revision
        }
        for arn in old:
            failed = primary.rollback_of if arn == primary.failed else None
            yield _described("ACTIVE", arn, "FAILED" if failed else "COMPLETED", failed.reason if failed else "")

    def _wake(self) -> None:
        if not self._waking:
            self._waking = True
            asyncio.get_running_loop().call_soon(self._reconcile)

    def _reconcile(self) -> None:
        self._waking = False
        deployment = self._deployment
        if deployment is None or deployment.state == "FAILED":
            return
        self._retire(deployment.service)
        self._launch(deployment.service)
        desired = deployment.service.desired_count
        reached = len(self._lives) == desired and all(task.healthy for task in self._lives)
        if reached and deployment.state == "IN_PROGRESS":
            self._stable = deployment.service
            text = f"{deployment.service.task_definition} has reached a steady state, {desired} running"
            self._on_event(text)
            deployment.end("STEADY", deployment.rollback_of or DeploymentResult(status="COMPLETED", reason=text))

    def _retire(self, service: Service) -> None:
        """Stop what is too much: old tasks as far as enough healthy ones are left, and new ones beyond N."""
        active = [task for task in self._lives if task.active]
        old = [task for task in active if task.service.revision != service.revision]
        new = [task for task in active if task.service.revision == service.revision]
        new.sort(key=lambda task: not task.healthy)
        surplus = new[service.desired_count :] + [task for task in old if not task.healthy]
        spare = sum(task.healthy for task in active if task not in surplus) - service.fewest
        surplus += [task for task in old if task.healthy][: max(0, spare)]
        for task in surplus:
            task.stop("scaling down" if task in new else f"replaced by {service.task_definition}")

    def _launch(self, service: Service) -> None:
        active = [task for task in self._lives if task.active]
        new = sum(task.service.revision == service.revision for task in active)
        missing = min(service.desired_count - new, service.most - len(active))
        loop = asyncio.get_running_loop()
        if missing > 0 and loop.time() < self._not_before:
            if self._retry:
                self._retry.cancel()
            self._retry = loop.call_at(self._not_before, self._wake)
            return
        for _ in range(missing):
            task = Task(service, self._machine, self._wake)
            self._on_event(f"task {task.id[:8]} of {service.task_definition} starts")
            self._lives[task] = asyncio.create_task(self._live(task), name=f"task {task.id[:8]}")

    async def _live(self, task: Task) -> None:
        try:
            try:
                failure = await task.run()
            except Exception as error:  # noqa: BLE001 - whatever it is, it is a failure of this one task
                failure = f"{type(error).__name__}: {error}"
            if failure is not None:
                self._failed(task, failure)
            self._wake()
            await task.shut_down()
        finally:
            del self._lives[task]
            self._stopped.append(task)
            self._wake()

    def _failed(self, task: Task, failure: str) -> None:
        self._on_event(f"task {task.id[:8]} of {task.service.task_definition}: {failure}")
        deployment = self._deployment
        if deployment is None or task.service.revision != deployment.service.revision:
            return
        if deployment.state == "STEADY":
            lasted = datetime.now(UTC) - task.started_at if task.started_at else timedelta()
            self._failures_in_a_row = 1 if lasted >= _GOOD_RUN else self._failures_in_a_row + 1
            if self._failures_in_a_row > 1:
                pause = min(_LONGEST_PAUSE, 2.0 ** (self._failures_in_a_row - 2))
                self._not_before = asyncio.get_running_loop().time() + pause
                self._on_event(f"the next task starts in {pause:g} s")
        elif deployment.state == "IN_PROGRESS":
            deployment.failures += 1
            if deployment.failures >= deployment.service.failure_threshold:
                self._trip(deployment, failure, task.log_tail())

    def _trip(self, deployment: _Deployment, failure: str, log_tail: tuple[str, ...]) -> None:
        """The circuit breaker: the deployment failed; go back to the last completed one if there is one."""
        service, breaker = deployment.service, deployment.service.circuit_breaker
        if (failed := deployment.rollback_of) is not None:
            reason = f"{failed.reason}; {service.task_definition} does not start any more either: {failure}"
            # It ran before: what keeps it from running now may pass, so it goes on trying.
            deployment.end("STEADY", replace(failed, reason=reason))
            return
        reason = f"{service.task_definition}: {deployment.failures} tasks failed, the last one: {failure}"
        result = DeploymentResult(status="FAILED", reason=reason, log_tail=log_tail)
        self._on_event(f"deployment failed: {reason}")
        if breaker.enable and breaker.rollback and self._stable is not None:
            back_to = replace(self._stable, desired_count=service.desired_count)
            self._on_event(f"rolling back to {back_to.task_definition}")
            arn = service.task_definition.arn
            self._deployment = _Deployment(back_to, deployment.result, rollback_of=result, failed=arn)
        else:
            deployment.end("FAILED", result)


def _known(result: DeploymentResult) -> "asyncio.Future[DeploymentResult]":
    """A result that need not be waited for."""
    future: asyncio.Future[DeploymentResult] = asyncio.get_running_loop().create_future()
    future.set_result(result)
    return future


def _described(status: str, arn: str, state: str, reason: str) -> dict[str, str]:
    return {"status": status, "task_definition": arn, "state": state, "reason": reason}
