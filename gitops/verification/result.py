"""What was promised to run, what is found, and how a verification ends: data only."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, ClassVar, Protocol

_DIGEST = "@sha256:"
_NONE = "it runs no service (priceguard:image is none), or was never deployed; run `pulumi up`"


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What AWS tells of a service that does not run as it should.

    Args:
        events: of the service, the newest first.
        stopped: tasks of the promised task definition that stopped, each with its reasons, the newest first.
        log: the last lines of the task that says most, the oldest first.
    """

    events: Sequence[str] = ()
    stopped: Sequence[str] = ()
    log: Sequence[str] = ()


class VerifyError(Exception):
    """What was promised does not run, or nobody can tell; the message says why and what to do."""

    outcome: ClassVar[str] = "refused"
    remedy: ClassVar[str] = "read below why, correct it and deploy again"

    def __init__(self, message: str, evidence: Evidence | None = None) -> None:
        super().__init__(message)
        self.evidence = evidence or Evidence()

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        return {"verified": False, "outcome": self.outcome, "message": str(self), **asdict(self.evidence)}

    def report(self) -> str:
        """The message, and below it what AWS tells."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield str(self)
        for title, found in asdict(self.evidence).items():
            if found:
                yield from ("", f"{title}:", *(f"  {one}" for one in found))


class NoAnswerError(VerifyError):
    """AWS is busy or out of reach, which may pass."""

    outcome = "no_answer"
    remedy = "nothing was changed, so run this again"


class RolledBackError(VerifyError):
    """AWS gave the deployment up."""

    outcome = "rolled_back"


class SupersededError(VerifyError):
    """Something newer was deployed meanwhile."""

    outcome = "superseded"


class UnstableError(VerifyError):
    """The tasks did not come to rest in time."""

    outcome = "unstable"


class WrongImageError(VerifyError):
    """A task runs another image."""

    outcome = "wrong_image"


class UnhealthyError(VerifyError):
    """The API does not answer as it should."""

    outcome = "unhealthy"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """What an update promised.

    Args:
        cluster, service: names.
        task_definition: ARN with its revision.
        image: reference with its digest.
        revision: what the API tells of itself.
        url: of the API, without a path.
        log_group: where the tasks write.
    """

    cluster: str
    service: str
    task_definition: str
    image: str
    revision: str
    url: str
    log_group: str

    @property
    def region(self) -> str:
        """Where the service is."""
        return self.task_definition.split(":")[3]

    @property
    def digest(self) -> str:
        """`sha256:` and 64 hex digits."""
        return self.image.partition("@")[2]


_OUTPUTS = {
    "cluster": "cluster",
    "service": "service",
    "task_definition": "taskDefinition",
    "image": "image",
    "revision": "revision",
    "url": "apiUrl",
    "log_group": "logGroup",
}


def expected(outputs: Mapping[str, Any]) -> Expected:
    """What the outputs of a stack promise.

    Raises:
        VerifyError: the stack runs no service, or its image is not named by a digest.
    """
    missing = [name for name in _OUTPUTS.values() if not outputs.get(name)]
    if missing:
        raise VerifyError(f"the stack has no output {', '.join(missing)}: {_NONE}")
    promised = Expected(**{field: str(outputs[name]) for field, name in _OUTPUTS.items()})
    if _DIGEST not in promised.image:
        raise VerifyError(
            f"the image {promised.image} is not named by a digest, so nothing can be told of it; build it"
        )
    return promised


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment of a service, in ECS's words.

    Args:
        status: PRIMARY, ACTIVE or INACTIVE.
        task_definition: ARN.
        state: IN_PROGRESS, COMPLETED or FAILED.
        reason: of the state.
    """

    status: str
    task_definition: str
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Task:
    """A task that runs; `digest` is that of its image, empty until ECS knows it."""

    id: str
    task_definition: str
    digest: str


@dataclass(frozen=True, kw_only=True)
class Roll:
    """A service at one moment: its deployments, how many tasks it wants and has, and those that run."""

    deployments: tuple[Deployment, ...]
    desired: int
    running: int
    tasks: tuple[Task, ...]


class Service(Protocol):
    """Where a service can be looked at; nothing is changed there.

    Each call raises NoAnswerError for what may pass, and VerifyError for what does not.
    """

    def look(self) -> Roll:
        """As it is now."""
        ...

    def digests(self) -> frozenset[str]:
        """Every digest by which the promised image may be known: its own, and those of its platforms."""
        ...

    def evidence(self) -> Evidence:
        """Why it may not run; what cannot be read says so in its place."""
        ...


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What was promised runs, and stayed so.

    Args:
        expected: the promise.
        tasks: ids of the tasks that run it.
        seconds: how long the verification took.
        soaked: for how many of them everything stayed as it should.
        restarts: how often that time began anew.
    """

    expected: Expected
    tasks: tuple[str, ...]
    seconds: float
    soaked: float
    restarts: int

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON."""
        data = asdict(self)
        return {"verified": True, **data.pop("expected"), "digest": self.expected.digest, **data}
