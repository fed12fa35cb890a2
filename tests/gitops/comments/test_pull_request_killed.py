"""Telling a pull request what its preview found: killed anywhere and run again, people see the same."""

from collections.abc import Callable
from typing import Any

import pytest

from gitops.comments.comment import APPROVAL
from tests.gitops.comments.pull_request_world import DATABASE, KEY_GOES, LEVEL, World
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import SERVICE, change
from tests.gitops.killing import Calls, every_kill

COUNT = change("update", SERVICE, "api", changed("desiredCount", 1, 2))


def begun(prepare: Callable[[World], Any]) -> Callable[[], World]:
    """A world with one commit told, and what happened then."""

    def make() -> World:
        made = World()
        made.post(0, DATABASE, COUNT)
        prepare(made)
        return made

    return make


def approved(world: World) -> None:
    """A label and an approval, which the next commit goes beyond."""
    world.store.label(world.number, APPROVAL)
    world.store.review(world.number, "APPROVED", "bob", world.commits[0])
    world.store.review(world.number, "APPROVED", "dave", world.commits[0])
    world.post(0, DATABASE, COUNT)


@pytest.mark.parametrize(
    ("make", "act"),
    [
        (World, lambda world, calls: world.post(0, *LEVEL, way=calls)),
        (begun(approved), lambda world, calls: world.post(1, DATABASE, KEY_GOES, way=calls)),
        (begun(approved), lambda world, calls: world.post(0, DATABASE, KEY_GOES, way=calls)),
        (begun(lambda world: world.push(1)), lambda world, calls: world.tell("no", 1, way=calls)),
    ],
    ids=["first", "beyond what was approved", "the same commit, but another cloud", "failure"],
)
def test_killed_anywhere_it_comes_to_the_same(make: Callable[[], World], act: Callable[[World, Calls], Any]) -> None:
    """Once it is run again."""
    every_kill(make, act, World.facts)
