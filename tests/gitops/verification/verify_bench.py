"""A service on AWS as it goes from look to look, on boto3's own wire, and an API that answers over HTTP.

The emulator starts no task of a service, so here AWS's answers are written down.
"""

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import httpx
from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from moto import mock_aws

from gitops.verification.ecs_roll import Clients, EcsService, connect
from gitops.verification.result import Expected, Verified, expected
from gitops.verification.verify import Waiting, verify
from tests.gitops.cluster import GROUP, REGION

FAMILY = f"arn:aws:ecs:{REGION}:123456789012:task-definition/priceguard-dev"
OLD, NEW, NEWER = (f"{FAMILY}:{number}" for number in (7, 8, 9))
DIGEST, OTHER = (f"sha256:{digit * 64}" for digit in "ab")
REPOSITORY = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/priceguard-dev"
REVISION = "c" * 40
OUTPUTS: dict[str, Any] = {
    "cluster": "priceguard-dev",
    "service": "priceguard-server",
    "taskDefinition": NEW,
    "image": f"{REPOSITORY}@{DIGEST}",
    "revision": REVISION,
    "apiUrl": "https://api.dev.example.com",
    "logGroup": GROUP,
}
WELL = (200, {"status": "ok", "revision": REVISION, "database": "connected"})
Answer = tuple[int, Any] | BaseException


def deployment(definition: str, state: str = "COMPLETED", status: str = "PRIMARY", reason: str = "") -> dict[str, Any]:
    """As DescribeServices has it."""
    return {"status": status, "taskDefinition": definition, "rolloutState": state, "rolloutStateReason": reason}


def task(name: str, definition: str = NEW, digest: str = DIGEST, **more: Any) -> dict[str, Any]:
    """As DescribeTasks has it, of a task that runs."""
    container = {"name": "api", "imageDigest": digest, **more.pop("container", {})}
    arn = f"arn:aws:ecs:{REGION}:123456789012:task/priceguard-dev/{name}"
    return {"taskArn": arn, "taskDefinitionArn": definition, "lastStatus": "RUNNING", "containers": [container], **more}


@dataclass(frozen=True, kw_only=True)
class State:
    """The service at one look."""

    deployments: Sequence[dict[str, Any]] = (deployment(NEW),)
    tasks: Sequence[dict[str, Any]] = (task("one"), task("two"))
    stopped: Sequence[dict[str, Any]] = ()
    desired: int = 2
    status: str = "ACTIVE"


GOOD = State()
BACK = State(
    deployments=(deployment(OLD),),
    tasks=(task("old-1", OLD, OTHER), task("old-2", OLD, OTHER)),
    stopped=(
        task("young", stoppedAt=300, stoppedReason="Task failed container health checks"),
        task("other", OLD, OTHER, stoppedAt=400, stoppedReason="Scaling activity"),
        task(
            "younger",
            stoppedAt=350,
            stoppedReason="Essential container in task exited",
            container={"exitCode": 1, "reason": "OutOfMemoryError: killed"},
        ),
    ),
)


