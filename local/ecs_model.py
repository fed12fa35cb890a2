"""What ECS is told and what it tells: task definitions, services, deployments, tasks."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

TaskState = Literal["PENDING", "RUNNING", "DRAINING", "STOPPED"]
Health = Literal["UNKNOWN", "HEALTHY", "UNHEALTHY"]
DeploymentStatus = Literal["COMPLETED", "FAILED", "SUPERSEDED"]


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskDefinition:
    """A registered task definition with its one container, an element of `containerDefinitions`."""

    arn: str
    family: str
    revision: int
    container: Mapping[str, Any]

    def __str__(self) -> str:
        return f"{self.family}:{self.revision}"

    @property
    def digest(self) -> str:
        """That of its image; empty where a tag names it."""
        return self.container["image"].partition("@")[2]


@dataclass(frozen=True, kw_only=True, slots=True)
class CircuitBreaker:
    """Whether a service goes back to its last completed deployment when a new one fails."""

    enable: bool = False
    rollback: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service; percentages and seconds as AWS has them. Without a target group it gets no requests."""

    name: str
    cluster: str
    desired_count: int
    task_definition: TaskDefinition
    minimum_healthy_percent: int = 100
    maximum_percent: int = 200
    circuit_breaker: CircuitBreaker = field(default_factory=CircuitBreaker)
    health_check_grace_period: float = 0
    target_group: str | None = None
    container_port: int = 0

    @property
    def revision(self) -> tuple[TaskDefinition, str | None, int]:
        """What a task is made from: when it differs, the task must be replaced."""
        return self.task_definition, self.target_group, self.container_port

    @property
    def most(self) -> int:
        """How many tasks may start or run at the same time."""
        return self.desired_count * self.maximum_percent // 100

    @property
    def fewest(self) -> int:
        """How many healthy tasks a deployment must leave."""
        return math.ceil(self.desired_count * self.minimum_healthy_percent / 100)

    @property
    def failure_threshold(self) -> int:
        """How many failed tasks fail a deployment: half of the desired ones, but 3 at least and 200 at most."""
        return min(200, max(3, math.ceil(self.desired_count / 2)))


@dataclass(frozen=True, kw_only=True, slots=True)
class DeploymentResult:
    """How a deployment ended; a failed one says which check or exit failed it and what that task last wrote."""

    status: DeploymentStatus
    reason: str
    log_tail: tuple[str, ...] = ()

    @property
    def completed(self) -> bool:
        """The service runs what was asked for."""
        return self.status == "COMPLETED"


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskStatus:
    """A task for people: `health` is that of its container, `target` that at the load balancer."""

    id: str
    service: str
    task_definition: str
    revision: int
    state: TaskState
    health: Health
    target: str | None
    address: str | None
    pid: int | None
    started_at: datetime | None
    reason: str
    log: Path


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceEvent:
    """Something that happened to a service."""

    at: datetime
    text: str


def task_state(task: TaskStatus) -> str:
    """One word for a task: its own state until it runs, then what container and load balancer say of its health."""
    if task.state != "RUNNING":
        return task.state.lower()
    return task.health.lower() if task.target in {None, "healthy"} else str(task.target)
