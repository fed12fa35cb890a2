"""A one-off task of the service on AWS: its image, environment, secrets, roles and network, with another command.

That is how something runs where the database can be reached: nobody opens a way into the network for it. The task
takes on-demand capacity also where the service runs on Spot, because an interruption would lose its answer.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
"""

import contextlib
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gitops.aws.config import clients
from gitops.aws.errors import OTHER_PLACE, cause
from gitops.aws.task_log import Line, read_lines
from render.configuration import ROOT, ConfigurationError, read_configuration

SERVICE, CONTAINER = "priceguard-server", "api"
STARTED_BY = "priceguard"  # how the list of tasks tells it from the service's own


class OneOffTaskError(Exception):
    """The task could not be carried out; the message says why and what to do."""


class StillRunningError(OneOffTaskError):
    """The task did not end in time and goes on; the message says how to look on."""


@dataclass(frozen=True, kw_only=True)
class Result:
    """How a task ended: its exit code, why it stopped in AWS's words, and what it wrote, each line parsed."""

    exit_code: int
    reason: str
    lines: list[Line]


@dataclass(frozen=True)
class Clients:
    """boto3's clients that a task needs."""

    ecs: Any
    logs: Any


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Seconds: the most that a task may take, how long its last lines may be late, the pause between two looks."""

    most: float = 600
    late: float = 15
    pause: float = 2


def region_of(stack: str, root: Path = ROOT) -> str:
    """The region in `Pulumi.<stack>.yaml`.

    Raises:
        OneOffTaskError: there is no such file, or no region in it.
    """
    try:
        return read_configuration(stack, root)["aws:region"]
    except ConfigurationError as error:
        raise OneOffTaskError(str(error)) from error
    except KeyError:
        raise OneOffTaskError(f"Pulumi.{stack}.yaml names no aws:region; write it there") from None


def connect(region: str) -> Clients:
    """Clients for a region, with the credentials that the environment, a profile or a role gives.

    Raises:
        OneOffTaskError: the profile or the region does not exist.
    """
    with explained(region):
        return Clients(*clients(region, "ecs", "logs"))


def run(
    stack: str,
    region: str,
    command: Sequence[str],
    *,
    clients: Clients | None = None,
    waiting: Waiting | None = None,
    progress: Callable[[str], None] = lambda _: None,
    is_last: Callable[[Line], bool] = lambda _: False,
) -> Result:
    """Run `command` as a one-off task of the service of `stack`; returns when it has stopped and its log is read.

    Ctrl-C (KeyboardInterrupt) stops the task as well.

    Args:
        stack: `dev` or `prod`.
        region: where the service is.
        command: takes the place of the container's own; everybody who may look at the task can read it.
        clients: `connect(region)` unless given.
        waiting: how long, and how often.
        progress: told what AWS says of the task, such as PROVISIONING or RUNNING, at each look.
        is_last: knows the line after which nothing comes; without it, each log is awaited for `waiting.late`.

    Raises:
        StillRunningError: the task takes longer than `waiting.most`.
        OneOffTaskError: there is no such service, the task did not start, or AWS refuses or does not answer.
    """
    task = _Task(stack, region, clients or connect(region), waiting or Waiting())
    task.start(command)
    try:
        exit_code, reason = task.wait(progress)
    except KeyboardInterrupt:
        task.stop()
        raise
    progress("reading its log")
    return Result(exit_code=exit_code, reason=reason, lines=task.read_log(is_last))


class _Task:
    """The one task of a run."""

    def __init__(self, stack: str, region: str, clients: Clients, waiting: Waiting) -> None:
        self._region, self._clients, self._waiting = region, clients, waiting
        self._cluster = f"priceguard-{stack}"
        self._arn = self._id = self._group = self._stream = ""

    def start(self, command: Sequence[str]) -> None:
        """Find the service and run the task as one of its own."""
        ecs = self._clients.ecs
        with explained(self._region):
            service = self._service()
            described = ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
            self._find_log(described["taskDefinition"])
            answer = ecs.run_task(
                cluster=self._cluster,
                taskDefinition=service["taskDefinition"],
                count=1,
                launchType="FARGATE",
                platformVersion=service.get("platformVersion", "LATEST"),
                networkConfiguration=service["networkConfiguration"],
                overrides={"containerOverrides": [{"name": CONTAINER, "command": list(command)}]},
                propagateTags="TASK_DEFINITION",
                startedBy=STARTED_BY,
            )
        if not answer["tasks"]:
            reasons = "; ".join(failure.get("detail") or failure.get("reason", "") for failure in answer["failures"])
            raise OneOffTaskError(f"AWS did not start the task: {reasons or 'it gives no reason'}; try again later")
        self._arn = answer["tasks"][0]["taskArn"]
        self._id = self._arn.rpartition("/")[2]
        self._stream += self._id

    def wait(self, progress: Callable[[str], None]) -> tuple[int, str]:
        """Until it has stopped: exit code and reason."""
        deadline = time.monotonic() + self._waiting.most
        while True:
            with explained(self._region, f"; the task goes on, see {self._see()}"):
                tasks = self._clients.ecs.describe_tasks(cluster=self._cluster, tasks=[self._arn])["tasks"]
            # A task that was started just now may not be known everywhere yet.
            progress(tasks[0]["lastStatus"] if tasks else "PROVISIONING")
            if tasks and tasks[0]["lastStatus"] == "STOPPED":
                return self._ended(tasks[0])
            if time.monotonic() >= deadline:
                minutes = self._waiting.most / 60
                words = f"the task has not ended within {minutes:g} minutes and goes on; look on with {self._see()}"
                raise StillRunningError(words)
            time.sleep(self._waiting.pause)

    def stop(self) -> None:
        """End it, with SIGTERM first."""
        with explained(self._region, f"; the task goes on, see {self._see()}"):
            self._clients.ecs.stop_task(cluster=self._cluster, task=self._arn, reason="Ctrl-C")

    def read_log(self, is_last: Callable[[Line], bool]) -> list[Line]:
        """Every line that it wrote."""
        late, pause = self._waiting.late, self._waiting.pause
        with explained(self._region, f"; the task has ended, see {self._see()}"):
            return read_lines(self._clients.logs, self._group, self._stream, is_last=is_last, late=late, pause=pause)

    def _service(self) -> dict[str, Any]:
        where = f"{self._cluster} in {self._region}"
        try:
            answer = self._clients.ecs.describe_services(cluster=self._cluster, services=[SERVICE])
        except self._clients.ecs.exceptions.ClusterNotFoundException:
            raise OneOffTaskError(f"there is no cluster {where}; {OTHER_PLACE}") from None
        found = [service for service in answer["services"] if service["status"] == "ACTIVE"]
        if not found:
            raise OneOffTaskError(f"there is no service {SERVICE} in cluster {where}; {OTHER_PLACE}")
        return found[0]

    def _find_log(self, definition: dict[str, Any]) -> None:
        container = next((c for c in definition["containerDefinitions"] if c["name"] == CONTAINER), {})
        log = container.get("logConfiguration", {})
        if log.get("logDriver") != "awslogs":
            arn = definition["taskDefinitionArn"]
            raise OneOffTaskError(f"{arn}: there is no container {CONTAINER!r} with a log in CloudWatch; deploy again")
        options = log["options"]
        self._group = options["awslogs-group"]
        self._stream = f"{options['awslogs-stream-prefix']}/{CONTAINER}/"

    def _ended(self, task: dict[str, Any]) -> tuple[int, str]:
        container = next((c for c in task["containers"] if c["name"] == CONTAINER), {})
        reason = container.get("reason") or task.get("stoppedReason") or ""
        if "exitCode" not in container:
            raise OneOffTaskError(f"the task did not start: {reason or 'AWS gives no reason'}; see {self._see()}")
        return int(container["exitCode"]), reason

    def _see(self) -> str:
        """The commands that show the task and its log."""
        place = f"--region {self._region}"
        task = f"aws ecs describe-tasks {place} --cluster {self._cluster} --tasks {self._id}"
        log = f"aws logs tail {self._group} {place} --log-stream-names {self._stream} --since 1h"
        return f"`{task}` and `{log}`"


@contextlib.contextmanager
def explained(region: str, after: str = "") -> Generator[None]:
    """Turn a call that failed into a reason with the next step, and `after` behind it.

    Raises:
        OneOffTaskError: the call failed.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        raise OneOffTaskError(f"{cause(error, region)}{after}") from error
