"""How ECS says that a service runs: deployments, tasks with their image, and why tasks stopped. It only reads.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Deployment.html
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnectionError

from gitops.aws.config import clients
from gitops.aws.errors import OTHER_PLACE, cause
from gitops.aws.one_off_task import CONTAINER
from gitops.doctor.report import shown
from gitops.verification.result import Deployment, Evidence, Expected, NoAnswerError, Roll, Task, VerifyError

_EVENTS, _STOPPED, _LINES = 8, 5, 20  # the most that is told
_DENIED = {"AccessDenied", "AccessDeniedException"}
_MISSING = {"ClusterNotFoundException", "ResourceNotFoundException", "ServiceNotFoundException"}
_BROKEN = 500  # and above: AWS's own failures
_BY_ECS = "ServiceSchedulerInitiated"
_REGISTRY = ".amazonaws.com"
_INDEXES = ["application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json"]


class _MissingError(VerifyError):
    """What was asked for is not there."""


@dataclass(frozen=True)
class Clients:
    """boto3's clients that a look needs."""

    ecs: Any
    logs: Any
    ecr: Any


def connect(region: str) -> Clients:
    """Clients for a region, with the credentials that the environment, a profile or a role gives.

    Raises:
        VerifyError: the profile or the region does not exist.
    """
    try:
        return Clients(*clients(region, "ecs", "logs", "ecr"))
    except BotoCoreError as error:
        raise VerifyError(cause(error, region)) from error


class EcsService:
    """A service on AWS: `gitops.verification.result.Service`."""

    def __init__(self, expected: Expected, clients: Clients | None = None) -> None:
        self._expected = expected
        self._clients = clients or connect(expected.region)

    def look(self) -> Roll:
        """As it is now."""
        service = self._service()
        running = (task for task in self._tasks("RUNNING") if task["lastStatus"] == "RUNNING")
        return Roll(
            deployments=tuple(map(_deployment, service["deployments"])),
            desired=service["desiredCount"],
            running=service["runningCount"],
            tasks=tuple(_task(task) for task in running),
        )

    def digests(self) -> frozenset[str]:
        """The promised digest; where that names an index of platforms, those of the platforms too."""
        return frozenset({self._expected.digest, *self._platforms})

    def evidence(self) -> Evidence:
        """Why it may not run."""
        stopped = _read(self._stopped)
        return Evidence(
            events=_read(lambda: [shown(event["message"]) for event in self._service()["events"][:_EVENTS]]),
            stopped=stopped,
            log=_read(self._log),
        )

    @cached_property
    def _platforms(self) -> list[str]:
        registry, _, name = self._expected.image.partition("@")[0].partition("/")
        if not registry.endswith(_REGISTRY):
            return []
        image = {"repositoryName": name, "imageIds": [{"imageDigest": self._expected.digest}]}
        asked = {"registryId": registry.partition(".")[0], "acceptedMediaTypes": _INDEXES, **image}
        found = self._ask(self._clients.ecr, "batch_get_image", **asked)["images"]
        manifests = [one for image in found for one in json.loads(image["imageManifest"]).get("manifests", [])]
        return [one["digest"] for one in manifests if one.get("platform", {}).get("os") != "unknown"]

    def _service(self) -> dict[str, Any]:
        wanted = self._expected
        found = self._ask(self._clients.ecs, "describe_services", cluster=wanted.cluster, services=[wanted.service])
        active = [service for service in found["services"] if service["status"] == "ACTIVE"]
        if not active:
            where = f"cluster {wanted.cluster} in {wanted.region}"
            raise VerifyError(f"there is no service {wanted.service} in {where}; {OTHER_PLACE}")
        return active[0]

    def _tasks(self, status: str) -> Iterator[dict[str, Any]]:
        """The service's tasks that are meant to run, or to have stopped."""
        place, token = {"cluster": self._expected.cluster}, dict[str, str]()
        which = {**place, "serviceName": self._expected.service, "desiredStatus": status}
        while True:
            page = self._ask(self._clients.ecs, "list_tasks", **which, **token)
            if arns := page["taskArns"]:
                yield from self._ask(self._clients.ecs, "describe_tasks", **place, tasks=arns)["tasks"]
            if "nextToken" not in page:
                return
            token = {"nextToken": page["nextToken"]}

    def _failed(self) -> list[dict[str, Any]]:
        """Stopped tasks of the promised task definition, the newest first."""
        promised = self._expected.task_definition
        tasks = [task for task in self._tasks("STOPPED") if task["taskDefinitionArn"] == promised]
        return sorted(tasks, key=lambda task: str(task.get("stoppedAt", "")), reverse=True)

    def _stopped(self) -> list[str]:
        return [_reasons(task) for task in self._failed()[:_STOPPED]]

    def _log(self) -> list[str]:
        """The last lines of the task that ended by itself last, or was stopped; of one that runs where none stopped."""
        failed = sorted(self._failed(), key=lambda task: task.get("stopCode") == _BY_ECS)
        task = next(iter(failed), None) or next(self._tasks("RUNNING"), None)
        if task is None:
            return []
        where = {"logGroupName": self._expected.log_group, "logStreamName": f"{CONTAINER}/{CONTAINER}/{_id(task)}"}
        try:
            events = self._ask(self._clients.logs, "get_log_events", **where, limit=_LINES, startFromHead=False)
        except _MissingError:
            return []  # the stream comes with the first line
        return [shown(event["message"]) for event in events["events"]]

    def _ask(self, client: Any, operation: str, **asked: Any) -> dict[str, Any]:
        region = self._expected.region
        try:
            return getattr(client, operation)(**asked)
        except ClientError as error:
            permission = f"{client.meta.service_model.signing_name}:{error.operation_name}"
            raise _refusal(error, cause(error, region), permission) from error
        except BotoCoreError as error:
            passes = isinstance(error, HTTPClientError | NoConnectionError)
            raise (NoAnswerError if passes else VerifyError)(cause(error, region)) from error


