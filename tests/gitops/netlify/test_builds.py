"""Builds of the site: what they may cost, one that is under way, and one that goes wrong."""

from collections.abc import Callable
from datetime import UTC, datetime

import httpx
import pytest

from gitops.netlify.errors import BudgetError, PublishError, SyncError
from tests.gitops.netlify.world import ADDRESS, DEV, NEW, OLD, TITLE, World, lost, refused


@pytest.mark.parametrize("title", ["Fix a typo", TITLE])
def test_a_build_that_is_under_way_is_waited_for(title: str) -> None:
    """When it brings what is missing, no other is paid for."""
    world = World()
    world.sync(build=False)
    running = world.push(title, wait=False)

    done = world.sync()

    assert (done.deploy, world.shown()) == (running, set(NEW.values()))
    assert len(world.builds()) == 2


@pytest.mark.parametrize(
    ("outcomes", "states"), [((), ["ready", "ready", "ready"]), (("error",), ["ready", "error", "ready"])]
)
def test_a_build_under_way_that_brings_something_else_is_followed_by_ours(
    outcomes: tuple[str, ...], states: list[str]
) -> None:
    """It began before the variables were written, or it fails: that is no fault of ours."""
    world = World(outcomes=outcomes)
    world.push("Fix a typo", wait=False)

    done = world.sync()

    assert (world.shown(), [state for _, state in world.builds()]) == (set(NEW.values()), states)
    assert done.deploy == world.published()


def test_the_budget_is_asked_before_anything_is_written() -> None:
    """Only what this month has cost counts, and a build that failed has cost nothing."""
    world = World()
    world.sites.outcomes = ["error"]
    world.push("Break it")
    assert world.plan(budget=30).credits.left == 15

    with pytest.raises(BudgetError, match=r"cost 15 of 29 credits, one more costs 15: nothing was written; .*--budget"):
        world.sync(budget=29)
    with pytest.raises(BudgetError):
        world.plan(budget=29)
    assert (world.written, world.values()) == ([], OLD)

    world.now = datetime(2026, 12, 1, 0, 0, 1, tzinfo=UTC).timestamp()
    assert world.sync(budget=15).credits.left == 0


def test_what_needs_no_build_is_written_whatever_the_budget() -> None:
    """A spent budget is no reason to leave previews behind."""
    world = World()

    assert world.sync(DEV, "dev", budget=0).plan.changes
    assert world.sync(build=False, budget=0).plan.changes


def test_a_build_that_already_runs_is_not_paid_for_twice() -> None:
    """The run that was killed has paid."""
    world = World()
    world.sync(build=False)
    world.push(TITLE, wait=False)

    assert world.sync(budget=30).deploy


def test_when_publishing_is_stopped_nothing_is_written() -> None:
    """A build would cost its credits and change nothing."""
    world = World()
    world.sites.deploy(world.published())["locked"] = True

    with pytest.raises(SyncError, match=r"publishing is stopped .* start auto publishing"):
        world.sync()
    assert world.written == []


@pytest.mark.parametrize(
    ("outcome", "why"),
    [
        ("error", r"the build failed \(Build script returned non-zero exit code: 2\)"),
        ("stale", rf"{ADDRESS} does not hold VITE_API_BASE_URL, VITE_STRIPE_PRICE_BASIC after the build"),
    ],
)
def test_a_build_that_goes_wrong_is_undone(outcome: str, why: str) -> None:
    """People see what they saw, and the next build of the frontend gets what it got."""
    world = World(outcomes=(outcome,))
    before = world.published()

    with pytest.raises(PublishError, match=f"{why}.*; what was there before is there again$"):
        world.sync()

    assert (world.values(), world.published(), world.shown()) == (OLD, before, set(OLD.values()))


def test_what_is_undone_at_once_is_undone_whoever_has_published_meanwhile() -> None:
    """A push of the frontend got the values of a sync that failed: people are not left with them."""
    world = World(outcomes=("error",))
    before = world.published()

    def pushed(_: httpx.Request, carry_out: Callable[[], httpx.Response]) -> httpx.Response:
        answer = carry_out()
        world.push("Add a page", wait=False)
        return answer

    world.answer_next("POST", "/builds", pushed)
    with pytest.raises(PublishError, match="what was there before is there again"):
        world.sync()

    assert world.builds()[-1] == ("Add a page", "ready")
    assert (world.values(), world.published()) == (OLD, before)


def test_a_build_that_takes_too_long_is_cancelled() -> None:
    """Else it would be published when nobody looks any longer."""
    world = World(seconds=20)
    world.sites.seconds = 10_000

    with pytest.raises(PublishError, match="takes more than 300 s"):
        world.sync()

    world.now += 20_000
    assert (world.values(), world.shown()) == (OLD, set(OLD.values()))
    assert world.builds()[-1] == (TITLE, "error")


def test_when_undoing_fails_too_both_reasons_are_told() -> None:
    """A person has to look."""
    world = World(outcomes=("error",))
    world.answer_next("PUT", "VITE_API_BASE_URL", lambda _, carry_out: carry_out())
    world.answer_next("PUT", "VITE_API_BASE_URL", refused(403))

    with pytest.raises(PublishError, match=r"build failed .* could not be put back: .*403: No; the token's user may"):
        world.sync()


@pytest.mark.parametrize(("published", "method", "end"), [(False, "POST", "/env"), (True, "POST", "/builds")])
def test_a_creation_whose_answer_is_lost_is_looked_for(method: str, end: str, *, published: bool) -> None:
    """Nothing is made, or paid for, twice."""
    world = World(published=published)
    builds = len(world.builds())
    world.answer_next(method, end, lost)

    world.sync()

    assert (world.values(), len(world.builds())) == (NEW, builds + 1)


def test_a_build_of_ours_that_fails_while_it_is_waited_for_is_not_repeated() -> None:
    """It is the one of this change: a run that was killed has begun it."""
    world = World()
    world.sync(build=False)
    world.sites.outcomes = ["error"]
    world.push(TITLE, wait=False)

    with pytest.raises(PublishError, match="the build failed"):
        world.sync()
    assert len(world.builds()) == 2


def test_a_build_of_the_same_change_that_is_over_is_not_taken_for_a_new_one() -> None:
    """Whoever repairs the frontend runs the same change again."""
    world = World()
    world.sites.outcomes = ["error"]
    world.push(TITLE)
    world.answer_next("POST", "/builds", refused(502))

    assert world.sync().deploy == world.published()
    assert [state for _, state in world.builds()] == ["ready", "error", "ready"]


@pytest.mark.parametrize("end", ["/env", "/builds"])
def test_a_creation_that_never_arrived_is_tried_again(end: str) -> None:
    """A broken gateway answers, and Netlify has never seen it."""
    world = World(published=False)
    world.answer_next("POST", end, refused(502))

    world.sync()

    assert (world.values(), len(world.builds())) == (NEW, 1)


def test_variables_that_somebody_else_writes_are_not_fought_over() -> None:
    """After a few rounds it is said."""
    world = World()
    for _ in range(10):
        world.answer_next("PUT", "VITE_API_BASE_URL", refused(200))

    with pytest.raises(SyncError, match="does somebody else write them"):
        world.sync()
    assert world.builds() == [("Add a banner", "ready")]
