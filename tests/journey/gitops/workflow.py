"""A workflow as its YAML says it: what starts it, which jobs it has, what each step is given."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(".github", "workflows")
EXPRESSION = re.compile(r"\$\{\{\s*(.+?)\s*\}\}")
LABEL = "destroy-approved"


@dataclass(frozen=True, kw_only=True)
class Event:
    """What happened at GitHub.

    Args:
        name: as `on:` calls it.
        commit: whose code the jobs have: GITHUB_SHA.
        values: expression -> value, beside those of every job.
        files: of a push, those that it changed.
        fork: whether a pull request comes from one.
        label: of a pull request, the one that was put on it or taken off; empty for other events.
        started: of a `workflow_run`, the workflow that has ended.
        conclusion: how that one ended.
        artifacts: what that one has left.
    """

    name: str
    commit: str
    values: Mapping[str, str] = field(default_factory=dict[str, str])
    files: tuple[str, ...] = ()
    fork: bool = False
    label: str = ""
    started: str = ""
    conclusion: str = ""
    artifacts: Mapping[str, bytes] = field(default_factory=dict[str, bytes])


_UNLABELLED = "(!github.event.label || github.event.label.name == 'destroy-approved')"
CONDITIONS: Mapping[str | None, Callable[[Event], bool]] = {
    None: lambda _: True,
    "!cancelled()": lambda _: True,
    f"!github.event.pull_request.head.repo.fork && {_UNLABELLED}": lambda event: (
        not event.fork and event.label in {"", LABEL}
    ),
    f"github.event.pull_request.head.repo.fork && {_UNLABELLED}": lambda event: (
        event.fork and event.label in {"", LABEL}
    ),
    """contains(fromJSON('["success", "failure"]'), github.event.workflow_run.conclusion)""": lambda event: (
        event.conclusion in {"success", "failure"}
    ),
}
"""Every condition of a job that there is; one that is new, or was changed, has to be thought of here too."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """One job, once for each stack where it has a matrix.

    Args:
        workflow: name of its file.
        name: as the YAML calls it.
        stack: of the matrix; empty without one.
        body: the YAML.
    """

    workflow: str
    name: str
    stack: str
    body: Mapping[str, Any]

    @property
    def title(self) -> str:
        """As people see it."""
        if "name" in self.body:
            return EXPRESSION.sub(self.stack, self.body["name"])
        own = f"{self.name} ({self.stack})" if self.stack else self.name
        return own if self.name == self.workflow else f"{self.workflow} / {own}"

    @property
    def permissions(self) -> dict[str, str]:
        """What its token may, as the API calls it."""
        return {name.replace("-", "_"): level for name, level in self.body["permissions"].items()}

    @property
    def steps(self) -> list[dict[str, Any]]:
        """In their order."""
        return self.body["steps"]

    def applies(self, event: Event) -> bool:
        """Whether it runs."""
        return _condition(self.body)(event)

    @property
    def runs_after_failure(self) -> bool:
        """Whether it runs also when a job failed that it needs."""
        return "!cancelled()" in str(self.body.get("if"))


def read(root: Path, name: str) -> dict[Any, Any]:
    """The YAML of a workflow."""
    return yaml.safe_load((root / FOLDER / f"{name}.yml").read_text())


def starts(workflow: Mapping[Any, Any], event: Event) -> bool:
    """Whether an event starts it; YAML takes the word `on` for a truth."""
    on: Any = workflow[True]
    if event.name not in on:
        return False
    wanted = (on[event.name] if isinstance(on, dict) else None) or {}
    if event.name == "workflow_run":
        return event.started in wanted["workflows"]
    if event.name != "push":
        return True
    paths, ignored = wanted.get("paths", ["*"]), wanted.get("paths-ignore", [])
    mattering = [file for file in event.files if not any(fnmatch(file, pattern) for pattern in ignored)]
    return any(fnmatch(file, pattern) for file in mattering for pattern in paths)


def jobs(workflow: Mapping[Any, Any], name: str) -> Iterator[Job]:
    """Those of a workflow in the order in which they can run; the YAML has them so."""
    seen: set[str] = set()
    for job, body in workflow["jobs"].items():
        needs = body.get("needs", [])
        assert {needs} if isinstance(needs, str) else set(needs) <= seen
        seen.add(job)
        for stack in body.get("strategy", {}).get("matrix", {}).get("stack", [""]):
            yield Job(workflow=name, name=job, stack=stack, body=body)


def resolved(text: str, values: Mapping[str, str]) -> str:
    """A text with its expressions replaced; nothing that nobody sets."""
    return EXPRESSION.sub(lambda found: values[found[1]], str(text))


def _condition(body: Mapping[str, Any]) -> Callable[[Event], bool]:
    text = body.get("if")
    return CONDITIONS[EXPRESSION.sub(r"\1", text) if text else None]
