"""A change on its way: proposed, deployed, promoted, failed and put back, by the jobs of the real workflows."""

from pathlib import Path

import pytest

from tests.journey.gitops.golden import travel
from tests.journey.gitops.goldens import outdated


@pytest.mark.usefixtures("postgresql_binaries")
def test_the_journey(tmp_path: Path) -> None:
    """By the embedded runner, on any machine that has PostgreSQL."""
    check(tmp_path, "embedded")


@pytest.mark.usefixtures("pulumi")
def test_the_journey_on_the_engine(tmp_path: Path) -> None:
    """By Pulumi's own engine, where that has another part in it."""
    check(tmp_path, "pulumi")


def check(folder: Path, engine: str) -> None:
    """Every act finds what it expects; what robots wrote is what stands in `golden`, as somebody has looked at it."""
    assert outdated(travel(folder, engine).texts, engine) == []
