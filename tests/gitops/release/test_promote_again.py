"""A promotion that was killed, or whose records somebody else wrote: what the next run makes of it."""

from collections.abc import Callable

import pytest

from gitops.promotion.stack_file import Pair, pair
from gitops.release.checkout import CheckoutError
from gitops.release.promote import promote
from gitops.release.promotion import PromotionError
from gitops.release.record import VERDICT, Attempt, Good
from gitops.release.stages import StageError
from tests.gitops.killing import Calls, every_kill
from tests.gitops.release.environment import digest_of
from tests.gitops.release.test_promote import promoted
from tests.gitops.release.world import FILE, World


@pytest.mark.parametrize("what", ["program", "settings"])
def test_a_forged_record_brings_nothing_to_prod_that_is_not_on_main(world: World, what: str) -> None:
    """Whoever may push a branch may have its workflow write check runs, but nobody reviewed what is on it."""
    one = world.change("1")
    good = promoted(world, one)
    commit = world.promotion(world.change("2"))
    evil = world.repository.commit("evil", {FILE: world.settings()}, "Evil", on=one)
    world.fetch()
    there = Pair(image=world.prod.pair.image, digest=digest_of(evil), revision=evil if what == "program" else one)
    former = Good(pair=there, commit=good if what == "program" else evil)
    records = world.here(commit).records
    records.begin(Attempt(pair=pair(world.settings()), commit=commit, former=former, reason="x"))

    with pytest.raises(CheckoutError):
        promote(world.here(commit))
    assert world.prod.pair.revision == one


def test_a_record_of_another_pair_says_nothing_of_this_one(world: World) -> None:
    """It is kept at the commit and the digest that it is about."""
    one, two = world.change("1"), world.change("2")
    first = promoted(world, one)
    records = world.here(first).records
    other = Pair(image="x", digest=digest_of(two), revision=two)
    records.succeed(Attempt(pair=other, commit=first, former=None), {})
    (check,) = world.store.checks(two, VERDICT.format(stack="prod"))
    check["output"]["text"] = check["output"]["text"].replace(two, one)

    assert records.good(other) is None


def test_what_a_killed_promotion_left_is_not_gone_back_to(world: World) -> None:
    """It never ran well: what ran before it did."""
    one, two, three = (world.change(text) for text in "123")
    promoted(world, one)
    commit = world.promotion(two)
    world.prod.silent = True
    with pytest.raises(StageError):
        promote(world.here(commit))
    world.prod.silent = False
    commit = world.promotion(three)
    world.prod.broken = three

    with pytest.raises(PromotionError, match=rf"prod runs {one[:7]} again"):
        promote(world.here(commit))
    assert world.prod.pair.revision == one


def test_a_run_that_meets_the_lock_of_the_killed_one_leaves_it_under_way(world: World) -> None:
    """Something was changed already, so that it is no promotion that never began."""
    one, two = world.change("1"), world.change("2")
    promoted(world, one)
    commit = world.promotion(two)
    world.prod.silent = True
    with pytest.raises(StageError):
        promote(world.here(commit))
    world.prod.silent, world.prod.locked = False, True
    with pytest.raises(StageError, match="locked"):
        promote(world.here(commit))
    assert world.checks(commit) == [(None, "under way")]
    world.prod.locked = False

    promote(world.here(commit))
    assert world.checks(commit) == [("success", "prod runs it")]


def test_when_nobody_answers_nothing_is_taken_back(world: World) -> None:
    """What cannot be known is no failure: running it again finds out."""
    one, two = world.change("1"), world.change("2")
    promoted(world, one)
    commit = world.promotion(two)
    world.prod.silent = True
    with pytest.raises(StageError, match="AWS does not answer"):
        promote(world.here(commit))
    world.prod.silent = False

    promote(world.here(commit))
    assert world.prod.pair.revision == two
    assert world.checks(commit) == [("success", "prod runs it")]


@pytest.mark.parametrize("broken", [False, True], ids=["goes well", "is taken back"])
def test_a_promotion_that_is_killed_anywhere_is_simply_run_again(
    world: World, quick: Callable[[], None], *, broken: bool
) -> None:
    """Before and after each call to GitHub, the environment and the site; also in the middle of going back."""
    one, two = world.change("1"), world.change("2")
    promoted(world, one)
    commit = world.promotion(two)
    world.prod.broken = two if broken else "\0"
    quick()

    def act(world: World, calls: Calls) -> None:
        try:
            promote(world.here(commit, calls))
        except PromotionError:
            assert broken

    def facts(world: World) -> object:
        verdicts = [world.verdict(revision) for revision in (one, two)]
        return world.prod.pair.revision, world.prod.settings, world.site.shows, verdicts, world.checks(commit)

    calls = every_kill(world.twin, act, facts)
    assert len(calls) > 15
    assert world.twin().prod.pair.revision == one
