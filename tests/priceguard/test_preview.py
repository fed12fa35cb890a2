"""`priceguard preview`: who is asked, what is shown, and the exit code."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner
from typer.testing import Result as Called

from gitops.engine import EngineError, EngineMissingError, LockedError, Report
from gitops.engine_result import PolicyResult, Result
from gitops.previews.report import report
from local.client import ClientError
from priceguard import preview as command
from priceguard.cli import app
from tests.gitops.golden_preview.samples import PREVIEWS

NOTHING = replace(PREVIEWS["nothing_changes"].result, policy=())
LEVEL = PREVIEWS["log_level"].result
REFUSED = PREVIEWS["refused_by_policy"].result
MANDATORY = replace(NOTHING, policy=(PolicyResult(policy="p", mandatory=True, urn="", message="no"),))


def call(*arguments: str) -> Called:
    """`priceguard preview ...`."""
    return CliRunner().invoke(app, ["preview", *arguments])


class Engines:
    """In place of both engines: gives a result, or raises, and keeps what it was asked.

    Attributes:
        answer: the result, or the error.
        asked: where, the stack, and whether it looks at what is there or what is set.
    """

    def __init__(self) -> None:
        self.answer: Result | BaseException = NOTHING
        self.asked: list[tuple[str, str, Any]] = []

    def remote(self, stack: str, tell: Report, refresh: bool) -> Result:  # noqa: FBT001 - as the command's own
        """Of the cloud."""
        self.asked.append(("cloud", stack, refresh))
        return self._answer(tell)

    def here(self, stack: str, assignments: dict[str, str], tell: Report) -> tuple[Result, dict[str, str]]:
        """Of this machine."""
        self.asked.append(("here", stack, assignments))
        return self._answer(tell), assignments

    def _answer(self, tell: Report) -> Result:
        tell({"op": "update", "type": "t", "name": "n", "changed": [], "seconds": 0.1})
        if isinstance(self.answer, BaseException):
            raise self.answer
        return self.answer


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> Engines:
    """Both engines."""
    found = Engines()
    monkeypatch.setattr(command, "remote", found.remote)
    monkeypatch.setattr(command, "preview_local", found.here)
    return found


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (("dev",), ("cloud", "dev", False)),
        (("prod", "--refresh"), ("cloud", "prod", True)),
        (("dev", "--local"), ("here", "dev", {})),
        (("dev", "--local", "--set", "logLevel=DEBUG"), ("here", "dev", {"priceguard:logLevel": "DEBUG"})),
    ],
)
def test_the_right_engine_is_asked(engines: Engines, arguments: tuple[str, ...], asked: tuple[str, str, Any]) -> None:
    """And its report ends standard output, where no progress is."""
    called = call(*arguments)

    assert (called.exit_code, engines.asked) == (0, [asked])
    assert called.stdout.endswith(f"{arguments[0]}: nothing changes, 161 resources are as the program says\n")
    assert "previewing" not in called.stdout


def test_the_report_is_shown_as_it_is(engines: Engines) -> None:
    """However long its lines are; with a table of times when asked."""
    engines.answer = LEVEL
    shown = call("dev").stdout

    assert shown.startswith(report(PREVIEWS["log_level"]).split("\n\n4 advisory")[0])
    assert "the engine reads the stack" not in shown
    assert "the engine reads the stack" in call("dev", "--timing").stdout


def test_programs_get_json_alone(engines: Engines) -> None:
    """Changes are no failure."""
    engines.answer = LEVEL
    called = call("dev", "--json")

    assert called.exit_code == 0
    assert [one["op"] for one in json.loads(called.stdout)["changes"]] == ["replace", "update"]


@pytest.mark.parametrize("answer", [REFUSED, EngineError("many words", REFUSED)])
def test_what_the_rules_refuse_is_reported(engines: Engines, answer: Result | EngineError) -> None:
    """Whether the engine ends well or not: the report says why, and nothing says it twice."""
    engines.answer = answer
    called = call("dev")

    assert called.exit_code == 1
    assert "✗ database-logs (RDS.9, RDS.36): rds Instance database\n" in called.stdout
    assert called.stdout.endswith("160 unchanged; an update would be refused (exit code 1)\n")
    assert "many words" not in called.output
    assert json.loads(call("dev", "--json").stdout)["blocked"] is True


@pytest.mark.parametrize(
    "error",
    [
        EngineMissingError(),
        LockedError("dev", "priceguard unlock dev", "ada@example", 17, "today"),
        EngineError("the program refuses its settings", NOTHING),
        EngineError("nothing runs here"),
        ClientError("the folder cannot be had"),
    ],
)
def test_what_fails_is_told(engines: Engines, error: Exception) -> None:
    """On standard error, and nothing else anywhere."""
    engines.answer = error
    called = call("dev", "--local")

    assert (called.exit_code, called.stdout, called.stderr) == (1, "", f"✗ {error}\n")


def test_settings_that_cannot_be_are_refused(engines: Engines) -> None:
    """Before anybody is asked."""
    called = call("dev", "--local", "--set", "logLevel.x=1")

    assert (called.exit_code, engines.asked) == (1, [])
    assert "holds no object" in called.stderr


def test_without_the_engine_the_command_says_where_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It looks on the PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))
    called = call("dev")

    assert (called.exit_code, called.stderr) == (1, f"✗ {EngineMissingError()}\n")


def test_an_interrupt_has_its_own_exit_code(engines: Engines) -> None:
    """As of other commands."""
    engines.answer = KeyboardInterrupt()

    assert call("dev").exit_code == 130


@pytest.mark.parametrize(
    "arguments",
    [
        ("staging",),
        (),
        ("dev", "--local", "--refresh"),
        ("dev", "--set", "logLevel=DEBUG"),
        ("dev", "--local", "--set", "logLevel"),
    ],
)
def test_a_wrong_command_line_asks_nobody(engines: Engines, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert (call(*arguments).exit_code, engines.asked) == (2, [])


@given(st.lists(st.sampled_from([{"op": "same"}, {"op": "create"}, {"state": "starting"}])))
def test_progress_counts_resources(events: list[dict[str, Any]]) -> None:
    """And nothing else that is told."""
    said: list[str] = []
    tell = command.counting(said.append)
    for event in events:
        tell(event)

    seen = sum("op" in event for event in events)
    assert said[-1:] == ([f"{seen} resource{'' if seen == 1 else 's'}"] if events else [])
