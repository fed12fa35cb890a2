"""`priceguard preview` of a pull request: its result is handed over whatever happens."""

from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner
from typer.testing import Result as Called

from gitops.engine import EngineError
from gitops.engine_result import Result
from gitops.previews.result import PreviewResult, read
from priceguard import preview_commit
from priceguard.preview import preview
from tests.gitops.golden_preview.samples import PREVIEWS
from tests.gitops.previews.stub_program import begin, commit

HEAD, BASE = "3f2c1ab5" * 5, "9" * 40
REFUSED = PREVIEWS["refused_by_policy"].result
app = typer.Typer()
app.command()(preview)


def call(*arguments: str) -> Called:
    """`priceguard preview dev ...`."""
    return CliRunner().invoke(app, ["dev", *arguments])


class Environment:
    """In place of dev: previews as `answer` says."""

    stack = "dev"

    def __init__(self, answer: Callable[[], Result]) -> None:
        self._answer = answer

    def preview(self, *_: object) -> tuple[Result, dict[str, str]]:
        """What the engine found."""
        return self._answer(), {"priceguard:image": "build"}


@pytest.fixture
def found(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[Callable[[], Result]], tuple[Called, PreviewResult]]:
    """Calls the command with an answer of the engine; what it did, and what it handed over."""

    def look(answer: Callable[[], Result]) -> tuple[Called, PreviewResult]:
        monkeypatch.setattr(preview_commit, "previews_of", lambda _stack, *, local: Environment(answer))  # noqa: ARG005
        called = call("--result", str(tmp_path / "result.json"), "--head", HEAD)
        return called, read(tmp_path / "result.json", "dev", HEAD)

    return look


Found = Callable[[Callable[[], Result]], tuple[Called, PreviewResult]]


def raising(error: BaseException) -> Callable[[], Result]:
    """An engine that cannot."""

    def answer() -> Result:
        raise error

    return answer


def test_the_preview_is_shown_and_handed_over(found: Found) -> None:
    """With what an approval is for."""
    called, result = found(lambda: PREVIEWS["log_level"].result)

    assert called.exit_code == 0
    assert "1 to replace, 1 to update" in called.stdout
    assert result.preview
    assert result.seal
    assert len(result.seal.steps) == 2


def test_what_is_refused_is_handed_over_too(found: Found) -> None:
    """It fails, and is a preview all the same."""
    called, result = found(raising(EngineError("many words", REFUSED)))

    assert called.exit_code == 1
    assert result.preview
    assert result.preview["blocked"] is True


@pytest.mark.parametrize(
    ("error", "said"), [(EngineError("no credentials"), "no credentials"), (ValueError("a bug"), "ValueError: a bug")]
)
def test_what_fails_is_handed_over(found: Found, error: Exception, said: str) -> None:
    """An error that nobody expected, too."""
    called, result = found(raising(error))

    assert called.exit_code == 1
    assert (result.preview, result.error) == (None, said)


def test_a_rendered_preview_asks_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """And says so; its result is as any other."""
    root, file = tmp_path / "clone", tmp_path / "result.json"
    root.mkdir()
    base = begin(root)
    commit(root, {"network": "10.3.0.0/16"})
    monkeypatch.setattr(preview_commit, "ROOT", root)
    called = call("--rendered", "--base", base, "--result", str(file), "--head", HEAD)

    assert "±" in called.stdout
    assert "Rendered: it shows what the program declares" in called.stdout
    result = read(file, "dev", HEAD)
    assert result.preview
    assert result.preview["rendered"] is True


@pytest.mark.parametrize(
    "arguments",
    [
        ("--rendered",),
        ("--base", "main"),
        ("--base", "--upload-pack=x"),
        ("--result", "result.json"),
        ("--head", HEAD),
        ("--base", BASE, "--refresh"),
        ("--base", BASE, "--local", "--set", "logLevel=DEBUG"),
    ],
)
def test_a_wrong_command_line_asks_nobody(arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert call(*arguments).exit_code == 2
