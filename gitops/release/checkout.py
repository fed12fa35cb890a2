"""A commit's files beside the clone, for as long as its program is needed."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

GIT_SECONDS, INSTALL_SECONDS = 120, 900
LOCK, VENV, INSTALL = "requirements/dev.txt", ".venv", "requirements/install.py"


class CheckoutError(Exception):
    """The commit's files cannot be had; the message says why and what to do."""


@contextmanager
def checkout(repository: Path, revision: str, files: Mapping[str, str] | None = None) -> Generator[Path]:
    """The files of `revision` in a folder of their own, which is gone afterwards.

    Args:
        repository: a clone that has the commit.
        revision: 40 hex digits.
        files: path -> text that takes the place of what the commit has there.

    Raises:
        CheckoutError: the clone lacks the commit, or its packages cannot be installed.
    """
    git(repository, "worktree", "prune")  # what a killed run has left
    with tempfile.TemporaryDirectory(prefix="priceguard-") as folder:
        root = Path(folder) / "checkout"
        try:
            git(repository, "worktree", "add", "--quiet", "--detach", str(root), revision)
            for path, text in (files or {}).items():
                (root / path).write_text(text)
            _have_packages(repository, root)
            yield root
        finally:
            git(repository, "worktree", "remove", "--force", str(root), check=False)


def git(repository: Path, *arguments: str, check: bool = True) -> str:
    """What git says.

    Raises:
        CheckoutError: it refuses, unless `check` is off.
    """
    command = ["git", "-C", str(repository), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=GIT_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CheckoutError(f"git {arguments[0]}: {error}") from None
    if check and done.returncode != 0:
        said = done.stderr.strip().splitlines()
        remedy = "is the clone whole (`git fetch --unshallow`), and is this commit in it?"
        raise CheckoutError(f"git {arguments[0]}: {said[-1] if said else 'failed'}; {remedy}")
    return done.stdout


def _have_packages(repository: Path, root: Path) -> None:
    """The clone's own packages where both lock the same ones, else those of the commit."""
    if not (root / LOCK).exists():
        return  # a repository without packages has none to install
    if (root / LOCK).read_bytes() == (repository / LOCK).read_bytes() and (repository / VENV).exists():
        (root / VENV).symlink_to((repository / VENV).resolve())
        return
    try:
        done = subprocess.run(  # noqa: S603
            [sys.executable, root / INSTALL],
            cwd=root,
            env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
            stdout=sys.stderr,
            timeout=INSTALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CheckoutError(f"the packages of this commit were not installed within {INSTALL_SECONDS} s") from None
    if done.returncode != 0:
        raise CheckoutError("the packages of this commit cannot be installed; the lines above say why")
