"""Which commit an image is built from, and when an update refuses to build."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import grpc
import pulumi
import pytest
from pulumi.runtime import settings
from pulumi.runtime.proto.resource_pb2_grpc import ResourceMonitorStub

from infra import image
from infra.image import commit, refuse_placeholder
from local.image import recipe
from render.monitor import run_program
from render.program import NamedUnknowns

COMMIT = "0123456789abcdef0123456789abcdef01234567"

Git = Callable[..., str]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    """Runs git in a checkout that has what an image is made of, committed, and something else."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)  # a hook of git sets them
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    for name in (*image.INPUTS[:2], "api/app.py", "requirements/api.txt", "README"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)

    def run_git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=10).stdout

    for line in ("init --quiet", "add .", "commit --quiet --message all"):
        run_git(*line.split())
    return run_git


@pytest.fixture
def update(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pulumi's engine runs the program, and changes what differs."""
    monkeypatch.setattr(image, "has_engine", lambda: True)
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: False)


@pytest.fixture
def preview(update: None, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - with an engine, too
    """It only says what differs."""
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)


def head(git: Git) -> str:
    """The commit that is checked out."""
    return git("rev-parse", "HEAD").strip()


class TestPlaceholder:
    """The digest that prod's file begins with, which is no image's."""

    @pytest.mark.usefixtures("update")
    def test_an_update_refuses_it(self) -> None:
        """And says how to begin without an image."""
        with pytest.raises(pulumi.RunError, match="priceguard:image none"):
            refuse_placeholder("repository@sha256:" + "0" * 64)

    @pytest.mark.usefixtures("update")
    @pytest.mark.parametrize("image", ["none", "build", "repository@sha256:" + "0" * 63 + "1"])
    def test_an_update_takes_every_other(self, image: str) -> None:
        """What a promotion writes, and what needs none."""
        refuse_placeholder(image)

    @pytest.mark.usefixtures("preview")
    def test_a_preview_shows_what_will_be(self) -> None:
        """Reviewers see the service before the first promotion."""
        refuse_placeholder("repository@sha256:" + "0" * 64)


class TestCommit:
    """Which commit an image is built from."""

    @pytest.mark.usefixtures("update")
    def test_it_is_what_is_checked_out_or_what_is_given(self, git: Git, tmp_path: Path) -> None:
        """What the image does not hold may be changed."""
        (tmp_path / "README").write_text("changed")

        assert commit("unreleased", tmp_path) == head(git)
        assert commit(COMMIT, tmp_path) == COMMIT

    @pytest.mark.usefixtures("update", "git")
    @pytest.mark.parametrize("revision", ["unreleased", COMMIT])
    def test_an_update_refuses_what_is_not_committed(self, tmp_path: Path, revision: str) -> None:
        """And names every file: changed, new, ignored; byte code is none."""
        (tmp_path / ".git" / "info" / "exclude").write_text("*.secret\n__pycache__\n")
        for name in ("Dockerfile", "api/app.py", "api/a new one.py", "api/left.secret", "api/__pycache__/app.pyc"):
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text("changed")

        with pytest.raises(pulumi.RunError) as refusal:
            commit(revision, tmp_path)

        assert "not committed: Dockerfile, api/a new one.py, api/app.py, api/left.secret. Commit it" in str(
            refusal.value
        )

    @pytest.mark.usefixtures("update", "git")
    def test_a_file_that_was_renamed_is_named_once(self, git: Git, tmp_path: Path) -> None:
        """By its new name."""
        git("mv", "api/app.py", "api/main.py")

        with pytest.raises(pulumi.RunError, match=r"committed: api/main\.py\. Commit"):
            commit("unreleased", tmp_path)

    @pytest.mark.usefixtures("preview")
    def test_a_preview_takes_what_it_finds(self, git: Git, tmp_path: Path) -> None:
        """Changed or not."""
        (tmp_path / "api" / "app.py").write_text("changed")

        assert commit("unreleased", tmp_path) == head(git)

    @pytest.mark.usefixtures("preview")
    def test_a_preview_needs_no_git(self, tmp_path: Path) -> None:
        """It may run in an archive."""
        assert commit("unreleased", tmp_path / "nowhere") == "unreleased"

    @pytest.mark.usefixtures("update")
    def test_an_update_outside_of_git_says_what_to_do(self, tmp_path: Path) -> None:
        """Unless it is told the commit."""
        with pytest.raises(pulumi.RunError, match=r"git names no commit of .*nowhere.*set priceguard:revision"):
            commit("unreleased", tmp_path / "nowhere")
        assert commit(COMMIT, tmp_path / "nowhere") == COMMIT

    @pytest.mark.usefixtures("update", "git")
    def test_an_update_without_the_program_git_says_what_to_do(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It does not fall over."""
        monkeypatch.setenv("PATH", str(tmp_path))

        with pytest.raises(pulumi.RunError, match="git names no commit"):
            commit("unreleased", tmp_path)

    @pytest.mark.usefixtures("update", "git")
    def test_an_update_of_a_repository_that_git_cannot_read_is_refused(self, tmp_path: Path) -> None:
        """No answer is not a good one."""
        (tmp_path / ".git" / "index").write_text("broken")

        with pytest.raises(pulumi.RunError, match="git names no commit"):
            commit("unreleased", tmp_path)

    @pytest.mark.usefixtures("update", "git")
    def test_the_commit_of_a_repository_around_it_is_not_its_own(self, tmp_path: Path) -> None:
        """A copy that somebody put into a repository of theirs."""
        (tmp_path / "copy").mkdir()

        with pytest.raises(pulumi.RunError, match="git names no commit"):
            commit("unreleased", tmp_path / "copy")

    def test_the_files_are_those_that_the_image_is_made_of(self) -> None:
        """As whoever builds it here without Pulumi sees them."""
        assert image.INPUTS == recipe.INPUTS


def test_what_stands_for_the_engine_is_not_taken_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The engine is spoken to by gRPC; whatever else it is, an update must not pass unchecked."""
    (tmp_path / "__main__.py").write_text("from infra import image\nassert not image.has_engine()\n")
    run_program("dev", {}, NamedUnknowns("us-east-1"), tmp_path)

    monkeypatch.setattr(settings, "get_monitor", lambda: ResourceMonitorStub(grpc.insecure_channel("127.0.0.1:1")))
    assert image.has_engine()
