"""An environment and a frontend without a cloud, which do what they are told, and break where a test wants it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from gitops.engine import LockedError, Report
from gitops.engine_result import Change, PropertyChange, Result, Timing
from gitops.promotion.stack_file import Pair, pair
from gitops.verification import result as verify_result
from gitops.verification.result import Deployment, Evidence, Expected, NoAnswerError, Roll, Task

TASK = "arn:aws:ecs:us-east-1:123456789012:task-definition/priceguard-prod:{number}"


def digest_of(revision: str) -> str:
    """The image that a build of a commit makes."""
    return f"sha256:{revision}{revision[:24]}"


@dataclass
class Environment:
    """A `gitops.release.target.Target`: what runs is what its last update's settings named, unless that is broken.

    Attributes:
        settings: of the last update; empty before the first.
        updates: how many there were that changed anything.
        broken: settings, or a part of them, whose tasks do not start: ECS goes back.
        copied: images that were copied here.
        silent: whether nobody answers, whatever is asked.
        locked: whether a killed update holds the lock.
        published: how often a copy of the state was left.
        extra: settings that the program changes beside those of the file.
    """

    stack: str = "prod"
    settings: str = ""
    updates: int = 0
    broken: str = "\0"
    copied: set[str] = field(default_factory=set[str])
    silent: bool = False
    locked: bool = False
    published: int = 0
    extra: tuple[str, ...] = ()

    @property
    def pair(self) -> Pair:
        """What it was last told to run."""
        return pair(self.settings)

    def preview(self, root: Path, _: Report) -> tuple[Result, dict[str, str]]:
        """One change for each setting that differs, and those that a test adds."""
        config = settings_in((root / f"Pulumi.{self.stack}.yaml").read_text())
        there = settings_in(self.settings)
        changed = [change(key, value) for key, value in config.items() if there.get(key) != value]
        return result([*changed, *(change(key, "1") for key in self.extra)]), config

    def update(self, root: Path, _: Report) -> None:
        """Run what the settings of the checkout name."""
        if self.locked:
            raise LockedError(self.stack, f"priceguard unlock {self.stack}", "ci", 7, "noon")
        settings = (root / f"Pulumi.{self.stack}.yaml").read_text()
        self.updates += settings != self.settings
        self.settings, self.extra = settings, ()

    def outputs(self) -> Mapping[str, Any]:
        """As the program's."""
        if not self.settings:
            return {}
        return {
            "cluster": "priceguard",
            "service": "priceguard-server",
            "taskDefinition": TASK.format(number=self.updates),
            "image": self.pair.image,
            "revision": self.pair.revision,
            "apiUrl": "https://api.example.com",
            "logGroup": "/priceguard/prod/api",
        }

    def expected(self) -> Expected:
        """What it promised."""
        return verify_result.expected(self.outputs())

    def service(self, _: Expected) -> "Environment":
        """Itself: `gitops.verification.result.Service`."""
        return self

    def look(self) -> Roll:
        """The new one, or, when that is broken, the former one again."""
        if self.silent:
            raise NoAnswerError("AWS does not answer")
        well = self.broken not in self.settings
        number, digest = (self.updates, self.pair.digest) if well else (self.updates - 1, "sha256:other")
        state = "COMPLETED"
        running = Deployment(status="PRIMARY", task_definition=TASK.format(number=number), state=state, reason="")
        failed = Deployment(
            status="INACTIVE", task_definition=TASK.format(number=self.updates), state="FAILED", reason="tasks failed"
        )
        task = Task(id="t1", task_definition=TASK.format(number=number), digest=digest)
        return Roll(deployments=(running,) if well else (running, failed), desired=1, running=1, tasks=(task,))

    def digests(self) -> frozenset[str]:
        """The promised one."""
        return frozenset({self.pair.digest})

    def evidence(self) -> Evidence:
        """What AWS says of a task that did not start."""
        return Evidence(events=("(service priceguard-server) rolled back",), log=("ModuleNotFoundError: api",))

    def booked(self, event_id: str, since: float) -> bool:
        """The money path is another test's."""
        raise NotImplementedError

    def stripe(self) -> Any:
        """As `booked`."""
        return None

    def copy_image(self, source: str, image: str) -> None:
        """Remember it."""
        assert source.partition("@")[2] == image.partition("@")[2]
        self.copied.add(image)

    def drift(self, _: Report) -> Result:
        """None."""
        return result([])

    def publish(self) -> None:
        """Count it."""
        self.published += 1

    def answer(self, _: httpx.Request) -> httpx.Response:
        """The API's health."""
        return httpx.Response(200, json={"status": "ok", "revision": self.pair.revision})


@dataclass
class Site:
    """A frontend that shows the revision of the outputs."""

    shows: str = ""

    def sync(self, outputs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Show it."""
        former, self.shows = self.shows, str(outputs["revision"])
        return "published", {"shows": former} if former != self.shows else {}

    def restore(self, record: Mapping[str, Any]) -> str:
        """Show the former one."""
        self.shows = str(record["shows"])
        return "put back"


def settings_in(text: str) -> dict[str, str]:
    """The configuration in a stack's file."""
    return {key: str(value) for key, value in yaml.safe_load(text)["config"].items()} if text else {}


def change(key: str, value: str) -> Change:
    """One that stands for a setting."""
    name = key.partition(":")[2]
    urn = f"urn:pulumi:prod::priceguard::aws:ssm/parameter:Parameter::{name}"
    diff = PropertyChange(path="value", kind="update", before=None, after=value, replaces=False)
    return Change(op="update", urn=urn, type="aws:ssm/parameter:Parameter", name=name, diff=(diff,))


def result(changes: list[Change]) -> Result:
    """Of a preview."""
    timing = Timing(total=1, start=0, program=0, resources=0, end=0)
    return Result(changes=tuple(changes), unchanged=3, policy=(), diagnostics=(), before=(), after=(), timing=timing)