def _refusal(error: ClientError, words: str, permission: str) -> VerifyError:
    code = error.response.get("Error", {}).get("Code", "")
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if code in _DENIED:
        return VerifyError(f"{words}, or allow {permission}")
    if code in _MISSING:
        return _MissingError(f"{words}; {OTHER_PLACE}")
    if status >= _BROKEN or "Throttl" in code or "TooManyRequests" in code:
        return NoAnswerError(words)
    return VerifyError(words)


def _read(section: Callable[[], Sequence[str]]) -> Sequence[str]:
    """A part of the evidence. The failure itself must be told, also where this cannot."""
    try:
        return section()
    except VerifyError as error:
        return [f"could not be read: {error}"]


def _deployment(found: dict[str, Any]) -> Deployment:
    return Deployment(
        status=found["status"],
        task_definition=found["taskDefinition"],
        state=found.get("rolloutState", "COMPLETED"),  # not every emulator has it
        reason=found.get("rolloutStateReason", ""),
    )


def _task(found: dict[str, Any]) -> Task:
    container = _container(found)
    return Task(id=_id(found), task_definition=found["taskDefinitionArn"], digest=container.get("imageDigest", ""))


def _reasons(task: dict[str, Any]) -> str:
    """Why a task stopped, and how its container ended."""
    container = _container(task)
    ended = f"exit code {container['exitCode']}" if "exitCode" in container else ""
    told = [task.get("stoppedReason", ""), container.get("reason", ""), ended]
    return f"{_id(task)}: {shown('; '.join(filter(None, told)) or 'AWS gives no reason')}"


def _container(task: dict[str, Any]) -> dict[str, Any]:
    return next((one for one in task.get("containers", []) if one["name"] == CONTAINER), {})


def _id(task: dict[str, Any]) -> str:
    return task["taskArn"].rpartition("/")[2]
