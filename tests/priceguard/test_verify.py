"""`priceguard verify`: what an operator types, sees, and gets as exit code."""

import json

import httpx
import pytest
import typer
from typer.testing import CliRunner
from typer.testing import Result as Called

from gitops.engine import EngineError
from gitops.verification import api_revision
from gitops.verification.result import Expected, Service, expected
from priceguard import verify as command
from tests.gitops.cluster import GROUP
from tests.gitops.verification.verify_bench import BACK, GOOD, NEW, OUTPUTS, REVISION, WELL, Aws, State


class Place:
    """In place of an environment.

    Attributes:
        aws: what is found there.
        failure: what asking for the promise ends with.
        asked: the stack, and whether it is the one on this machine.
    """

    def __init__(self) -> None:
        self.aws = Aws([GOOD])
        self.failure: BaseException | None = None
        self.asked: list[tuple[str, bool]] = []

    def target_of(self, stack: str, *, local: bool) -> "Place":
        """As `priceguard.targets` has it."""
        self.asked.append((stack, local))
        return self

    def expected(self) -> Expected:
        """The promise."""
        if self.failure:
            raise self.failure
        return expected(OUTPUTS)

    def service(self, promised: Expected) -> Service:
        """The service."""
        return self.aws.service(promised)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    """An environment in which all is well."""
    made, (status, body) = Place(), WELL
    transport = httpx.MockTransport(lambda _: httpx.Response(status, json=body))
    monkeypatch.setattr(command, "target_of", made.target_of)
    monkeypatch.setattr(api_revision, "client", lambda: httpx.Client(transport=transport))
    return made


def call(*arguments: str) -> Called:
    """`priceguard verify ...`."""
    app = typer.Typer()
    app.command()(command.verify)
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("local", [False, True])
def test_what_runs_is_shown(place: Place, local: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """The promise, and the tasks that keep it."""
    printed = call("dev", "--soak", "0", *(["--local"] if local else []))

    assert printed.stdout.splitlines() == [
        "✓ dev runs what was promised, and did so for 0 s",
        f"  image   {OUTPUTS['image']}",
        f"  commit  {REVISION}, as https://api.dev.example.com/health tells",
        "  tasks   one, two, of priceguard-dev:8",
        f"  log     {GROUP}",
    ]
    assert (printed.exit_code, place.asked) == (0, [("dev", local)])


def test_a_deployment_that_aws_gave_up_is_told_with_what_aws_knows(place: Place) -> None:
    """Events, the tasks that stopped, and the last lines of one."""
    place.aws = Aws([BACK], logs={"api/api/younger": ["no memory\x1b[2J left"]})

    printed = call("dev")

    lines = printed.stderr.splitlines()
    assert (printed.stdout, printed.exit_code) == ("", 1)
    assert "✗ AWS gave up the deployment of priceguard-dev:8 and went back to priceguard-dev:7;" in printed.stderr
    assert {"events:", "stopped:", "log:"} < set(lines)
    assert lines[-1].startswith("  no memory")
    assert "\x1b[2J" not in printed.stderr


def test_programs_get_one_object(place: Place) -> None:
    """Whatever comes of it."""
    good = call("dev", "--soak", "0", "--json")
    place.aws = Aws([BACK])
    bad = call("prod", "--json")

    told = json.loads(good.stdout)
    assert (told["stack"], told["verified"], told["task_definition"], good.exit_code) == ("dev", True, NEW, 0)
    told = json.loads(bad.stdout)
    assert (told["stack"], told["verified"], told["outcome"], bad.exit_code) == ("prod", False, "rolled_back", 1)
    assert told["stopped"][0] == "younger: Essential container in task exited; OutOfMemoryError: killed; exit code 1"


def test_time_is_up_when_it_is_said(place: Place) -> None:
    """`--within` seconds."""
    place.aws = Aws([State(tasks=())])

    printed = call("dev", "--within", "0")

    assert "✗ not verified within 0 s: 0 of 2 tasks run priceguard-dev:8" in printed.stderr
    assert printed.exit_code == 1


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [(EngineError("no engine"), 1, "✗ no engine"), (KeyboardInterrupt(), 130, "✗ interrupted")],
)
def test_why_it_cannot_tell(place: Place, failure: BaseException, code: int, words: str) -> None:
    """On standard error, with the exit code."""
    place.failure = failure

    printed = call("dev")

    assert words in printed.stderr
    assert (printed.stdout, printed.exit_code) == ("", code)


@pytest.mark.parametrize("arguments", [["staging"], ["dev", "--soak", "-1"], ["dev", "--within", "soon"], []])
def test_a_wrong_command_line_is_a_usage_error(place: Place, arguments: list[str]) -> None:
    """Before anything is asked."""
    assert call(*arguments).exit_code == 2
    assert place.asked == []
