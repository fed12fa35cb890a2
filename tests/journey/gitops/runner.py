"""A runner: carries out one job in a clone, with the rights that its YAML gives it and no others."""

import shutil
import subprocess
import time
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer.main

from priceguard.cli import app
from render.configuration import ROOT
from tests.journey.gitops.workflow import Event, Job, resolved

COMMAND = ".venv/bin/priceguard "
SETUP = "make setup"
TOOLS = ("actions/setup-python", "pulumi/actions")
"""Steps that install what this machine has."""
ROLE = "aws-actions/configure-aws-credentials"
ALWAYS = "${{ !cancelled() }}"
APP = "priceguard-promotions"
"""Slug of the App that opens pull requests."""
SHORT = {"--local": "--local", "--soak": "--soak 1"}
"""What a command that has the option is given beside what the YAML says."""
SECONDS = 300
_ORIGINS = ("+refs/heads/*:refs/remotes/origin/*", "+refs/pull/*:refs/remotes/pull/*")


@dataclass(frozen=True, kw_only=True)
class Done:
    """What came of a job.

    Args:
        job: which one.
        code: exit code of the first step that failed; 0 when none did.
        said: what its commands wrote to standard output.
        told: what they wrote to standard error.
        seconds: how long it took.
    """

    job: Job
    code: int
    said: str
    told: str
    seconds: float

    @property
    def result(self) -> str:
        """In GitHub's word."""
        return "failure" if self.code else "success"

    @property
    def words(self) -> str:
        """All that it wrote."""
        return self.said + self.told


@dataclass
class Runner:
    """Clones that are used again, as on a runner of one's own: one with the whole history, one with a single commit.

    Args:
        folder: gets them.
        origin: the bare repository.
        environment: of every command.
    """

    folder: Path
    origin: Path
    environment: Mapping[str, str]
    _clones: dict[bool, Path] = field(default_factory=dict[bool, Path])

    def clone(self, commit: str, *, whole: bool = True) -> Path:
        """A checkout of a commit, with the packages of this machine's."""
        place = self._clones.get(whole)
        if place is None:
            place = self._clones[whole] = self.folder / ("runner" if whole else "runner-shallow")
            git(self.folder, "init", "--quiet", str(place))
            git(place, "remote", "add", "origin", self.origin.as_uri())
            (place / ".git" / "info" / "exclude").write_text(".venv\n")
            (place / ".venv").symlink_to(ROOT / ".venv")
        wanted = ("origin", *_ORIGINS) if whole else ("--depth=1", "origin", commit)
        git(place, "fetch", "--quiet", "--force", *wanted)
        git(place, "checkout", "--quiet", "--force", "--detach", commit)
        git(place, "clean", "-dfq")
        return place

    def run(self, job: Job, event: Event, context: "Context") -> Done:
        """Carry out a job."""
        began, place, code = time.monotonic(), self.folder, 0
        said, told = list[str](), list[str]()
        for step in job.steps:
            uses, values = str(step.get("uses", "")).partition("@")[0], context.values
            if code and step.get("if") != ALWAYS:
                continue
            if "run" in step:
                if step["run"] == SETUP:
                    assert (place / ".venv" / "bin").exists()
                    continue
                done = self._command(step, place, job, event, values)
                code = code or done.returncode
                said.append(done.stdout)
                told.append(done.stderr)
            elif uses == "actions/checkout":
                place = self.clone(event.commit, whole=step["with"].get("fetch-depth") == 0)
            else:
                context.use(uses, step, place)
        seconds = time.monotonic() - began
        return Done(job=job, code=code, said="".join(said), told="".join(told), seconds=seconds)

    def _command(
        self, step: Mapping[str, Any], place: Path, job: Job, event: Event, values: Mapping[str, str]
    ) -> subprocess.CompletedProcess[str]:
        line = step["run"].strip()
        assert line.startswith(COMMAND), line
        name = line.removeprefix(COMMAND).split()[0]
        own = {name: resolved(text, values) for name, text in step.get("env", {}).items()}
        stack = job.stack or line.split()[2]
        environment = {
            **self.environment,
            "PYTHONPATH": str(place),
            "PRICEGUARD_LOCAL": str(self.folder / stack),
            "GITHUB_SHA": event.commit,
            "GITHUB_RUN_ID": values["github.run_id"],
            **own,
        }
        return subprocess.run(
            ["bash", "-e", "-c", " ".join([line, *_short(name)])],
            cwd=place,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )


@dataclass
class Context:
    """What is around a job: values of expressions, artifacts, the token of an App.

    Args:
        values: expression -> value.
        artifacts: name -> content of the one file; what the job uploads comes into it.
        app_token: gives a token of the App with these permissions.
        permissions: of the job.
    """

    values: MutableMapping[str, str]
    artifacts: MutableMapping[str, bytes]
    app_token: Any
    permissions: Mapping[str, str]

    def use(self, uses: str, step: Mapping[str, Any], place: Path) -> None:
        """Do what an action does."""
        given = {name: str(value) for name, value in step.get("with", {}).items()}
        if uses == ROLE:
            assert self.permissions.get("id_token") == "write"
        elif uses == "actions/upload-artifact":
            if (file := place / given["path"]).exists():
                self.artifacts[resolved(given["name"], self.values)] = file.read_bytes()
        elif uses == "actions/download-artifact":
            found = self.artifacts.get(resolved(given["pattern"], self.values))
            shutil.rmtree(place / given["path"], ignore_errors=True)
            (place / given["path"]).mkdir()
            if found is not None:
                (place / given["path"] / "preview.json").write_bytes(found)
        elif uses == "actions/create-github-app-token":
            assert step["if"] == "vars.PROMOTION_APP_CLIENT_ID"
            wanted = {name.removeprefix("permission-"): level for name, level in given.items() if "permission-" in name}
            token = self.app_token({name.replace("-", "_"): level for name, level in wanted.items()})
            self.values[f"steps.{step['id']}.outputs.token"] = token
        else:
            assert uses in TOOLS, uses


def git(place: Path, *arguments: str) -> str:
    """What git says."""
    command = ["git", "-C", str(place), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _short(name: str) -> list[str]:
    """The options of a command that make it one for this machine, and short."""
    command: Any = typer.main.get_command(app)
    options = {option for parameter in command.get_command(None, name).params for option in parameter.opts}
    return [words for option, words in SHORT.items() if option in options]
