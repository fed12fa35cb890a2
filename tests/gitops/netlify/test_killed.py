"""A sync or a restore that is killed at any of its requests, and simply run again."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from gitops.netlify.errors import PublishError
from gitops.netlify.restore import Former
from tests.gitops.killing import Calls, every_kill
from tests.gitops.netlify.world import DEV, NEW, World


def facts(world: World) -> object:
    """What people and the next build get, and what was paid for; a build that was cancelled or failed costs nothing."""
    world.now += 1000  # a build that nobody waits for is over as well, sooner or later
    builds = [build for build in world.builds() if build[1] != "error"]
    contexts = {context: world.values(context) for context in ("production", "deploy-preview", "branch-deploy", "dev")}
    return world.shown(), contexts, builds


def test_a_sync_of_prod_that_was_killed_is_simply_run_again() -> None:
    """Above all between the variables and the build, and while the build is under way: it is paid for once."""
    made = every_kill(World, lambda world, calls: world.sync(transport=calls), facts)

    assert {"POST", "PUT", "GET"} == {call.split()[0] for call in made}
    assert any("/assets/" in call for call in made), "the published scripts are read through it too"


def test_a_first_sync_that_was_killed_is_simply_run_again() -> None:
    """The variables are made in one request."""
    every_kill(partial(World, published=False), lambda world, calls: world.sync(transport=calls), facts)


def test_a_sync_of_dev_that_was_killed_is_simply_run_again() -> None:
    """Each variable has one value before, and three after."""

    def world() -> World:
        there = World(published=False)
        there.have(NEW, "all")
        there.push("Add a banner")
        return there

    every_kill(world, lambda world, calls: world.sync(DEV, "dev", transport=calls), facts)


def test_a_sync_that_fails_and_was_killed_comes_back_to_what_was_there_before() -> None:
    """Also while it undoes what it did: the record of what was there is kept before anything is written."""
    kept: dict[int, Former] = {}

    def act(world: World, calls: Calls) -> None:
        former = kept.setdefault(id(world), world.plan().former)
        with suppress(PublishError):
            world.sync(transport=calls, former=former)

    def facts_(world: World) -> Any:
        return facts(world), kept[id(world)].values

    worlds: list[World] = []

    def world() -> World:
        worlds.append(World(outcomes=("error",) * 4))  # kept, so that no other has its id
        return worlds[-1]

    made = every_kill(world, act, facts_)
    assert sum(call.startswith("PUT") for call in made) == 4, "two values written, and two put back"


def test_a_restore_that_was_killed_is_simply_run_again() -> None:
    """After a sync that was done, and after one that was killed while its build was under way."""
    for prepare in (_synced, _building):
        record: dict[str, Any] = {}

        def world(prepare: Callable[[World, dict[str, Any]], None] = prepare, kept: dict[str, Any] = record) -> World:
            there = World()
            prepare(there, kept)
            return there

        def act(world: World, calls: Calls, kept: dict[str, Any] = record) -> None:
            world.restore(kept, calls)

        made = every_kill(world, act, facts)
        assert sum(not call.startswith("GET") for call in made) == 3, "two variables, and the deploy or the build"


def _synced(world: World, record: dict[str, Any]) -> None:
    record |= world.sync().former.as_dict()


def _building(world: World, record: dict[str, Any]) -> None:
    planned = world.plan()
    world.sync(build=False)
    world.push(planned.title, wait=False)
    record |= planned.former.as_dict()
