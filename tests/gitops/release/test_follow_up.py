"""What follows at GitHub from a release that failed, or had no end."""

import pytest

from gitops.release.promote import promote
from gitops.release.promotion import PromotionError
from gitops.release.stages import StageError
from tests.gitops.killing import Calls, every_kill
from tests.gitops.release.test_deploy import calls_of, follow, release_dev, revision
from tests.gitops.release.test_promote import promoted
from tests.gitops.release.world import World

__all__ = ["revision"]


def told(world: World) -> str:
    """The body of the one issue about a failure."""
    (issue,) = [thread for thread in world.store.threads.values() if "deployment-failed" in thread["labels"]]
    return issue["body"]


def test_of_a_deployment_without_an_end_people_are_told(world: World, revision: str) -> None:
    """A job that was cancelled, or ran out of time, has left nothing; an older success does not count for it."""
    release_dev(world, revision, calls_of(world))

    assert follow(world, revision, went_well=False).after_deployment("dev").startswith("told in ")
    assert "did not come to its end" in told(world)
    assert world.repository.head("promote/prod") is None


def test_of_a_promotion_without_an_end_people_are_told(world: World) -> None:
    """As of a deployment; where it was taken from, nobody knows."""
    commit = promoted(world, world.change("1"))

    follow(world, commit, went_well=False).after_promotion("prod")
    assert "did not come to its end" in told(world)
    assert "nobody knows what prod runs" in told(world)


def test_where_nothing_was_promoted_nothing_follows(world: World) -> None:
    """The run of a commit whose settings are no longer main's."""
    first = world.promotion(world.change("1"))
    promoted(world, world.change("2"))
    promote(world.here(first))

    assert follow(world, first).after_promotion("prod") == "nothing was promoted, so nothing follows"


def failed_promotion(world: World) -> str:
    """A promotion that was taken back; the commit of main."""
    promoted(world, world.change("1"))
    two = world.change("2")
    commit = world.promotion(two)
    world.prod.broken = two
    with pytest.raises(PromotionError):
        promote(world.here(commit))
    return commit


def test_after_a_failure_git_is_put_back_and_people_are_told(world: World) -> None:
    """One pull request, one issue, one comment; merging it changes nothing that runs."""
    commit = failed_promotion(world)
    follow(world, commit, went_well=False).after_promotion("prod")

    assert world.settings("rollback/prod") == world.prod.settings
    issues = [thread for thread in world.store.threads.values() if "deployment-failed" in thread["labels"]]
    assert len(issues) == 1
    assert "rolled back" in issues[0]["body"]
    updates = world.prod.updates
    number = next(n for n, pull in world.store.pulls.items() if pull["head_branch"] == "rollback/prod")
    merged = world.store.merge(number)
    world.fetch()
    promote(world.here(merged))
    follow(world, merged).after_promotion("prod")
    assert world.prod.updates == updates
    assert issues[0]["state"] == "closed"


def test_a_promotion_that_never_began_is_told_too(world: World) -> None:
    """Git names what does not run."""
    commit = world.promotion(world.change("1"))
    world.prod.extra = ("priceguard:other",)
    with pytest.raises(StageError):
        promote(world.here(commit))
    follow(world, commit, went_well=False).after_promotion("prod")

    (issue,) = [thread for thread in world.store.threads.values() if "deployment-failed" in thread["labels"]]
    assert "nothing was changed" in issue["body"]
    assert "--approve" in issue["body"]


def test_a_follow_up_that_is_killed_anywhere_is_simply_run_again(world: World) -> None:
    """No second pull request, issue or comment."""
    commit = failed_promotion(world)

    def make() -> World:
        if world.repository.head("rollback/prod"):
            world.repository.delete("rollback/prod")
        return world.twin()

    def act(world: World, calls: Calls) -> None:
        follow(world, commit, calls, went_well=False).after_promotion("prod")

    def facts(world: World) -> object:
        threads = world.store.threads.values()
        said = [(one["title"], one["state"], one["labels"], len(one["comments"])) for one in threads]
        return said, world.settings("rollback/prod")

    assert len(every_kill(make, act, facts)) > 8
