"""Worlds, which are gone with the test."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.gitops.promotion.bench import World, history


@pytest.fixture(scope="session", autouse=True)
def _history() -> Iterator[None]:
    """What every world is a copy of."""
    path = history().path.parent
    yield
    shutil.rmtree(path)


@pytest.fixture
def copies(tmp_path: Path) -> Callable[[World], World]:
    """Makes another one of a world."""
    numbers = count()
    return lambda world: world.copy(tmp_path / f"copy-{next(numbers)}.git")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One in which nothing was done."""
    return World(tmp_path / "platform.git")
