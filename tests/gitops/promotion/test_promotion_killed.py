"""The promotion's step, killed anywhere."""

from collections.abc import Callable

import pytest

from gitops.promotion.notes import Notes
from tests.gitops.killing import every_kill
from tests.gitops.promotion.bench import BRANCH, World, former, newer, promoted, proof, seen


def opened(world: World) -> None:
    """A promotion is open."""
    world.propose(proof())


def main_moved(world: World) -> None:
    """Since then somebody merged something."""
    world.repository.commit("main", {"README.md": "more"}, "More")


def taken(world: World) -> None:
    """Somebody pushed onto the branch."""
    world.repository.commit(BRANCH, {"README.md": "mine"}, "My own")


KILLED = {
    "opened": ((), proof, former),
    "brought up to date": ((opened, main_moved), newer, former),
    "closed": ((opened,), proof, promoted),
    "left to people": ((opened, taken), newer, former),
}


@pytest.mark.parametrize("name", KILLED)
def test_killed_anywhere_and_run_again_it_comes_to_the_same(
    world: World, copies: Callable[[World], World], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Before and after each request."""
    monkeypatch.setattr("gitops.promotion.notes", lambda *_: Notes())  # the clone is nothing outside
    before, of, running = KILLED[name]
    for each in before:
        each(world)

    every_kill(lambda: copies(world), lambda copy, calls: copy.propose(of(), calls=calls, running=running()), seen)