@dataclass
class Aws:
    """Answers boto3.

    `states` are what each look finds, the last one for ever; `refusals` come before the answer of an operation; while
    it is `busy`, nothing is answered; `index` holds the digests of the image's platforms; `asked` is every request,
    also one that was made again.
    """

    states: list[State]
    refusals: dict[str, list[tuple[int, str, str]]] = field(default_factory=dict[str, list[tuple[int, str, str]]])
    logs: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    index: Sequence[str] = ()
    page: int = 100
    busy: Callable[[], bool] = lambda: False
    asked: list[str] = field(default_factory=list[str])
    now: State = GOOD

    def service(self, promised: Expected) -> EcsService:
        """The service, on clients whose requests come here."""
        clients, wire = _wired()
        wire.aws = self
        return EcsService(promised, clients)

    def answer(self, request: AWSPreparedRequest) -> AWSResponse:
        """Take a request before it leaves."""
        target: Any = request.headers["X-Amz-Target"]
        operation = (target.decode() if isinstance(target, bytes) else target).partition(".")[2]
        self.asked.append(operation)
        if self.busy():
            return _response(request.url, 400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
        if refusals := self.refusals.get(operation):
            status, code, message = refusals.pop(0)
            return _response(request.url, status, {"__type": code, "message": message})
        status, body = getattr(self, f"_{operation}")(json.loads(request.body))
        return _response(request.url, status, body)

    def _DescribeServices(self, _: dict[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802 - AWS's name
        self.now = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        events = [{"id": "1", "message": "(service priceguard-server) failed\x1b[2J its deployment"}]
        running = sum(one["lastStatus"] == "RUNNING" for one in self.now.tasks)
        counts = {"desiredCount": self.now.desired, "runningCount": running}
        service = {"status": self.now.status, "deployments": self.now.deployments, "events": events, **counts}
        return 200, {"services": [service] if self.now.deployments else []}

    def _ListTasks(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802 - AWS's name
        assert (asked["cluster"], asked["serviceName"]) == ("priceguard-dev", "priceguard-server")
        tasks = {"RUNNING": self.now.tasks, "STOPPED": self.now.stopped}[asked["desiredStatus"]]
        start = int(asked.get("nextToken", 0))
        arns = [one["taskArn"] for one in tasks[start : start + self.page]]
        more = start + self.page < len(tasks)
        return 200, {"taskArns": arns, **({"nextToken": str(start + self.page)} if more else {})}

    def _DescribeTasks(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802 - AWS's name
        tasks = {one["taskArn"]: one for one in (*self.now.tasks, *self.now.stopped)}
        return 200, {"tasks": [tasks[arn] for arn in asked["tasks"]]}

    def _GetLogEvents(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802 - AWS's name
        assert asked["logGroupName"] == GROUP
        lines = self.logs.get(asked["logStreamName"])
        if lines is None:
            return 400, {"__type": "ResourceNotFoundException", "message": "no such stream"}
        return 200, {"events": [{"timestamp": 1, "message": line} for line in lines[-asked["limit"] :]]}

    def _BatchGetImage(self, asked: dict[str, Any]) -> tuple[int, dict[str, Any]]:  # noqa: N802 - AWS's name
        assert asked["registryId"] == "123456789012"
        assert (asked["repositoryName"], asked["imageIds"]) == ("priceguard-dev", [{"imageDigest": DIGEST}])
        platforms = [{"digest": one, "platform": {"os": "linux"}} for one in self.index]
        attestation = {"digest": f"sha256:{'f' * 64}", "platform": {"os": "unknown"}}
        manifest = json.dumps({"manifests": [*platforms, attestation]})
        return 200, {"images": [{"imageManifest": manifest}] if self.index else []}


class _Wire:
    """Where requests go instead; clients take long to make, so that one test after the other has them."""

    aws: Aws

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Pass it on."""
        return self.aws.answer(request)


@cache
def _wired() -> tuple[Clients, _Wire]:
    wire = _Wire()
    with mock_aws():
        clients = connect(REGION)
    for client in (clients.ecs, clients.logs, clients.ecr):
        client.meta.events.register_first("before-send", wire.answer)
    return clients, wire


@dataclass
class Clock:
    """Passes only while somebody sleeps."""

    seconds: float = 0
    most: float = 60
    soak: float = 20

    def waiting(self) -> Waiting:
        """A look every five seconds."""
        return Waiting(most=self.most, soak=self.soak, pause=5, now=lambda: self.seconds, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.seconds += seconds


@dataclass
class Bench:
    """One verification: what it was told, and when it ended."""

    aws: Aws
    answers: Sequence[Answer] = (WELL,)
    clock: Clock = field(default_factory=Clock)
    said: list[str] = field(default_factory=list[str])
    outputs: dict[str, Any] = field(default_factory=lambda: dict(OUTPUTS))

    def verify(self) -> Verified:
        """As the command does."""
        promised = expected(self.outputs)
        answers = _each(self.answers)
        transport = httpx.MockTransport(lambda request: _reply(request, next(answers)))
        with httpx.Client(transport=transport) as http:
            service = self.aws.service(promised)
            return verify(promised, service=service, http=http, waiting=self.clock.waiting(), progress=self.said.append)


def bench(*states: State, answers: Sequence[Answer] = (WELL,), **aws: Any) -> Bench:
    """A service that goes through these states."""
    return Bench(Aws(list(states), **aws), answers)


def rolling(state: State = GOOD, **changes: Any) -> State:
    """A state while the new tasks replace the old ones."""
    deployments = (deployment(NEW, "IN_PROGRESS"), deployment(OLD, status="ACTIVE"))
    return replace(state, **{"deployments": deployments, **changes})


def _each(answers: Sequence[Answer]) -> Iterator[Answer]:
    """One after the other, the last one for ever."""
    yield from answers
    while True:
        yield answers[-1]


def _reply(request: httpx.Request, answer: Answer) -> httpx.Response:
    assert str(request.url) == "https://api.dev.example.com/health"
    if isinstance(answer, BaseException):
        raise answer
    status, body = answer
    return httpx.Response(status, content=body) if isinstance(body, bytes) else httpx.Response(status, json=body)


class _Body(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        """As urllib3 gives it."""
        yield self.read()


def _response(url: str, status: int, body: dict[str, Any]) -> AWSResponse:
    headers = {"content-type": "application/x-amz-json-1.1"}
    return AWSResponse(url, status, headers, _Body(json.dumps(body).encode()))
