"""What becomes of prod when Pulumi.prod.yaml changes on main."""

from datetime import UTC, datetime, timedelta

import pytest

from gitops.promotion.stack_file import with_pair
from gitops.release import proof
from gitops.release.promote import promote
from gitops.release.promotion import PromotionError
from gitops.release.stages import StageError
from tests.gitops.release.environment import digest_of
from tests.gitops.release.world import RUN_URL, World


def promoted(world: World, revision: str) -> str:
    """A commit that runs in prod; the commit of main by which it does."""
    commit = world.promotion(revision)
    promote(world.here(commit))
    return commit


def test_a_pair_that_dev_proved_runs_in_prod(world: World) -> None:
    """Its image is copied, its program runs, the site shows it, and both commits say so."""
    revision = world.change("1")
    commit = promoted(world, revision)

    assert world.prod.pair.same_as(digest_of(revision), revision)
    assert world.prod.copied == {world.prod.pair.image}
    assert world.site.shows == revision
    assert world.verdict(revision) == world.checks(commit) == [("success", "prod runs it")]
    assert world.prod.published == 1


def test_what_dev_never_proved_is_refused(world: World) -> None:
    """Nothing is changed, and the message says what to do."""
    revision = world.repository.commit("main", {"infra.txt": "1"}, "Unproven")
    commit = world.promotion(revision)

    with pytest.raises(PromotionError, match=r"dev never proved .* run that deployment's workflow again"):
        promote(world.here(commit))
    assert (world.prod.updates, world.checks(commit)[0][0]) == (0, "action_required")


def test_an_image_that_dev_proved_with_another_program_is_refused(world: World) -> None:
    """The pair is what was proved, not its parts."""
    one, other = world.change("1"), world.change("2")
    commit = world.merge(with_pair(world.settings(), digest_of(one), other), "promotion")

    with pytest.raises(PromotionError, match="dev never proved"):
        promote(world.here(commit))


def test_a_commit_that_is_not_on_main_is_refused(world: World) -> None:
    """Whoever forged a proof of it did that on a branch."""
    side = world.repository.commit("side", {"infra.txt": "x"}, "Forged", on=world.repository.head("main"))
    world.prove(side)
    commit = world.promotion(side)

    with pytest.raises(PromotionError, match="is not on main"):
        promote(world.here(commit))


def test_a_promotion_that_changes_more_is_refused(world: World) -> None:
    """A robot's pull request that somebody added to; a person's own may change settings."""
    revision = world.change("1")
    more = with_pair(world.settings(), digest_of(revision), revision).replace("maxCount: 4", "maxCount: 40")
    commit = world.merge(more, "promotion")

    with pytest.raises(PromotionError, match=r"image and revision only.*maxCount: 40"):
        promote(world.here(commit))


def test_what_main_names_no_more_is_left_to_the_run_of_what_it_names(world: World) -> None:
    """An old run that somebody starts again, or one that waited for long."""
    one, two = world.change("1"), world.change("2")
    first = promoted(world, one)
    promoted(world, two)

    assert promote(world.here(first)) == "main has another Pulumi.prod.yaml by now, whose own run promotes it"
    assert world.prod.pair.revision == two


def test_what_ran_well_may_come_back_though_dev_no_longer_proves_it(world: World) -> None:
    """A proof is what a pair needs before it ran there."""
    one, two = world.change("1"), world.change("2")
    promoted(world, one)
    promoted(world, two)
    proof.refute(world.github, "dev", one, "it fails today", RUN_URL, ran=True)

    promoted(world, one)
    assert world.prod.pair.revision == one


def test_the_placeholder_is_refused(world: World) -> None:
    """Before the first promotion there is nothing to run."""
    with pytest.raises(PromotionError, match="placeholder"):
        promote(world.here(world.repository.head("main") or ""))


