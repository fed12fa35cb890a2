"""A PATH of our own, and a checkout of our own."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.local.image.fake_tools import Tools

Git = Callable[..., str]


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tools:
    """The only programs that are found: none at first."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return Tools(folder)


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What an image is made of, and something else, outside of git."""
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)  # a hook of git sets them
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    root = tmp_path / "checkout"
    for name in ("Dockerfile", ".dockerignore", "api/app.py", "requirements/api.txt", "requirements/dev.txt", "README"):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{name}\n")
    return root


@pytest.fixture
def git(files: Path) -> Git:
    """Run git in those files, by somebody with a name."""

    def run(*arguments: str) -> str:
        person = ("-c", "user.name=Ada", "-c", "user.email=ada@example.com")
        command = ["git", "-C", str(files), *person, *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=10).stdout.strip()

    return run


@pytest.fixture
def commit(git: Git) -> str:
    """The commit that holds all of them."""
    git("init", "--quiet")
    git("add", ".")
    git("commit", "--quiet", "--message", "all")
    return git("rev-parse", "HEAD")
