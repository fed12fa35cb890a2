"""`priceguard comment`: what a job handed over, on the pull request; also when that is nothing good."""

from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner
from typer.testing import Result as Called

from gitops.github.client import GitHub
from gitops.previews.result import write
from gitops.release.run import Run
from priceguard import comment as command
from tests.gitops.comments.pull_request_world import DATABASE, LEVEL, NAME, RUN, TOKEN, World, found

app = typer.Typer()
app.command()(command.comment)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    """GitHub, in whose job the command runs."""
    made = World()
    github = GitHub(NAME, TOKEN, transport=made.transport)
    run = Run(repository=NAME, sha=made.commits[0], url=RUN, github=github)
    monkeypatch.setattr(command, "this_run", lambda: run)
    return made


def call(file: Path, head: str) -> Called:
    """`priceguard comment dev ...`."""
    return CliRunner().invoke(app, ["dev", "--result", str(file), "--head", head])


def test_the_result_is_told(world: World, tmp_path: Path) -> None:
    """And where it is."""
    write(found(world.commits[0], *LEVEL), tmp_path / "result.json")
    called = call(tmp_path / "result.json", world.commits[0])

    assert (called.exit_code, called.stdout) == (0, f"#{world.number}: success\n")
    assert "1 to replace" in world.comment


def test_what_lost_its_worth_is_told(world: World, tmp_path: Path) -> None:
    """Here too."""
    world.post(0, *LEVEL)
    world.store.label(world.number, "destroy-approved")
    world.store.review(world.number, "APPROVED", "bob", world.commits[0])
    world.push(1)
    write(found(world.commits[1], DATABASE), tmp_path / "result.json")

    said = f"#{world.number}: action_required, destroy-approved taken from #{world.number}, approvals dismissed: 1\n"
    assert call(tmp_path / "result.json", world.commits[1]).stdout == said


@pytest.mark.parametrize("content", [None, "", "{}", "@octocat"])
def test_a_result_that_is_none_is_told(world: World, tmp_path: Path, content: str | None) -> None:
    """The pull request says what is wrong, instead of standing there with what was true before."""
    if content is not None:
        (tmp_path / "result.json").write_text(content)
    called = call(tmp_path / "result.json", world.commits[0])

    assert (called.exit_code, called.stdout) == (0, f"#{world.number}: failure\n")
    assert "The preview failed" in world.comment


def test_nobody_to_tell_is_no_failure(world: World, tmp_path: Path) -> None:
    """A newer commit has come, or it is merged already."""
    called = call(tmp_path / "result.json", world.commits[2])

    assert called.exit_code == 0
    assert "nobody to tell" in called.stdout
    assert call(tmp_path / "result.json", "main").exit_code == 2