def test_a_failure_brings_the_former_one_back(world: World) -> None:
    """Image, program and settings; the pair is rejected, its journal has the evidence and what ran before."""
    one = world.change("1")
    promoted(world, one)
    two = world.change("2")
    commit = world.promotion(two)
    world.prod.broken = two

    with pytest.raises(PromotionError, match=rf"{two[:7]} was taken back: .* prod runs {one[:7]} again"):
        promote(world.here(commit))
    assert world.prod.pair.same_as(digest_of(one), one)
    assert world.site.shows == one
    (verdict,), (journal,) = world.verdict(two), world.checks(commit)
    assert (verdict[0], journal[0]) == ("failure", "failure")
    found = world.here(commit).records.journal(commit)
    assert found
    assert "ModuleNotFoundError: api" in found.attempt.reason
    assert found.attempt.former
    assert found.attempt.former.pair.revision == one


def test_what_was_rejected_is_refused_until_dev_proves_it_again(world: World) -> None:
    """Merging it once more is not enough."""
    one, two = world.change("1"), world.change("2")
    promoted(world, one)
    first = world.promotion(two)
    world.prod.broken = two
    with pytest.raises(PromotionError):
        promote(world.here(first))
    world.prod.broken = "\0"

    with pytest.raises(PromotionError, match=r"was rejected before .* renews its proof"):
        promote(world.here(first))
    world.prove(two, datetime.now(UTC) + timedelta(minutes=1))
    promote(world.here(first))
    assert world.prod.pair.revision == two


def test_settings_that_fail_bring_the_former_settings_back(world: World) -> None:
    """The pair is as good as it was, so it can be promoted with others."""
    one = world.change("1")
    former = promoted(world, one)
    commit = world.merge(world.settings().replace("maxCount: 4", "maxCount: 40"))
    world.prod.broken = "maxCount: 40"

    with pytest.raises(PromotionError, match="was taken back"):
        promote(world.here(commit))
    assert world.prod.settings == world.settings(former)
    assert world.verdict(one) == [("success", "prod runs it")]


def test_the_first_one_that_fails_has_nothing_to_go_back_to(world: World) -> None:
    """And says so."""
    revision = world.change("1")
    commit = world.promotion(revision)
    world.prod.broken = revision

    with pytest.raises(PromotionError, match="nothing ran before"):
        promote(world.here(commit))
    assert world.prod.updates == 1


def test_nothing_goes_back_from_a_return(world: World) -> None:
    """A return that fails waits for a person, instead of turning round for ever."""
    one, two = world.change("1"), world.change("2")
    promoted(world, one)
    promoted(world, two)
    commit = world.promotion(one, "rollback")
    world.prod.broken = one

    with pytest.raises(PromotionError, match="a person has to look"):
        promote(world.here(commit))
    assert world.prod.pair.revision == one


def test_an_update_that_would_do_more_than_was_approved_stops(world: World) -> None:
    """It shows only that, and goes on when a person approves exactly that."""
    revision = world.change("1")
    commit = world.promotion(revision)
    world.prod.extra = ("priceguard:other",)

    with pytest.raises(StageError, match="1 change was not approved") as stopped:
        promote(world.here(commit))
    assert world.prod.updates == 0
    assert world.checks(commit)[0][0] == "action_required"
    promote(world.here(commit), approve=str(stopped.value).rpartition(" ")[2])
    assert world.prod.pair.revision == revision


def test_what_another_pull_request_did_in_between_does_not_void_an_approval(world: World) -> None:
    """One of the approved changes is done already: the rest is a part of what was approved."""
    one = world.change("1")
    promoted(world, one)
    two = world.change("2")
    text = with_pair(world.settings(), digest_of(two), two)
    commit = world.merge(text.replace("maxCount: 4", "maxCount: 5"))
    world.prod.settings = world.prod.settings.replace("maxCount: 4", "maxCount: 5")

    promote(world.here(commit))
    assert world.prod.settings == world.settings(commit)
