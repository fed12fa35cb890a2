"""What a person does whom no stage warned: `priceguard rollback prod`."""

from collections.abc import Callable

import pytest

from gitops.release.promote import promote
from gitops.release.promotion import PromotionError
from gitops.release.rollback import take_back
from tests.gitops.killing import Calls, every_kill
from tests.gitops.release.test_promote import promoted
from tests.gitops.release.world import World


@pytest.fixture
def three(world: World) -> tuple[World, list[str], str]:
    """A world in whose prod three commits ran, one after the other; and the newest commit of main."""
    revisions = [world.change(text) for text in "123"]
    commits = [promoted(world, revision) for revision in revisions]
    return world, revisions, commits[-1]


def test_the_pair_before_runs_again_and_the_site_with_it(three: tuple[World, list[str], str]) -> None:
    """What is taken back is rejected, so that merging it again brings it back only when dev has proved it anew."""
    world, (_, two, newest), commit = three

    said = take_back(world.here(commit), "customers cannot log in")

    assert said == f"{newest[:7]} was taken back: customers cannot log in; prod runs {two[:7]} again"
    assert world.prod.pair.revision == world.site.shows == two
    assert world.verdict(newest) == [("failure", "taken back: customers cannot log in")]
    with pytest.raises(PromotionError, match="was rejected before"):
        promote(world.here(commit))


def test_settings_alone_can_be_taken_back(three: tuple[World, list[str], str]) -> None:
    """The pair is as good as it was."""
    world, (_, _, newest), before = three
    commit = world.merge(world.settings().replace("maxCount: 4", "maxCount: 9"))
    promote(world.here(commit))

    take_back(world.here(commit), "it costs too much")

    assert world.prod.settings == world.settings(before)
    assert world.verdict(newest) == [("success", "prod runs it")]


def test_an_older_one_can_be_named(three: tuple[World, list[str], str]) -> None:
    """By the beginning of its commit."""
    world, (one, _, _), commit = three

    take_back(world.here(commit), "both are wrong", one[:10])

    assert world.prod.pair.revision == one


def test_what_never_ran_well_cannot_be_gone_back_to(three: tuple[World, list[str], str]) -> None:
    """Nothing is changed."""
    world, _, commit = three

    with pytest.raises(PromotionError, match=r"no revision abc is known to have run well in prod: promote one"):
        take_back(world.here(commit), "why not", "abc")
    assert world.checks(commit)[0][0] == "action_required"


def test_where_nothing_runs_nothing_is_taken_back(world: World) -> None:
    """Before the first promotion."""
    with pytest.raises(PromotionError, match="nothing runs in prod"):
        take_back(world.here(world.repository.head("main") or ""), "why not")


def test_a_former_one_that_fails_now_is_told(three: tuple[World, list[str], str]) -> None:
    """Then a person has to look."""
    world, (_, two, _), commit = three
    world.prod.broken = two

    with pytest.raises(PromotionError, match="going back failed as well: verify: AWS gave up"):
        take_back(world.here(commit), "it is slow")


def test_a_rollback_that_is_killed_anywhere_is_simply_run_again(
    three: tuple[World, list[str], str], quick: Callable[[], None]
) -> None:
    """Twice is not two steps back."""
    world, (_, two, newest), commit = three
    quick()

    def act(world: World, calls: Calls) -> None:
        if world.verdict(newest) != [("failure", "taken back: it is slow")]:  # whoever ran it sees that it is done
            take_back(world.here(commit, calls), "it is slow")

    def facts(world: World) -> object:
        return world.prod.settings, world.site.shows, world.verdict(newest), world.prod.pair.revision == two

    assert len(every_kill(world.twin, act, facts)) > 10
