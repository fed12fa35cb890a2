"""The programs on this machine: those that are there, old, or not there; and the checkout's workflow files."""

import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import pytest

from gitops.doctor.program import output_of
from gitops.doctor.report import Row, State
from gitops.doctor.subject import Case
from gitops.doctor.tools import TOOLS, check_tools

SAID = {
    "pulumi": f"v{version('pulumi')}",
    "git": "git version 2.39.5",
    "docker": "Docker version 28.2.2, build e6534b4",
    "buildx": "github.com/docker/buildx v0.29.1 a32761aeb3debd39be1eca514af3693af0db334b",
    "skopeo": "skopeo version 1.18.0",
    "gh": "gh version 2.83.0 (2026-11-04)\nhttps://github.com/cli/cli/releases/tag/v2.83.0",
    "aws": "aws-cli/2.32.6 Python/3.13.9 Linux/6.1 exe/x86_64.debian.12",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A checkout with the three workflows."""
    folder = tmp_path / ".github/workflows"
    folder.mkdir(parents=True)
    for name in ("deploy", "promote", "drift"):
        (folder / f"{name}.yml").touch()
    return tmp_path


def told(root: Path, **said: str | None) -> dict[str, Row]:
    """What is not good, when some programs say something else."""
    answers = {**SAID, **said}

    def run(command: Sequence[str]) -> str | None:
        (tool,) = (tool for tool in TOOLS if tool.command == command)
        return answers[tool.name]

    case = Case(environments=("dev",), root=root, environ={})
    return {row.id: row for row in check_tools(case, run) if row.state is not State.GOOD}


def test_a_machine_with_everything_is_well(root: Path) -> None:
    """With the versions as each program says them."""
    assert told(root) == {}


@pytest.mark.parametrize("name", SAID)
def test_what_is_not_there_is_told(root: Path, name: str) -> None:
    """Only what people cannot do without is a finding; the workflows have the rest."""
    ((check, row),) = told(root, **{name: None}).items()

    assert check == f"tools.{name}"
    assert row.state is (State.WRONG if name in {"pulumi", "git"} else State.ADVICE)
    assert row.found == "not installed"
    assert row.fix.startswith("https://")


def test_a_command_older_than_the_sdk_is_told(root: Path) -> None:
    """A state that the newer one wrote may be unreadable for it."""
    row = told(root, pulumi="v3.99.0")["tools.pulumi"]

    assert row.found == "3.99.0"
    assert row.expected == f"{version('pulumi')} or newer, for previews and updates"


@pytest.mark.parametrize("said", ["", "none\x1b[2J", "v1", "9" * 5000 + ".1"])
def test_a_program_that_says_no_version_is_told(root: Path, said: str) -> None:
    """It may be something else of that name."""
    row = told(root, git=said)["tools.git"]

    assert row.state is State.WRONG
    assert row.found.isprintable()


def test_a_workflow_that_aws_trusts_must_be_there(root: Path) -> None:
    """Its file's name is in the trust of a role."""
    (root / ".github/workflows/promote.yml").unlink()

    row = told(root)["workflows.PromoteWorkflow"]

    assert (row.expected, row.found) == (".github/workflows/promote.yml", "no such file")
    assert "PromoteWorkflow=<file>" in row.fix


def test_programs_are_really_asked() -> None:
    """One that is there, one that fails, one that is not there."""
    assert output_of([sys.executable, "-c", "print('v1.2')"]) == "v1.2"
    assert output_of([sys.executable, "-c", "raise SystemExit(3)"]) is None
    assert output_of(["no-such-program"]) is None
