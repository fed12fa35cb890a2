"""`priceguard drift`: told here, and in a job by an issue as well."""

import json
from typing import Any

import pytest
import typer
from typer.testing import CliRunner
from typer.testing import Result as Called

from gitops.engine import EngineError
from gitops.engine_result import Result
from gitops.github.client import GitHub
from gitops.release.run import Run
from local.github.answers import Answer
from priceguard import drift as command
from tests.gitops.comments.pull_request_world import NAME, RUN, TOKEN
from tests.gitops.golden_drift.issues import SIZE, drifted
from tests.gitops.test_drift_issue import World

app = typer.Typer()
app.command()(command.drift)


class Environment:
    """In place of an environment.

    Attributes:
        answer: what has drifted, or why that cannot be found out.
    """

    def __init__(self) -> None:
        self.answer: Result | Exception = drifted()

    def drift(self, report: Any) -> Result:
        """What the engine found."""
        report({"op": "refresh", "type": "t", "name": "n", "changed": [], "seconds": 0.1})
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Environment:
    """dev, at somebody's desk."""
    found = Environment()
    monkeypatch.setattr(command, "target_of", lambda _stack, *, local: found)  # noqa: ARG005
    monkeypatch.delenv("GITHUB_TOKEN", raising=False)
    return found


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, environment: Environment) -> World:  # noqa: ARG001 - that first
    """GitHub, in whose job the command runs."""
    made = World()
    github = GitHub(NAME, TOKEN, transport=made.transport)
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setattr(command, "this_run", lambda: Run(repository=NAME, sha="a" * 40, url=RUN, github=github))
    return made


def call(*arguments: str) -> Called:
    """`priceguard drift dev ...`."""
    return CliRunner().invoke(app, ["dev", *arguments])


def test_nothing_has_drifted(environment: Environment) -> None:
    """Exit code 0, and no GitHub is needed."""
    called = call()

    assert (called.exit_code, called.stdout) == (0, "nothing has drifted, 150 unchanged\n")
    assert environment.answer


def test_what_has_drifted_has_an_exit_code_of_its_own(environment: Environment) -> None:
    """With what to do; for programs as JSON."""
    environment.answer = drifted(SIZE)

    assert call().exit_code == 5
    assert "allocatedStorage: 20 → 40" in call().stdout
    assert json.loads(call("--json").stdout)[0]["name"] == "database"


def test_a_job_has_an_issue_say_so(environment: Environment, world: World) -> None:
    """And says where that is."""
    environment.answer = drifted(SIZE)
    called = call()

    assert called.exit_code == 5
    assert [state for state, _, _ in world.issues] == ["open"]
    assert "the issue says so: https://" in called.stderr
    assert "has said so before" in call().stderr
    environment.answer = drifted()
    assert "the issue is closed" in call().stderr


def test_what_cannot_be_found_out_leaves_the_issue_alone(environment: Environment, world: World) -> None:
    """It is told in the job only."""
    environment.answer = drifted(SIZE)
    call()
    writes = list(world.store.writes)
    environment.answer = EngineError("no credentials")
    called = call()

    assert (called.exit_code, called.stdout) == (1, "")
    assert "no credentials" in called.stderr
    assert world.store.writes == writes


def test_what_github_refuses_is_told_after_the_drift(environment: Environment, world: World) -> None:
    """Nobody loses what was found."""
    environment.answer = drifted(SIZE)
    world.store.instead.append(Answer(status=403, body={"message": "Resource not accessible by integration"}))
    called = call()

    assert called.exit_code == 1
    assert "allocatedStorage" in called.stdout
    assert "the token lacks a permission" in called.stderr
