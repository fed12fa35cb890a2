"""A GitHub with one pull request, and a client that waits without time passing."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from local.github.repository import Repository
from tests.gitops.github.bench import FILES, Bench


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bare repository to be copied: `main`, and the branches `change` and `proposal` with one commit more."""
    repository = Repository.make(tmp_path_factory.mktemp("github") / "template.git", FILES)
    repository.commit("change", {"a file.txt": "changed\n"}, "Change it\n\nBecause.")
    repository.commit("proposal", {"b.txt": "b\n"}, "Propose it")
    return repository.path


@pytest.fixture
def make_bench(template: Path, tmp_path: Path) -> Callable[[], Bench]:
    """Make one with a repository of its own."""
    made: list[Path] = []

    def make() -> Bench:
        path = tmp_path / f"{len(made)}.git"
        made.append(path)
        shutil.copytree(template, path)
        return Bench(Repository(path))

    return make


@pytest.fixture
def bench(make_bench: Callable[[], Bench]) -> Bench:
    """One of them."""
    return make_bench()


@pytest.fixture
def shared(template: Path) -> Callable[[], Bench]:
    """Make one whose repository is everybody's: for what writes no branch."""
    return lambda: Bench(Repository(template))
