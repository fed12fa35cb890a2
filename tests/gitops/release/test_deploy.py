"""What becomes of dev when something is merged, and what follows from it at GitHub."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from gitops.github.client import GitHub
from gitops.promotion.stack_file import pair, with_pair
from gitops.release.deploy import deploy
from gitops.release.follow_up import FollowUp
from gitops.release.proof import PROVEN, proven
from gitops.release.stages import StageError
from tests.gitops.killing import Calls, every_kill
from tests.gitops.release.environment import Environment, digest_of
from tests.gitops.release.world import RUN_URL, World

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def dev_of(world: World, revision: str) -> Environment:
    """A dev that builds the commit; its settings say so, as if it had been built already."""
    text = with_pair(world.settings(), digest_of(revision), revision)
    root = world.clone.parent / f"dev-{revision[:7]}"
    (root / "requirements").mkdir(parents=True, exist_ok=True)
    (root / "requirements" / "dev.txt").write_text("pulumi==3\n")
    (root / "Pulumi.dev.yaml").write_text(text)
    return Environment(stack="dev")


@pytest.fixture
def revision(world: World) -> str:
    """A commit of main, merged by a pull request, whose dev is ready."""
    world.repository.move("feature", world.repository.head("main") or "")
    world.repository.commit("feature", {"infra.txt": "1"}, "Change")
    commit = world.store.merge(world.store.open_pull("feature", title="Change"))
    world.fetch()
    world.prod = dev_of(world, commit)
    return commit


def follow(world: World, commit: str, calls: Calls | None = None, *, went_well: bool = True) -> FollowUp:
    """What follows from the release of a commit."""
    github = GitHub("example/platform", "job", transport=calls or world.transport)
    return FollowUp(
        github=github,
        promoter=github,
        repository=world.clone,
        commit=commit,
        run_url=RUN_URL,
        went_well=went_well,
        now=NOW,
    )


def calls_of(world: World) -> Calls:
    """Counted, and not killed."""
    return Calls(world.transport)


def release_dev(world: World, revision: str, calls: Calls) -> None:
    """As the job does it: an environment that is called prod here, since there is only one."""
    github = GitHub("example/platform", "job", transport=calls)
    root = world.clone.parent / f"dev-{revision[:7]}"
    release = world.release(calls.wrap(world.prod), calls.wrap(world.site), root, revision)
    deploy(release, github, unapproved="go-on")


def test_what_runs_in_dev_is_proven_and_proposed(world: World, revision: str) -> None:
    """By one pull request, which changes the pair."""
    release_dev(world, revision, calls_of(world))

    assert proven(world.github, "dev", revision, digest_of(revision))
    said = follow(world, revision).after_deployment("dev")
    (number,) = [number for number, pull in world.store.pulls.items() if pull["head_branch"] == "promote/prod"]
    assert said.startswith("proposed in ")
    assert pair(world.settings("promote/prod")).same_as(digest_of(revision), revision)
    assert world.store.threads[number]["labels"] == ["promotion"]
    assert follow(world, revision).after_deployment("dev") == said


def test_what_does_not_start_in_dev_is_not_proposed(world: World, revision: str) -> None:
    """People are told where it was merged and in one issue, with ECS's events and the last lines of the log."""
    world.prod.broken = revision
    with pytest.raises(StageError, match="verify: AWS gave up"):
        release_dev(world, revision, calls_of(world))

    assert proven(world.github, "dev", revision, digest_of(revision)) is None
    follow(world, revision, went_well=False).after_deployment("dev")
    issues = [thread for thread in world.store.threads.values() if "deployment-failed" in thread["labels"]]
    assert len(issues) == 1
    assert "ModuleNotFoundError: api" in issues[0]["body"]
    assert issues[0]["title"] == f"The deployment of {revision[:7]} to dev failed"
    assert "ModuleNotFoundError: api" in world.store.comments(1)[-1]
    assert world.repository.head("promote/prod") is None


def test_a_deployment_that_fails_later_takes_the_proof_away(world: World, revision: str) -> None:
    """What dev cannot run today is not promoted because it could yesterday."""
    release_dev(world, revision, calls_of(world))
    world.prod.broken = revision
    world.prod.settings = ""
    with pytest.raises(StageError):
        release_dev(world, revision, calls_of(world))

    assert proven(world.github, "dev", revision, digest_of(revision)) is None


def test_a_success_closes_what_told_of_the_failure(world: World, revision: str) -> None:
    """And the promotion is opened."""
    world.prod.broken = revision
    with pytest.raises(StageError):
        release_dev(world, revision, calls_of(world))
    follow(world, revision, went_well=False).after_deployment("dev")
    world.prod.broken = "\0"
    release_dev(world, revision, calls_of(world))
    follow(world, revision).after_deployment("dev")

    states = [thread["state"] for thread in world.store.threads.values() if "deployment-failed" in thread["labels"]]
    assert states == ["closed"]


def test_what_no_pull_request_has_shown_stops_unless_dev_may_go_on(world: World, revision: str) -> None:
    """Nothing is changed, and the commit says so."""
    github = GitHub("example/platform", "job", transport=world.transport)
    root = world.clone.parent / f"dev-{revision[:7]}"
    with pytest.raises(StageError, match=r"no approval was found\n?.*run again with --approve"):
        deploy(world.release(world.prod, world.site, root, revision), github)

    assert world.prod.updates == 0
    follow(world, revision, went_well=False).after_deployment("dev")
    (issue,) = [thread for thread in world.store.threads.values() if "deployment-failed" in thread["labels"]]
    assert "--approve" in issue["body"]


def test_what_was_not_tried_leaves_the_proof_as_it_was(world: World, revision: str) -> None:
    """A deployment that nobody approved says nothing of what ran."""
    release_dev(world, revision, calls_of(world))
    world.prod.extra = ("priceguard:other",)
    github = GitHub("example/platform", "job", transport=world.transport)
    with pytest.raises(StageError, match="no approval was found"):
        deploy(world.release(world.prod, world.site, world.clone.parent / f"dev-{revision[:7]}", revision), github)

    assert proven(world.github, "dev", revision, digest_of(revision))


@pytest.mark.parametrize("broken", [False, True], ids=["proven", "failed"])
def test_a_deployment_that_is_killed_anywhere_is_simply_run_again(
    world: World, revision: str, quick: Callable[[], None], *, broken: bool
) -> None:
    """No second proof, no proof of what failed."""
    world.prod.broken = revision if broken else "\0"
    quick()

    def act(world: World, calls: Calls) -> None:
        try:
            release_dev(world, revision, calls)
        except StageError:
            assert broken

    def facts(world: World) -> object:
        checks = world.store.checks(revision, PROVEN.format(stack="dev"))
        return world.prod.settings, world.site.shows, [(one["conclusion"], one["external_id"]) for one in checks]

    assert len(every_kill(world.twin, act, facts)) > 8
