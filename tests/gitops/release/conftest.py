"""A world of its own for each test, and a money path that is another test's."""

import itertools
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from gitops.release import checkout, follow_up, promote, promotion, stages
from gitops.verification.money_path_result import Paid
from local.github.repository import Repository
from tests.gitops.release.world import LOCK, World


@pytest.fixture(autouse=True)
def paid(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stripe's event is booked: `tests/gitops/verification/test_money_path.py` has what else may be."""

    def money_path(*_: Any, **__: Any) -> Paid:
        return Paid(event_id="evt_1", seconds=1, pending=0, removed=0)

    monkeypatch.setattr(stages, "money_path", money_path)


@pytest.fixture(autouse=True)
def cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """The repository of these tests holds no program whose cost could be told."""
    monkeypatch.setattr(follow_up, "promoted_cost", lambda *_: "nobody asked")


@pytest.fixture
def world(tmp_path: Path) -> World:
    """One."""
    return World(tmp_path / "world")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[[], None]:
    """For tests that release a hundred times: from when it is called, nothing is pushed any more.

    Git is asked each thing once, and a checkout is the file that counts.
    """
    numbers = itertools.count()

    @contextmanager
    def light(_: Path, revision: str, files: Mapping[str, str]) -> Generator[Path]:
        root = tmp_path / f"{revision[:7]}-{next(numbers)}"
        (root / "requirements").mkdir(parents=True)
        for path, text in {LOCK: "pulumi==3\n", **files}.items():
            (root / path).write_text(text)
        yield root

    def begin() -> None:
        asked = cache(checkout.git)
        monkeypatch.setattr(promotion, "git", asked)
        monkeypatch.setattr(promote, "checkout", light)
        monkeypatch.setattr(Repository, "git", cache(Repository.git))

    return begin
