"""After a promotion that failed: main says again what runs, and people are told."""

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gitops.promotion.put_back import Failure, clear_failure, marker, put_back, tell_failure
from gitops.promotion.stack_file import Pair, with_pair
from tests.gitops.golden_comment.comments import RUN, TRICK
from tests.gitops.golden_promotion.bodies import DIGEST, PROD
from tests.gitops.killing import Calls, every_kill
from tests.gitops.promotion.bench import BACK, FILE, Thread, World, former, history, proof, seen, tokens

REASON = "verify: AWS gave the deployment up\ntask 1a2b stopped: exit code 1\nRuntimeError: no table names"
PROMOTION = 1
"""Number of the pull request that was merged."""


def failed() -> Pair:
    """What was promoted."""
    return Pair(image=f"{PROD}@{DIGEST}", digest=DIGEST, revision=history().proven)


def failure(**more: Any) -> Failure:
    """It was rolled back, unless told otherwise."""
    found = Failure(
        stack="prod",
        failed=failed(),
        former=former(),
        reason=REASON,
        trouble="",
        run_url=RUN,
        at=dt.datetime(2026, 11, 28, 15, 0, tzinfo=dt.UTC),
    )
    return replace(found, **more)


def promoted(world: World) -> None:
    """A promotion was merged, and its branch deleted."""
    world.propose(proof())
    world.store.merge(PROMOTION)
    world.repository.delete("promote/prod")


def back(world: World, calls: Calls | None = None, **more: Any) -> int | None:
    """Main's file is to be put back; the number of the open pull request."""
    pull = put_back(world.github(calls), failure(**more), settings=history().settings)
    return pull.number if pull else None


def tell(world: World, calls: Calls | None = None, **more: Any) -> None:
    """People are told, also on the promotion."""
    github = world.github(calls)
    tell_failure(github, failure(**more), pull=github.pull(PROMOTION))


def clear(world: World, calls: Calls | None = None) -> None:
    """The next promotion went well."""
    clear_failure(world.github(calls), stack="prod", run_url=f"{RUN}9")


def threads(world: World) -> list[Thread]:
    """Pull requests and issues."""
    return [one for one in seen(world) if isinstance(one, Thread)]


def test_the_file_is_put_back_to_what_runs(world: World) -> None:
    """By a pull request of one commit, labelled, that says why."""
    promoted(world)

    assert back(world) == 2

    thread = threads(world)[1]
    assert thread.title == f"Put prod back to {history().former[:7]}"
    assert thread.labels == ("rollback",)
    assert f"prod runs `{history().former[:7]}` again, and `main` still names what failed" in thread.body
    assert "task 1a2b stopped: exit code 1\nRuntimeError: no table names" in thread.body
    assert world.file(BACK) == history().settings
    assert [on_main for _, on_main, _ in world.branch(BACK)] == [True]


def test_settings_that_failed_are_put_back_too(world: World) -> None:
    """The pair is the same, so that the settings were to blame."""
    louder = history().settings.replace("logLevel: INFO", "logLevel: DEBUG")
    world.repository.commit("main", {FILE: louder}, "Log more")

    back(world, failed=former())

    assert "Merging puts the settings back" in threads(world)[0].body
    assert world.file(BACK) == history().settings


def test_what_was_promoted_meanwhile_is_not_undone(world: World) -> None:
    """Main names something else than what failed; a pull request that is open still is closed."""
    promoted(world)
    back(world)
    newer = with_pair(history().settings, f"sha256:{'9' * 64}", history().newer)
    world.repository.commit("main", {FILE: newer}, "Promote something newer")

    assert back(world) is None

    assert threads(world)[1].state == "closed"
    assert threads(world)[1].comments[0].endswith("Closed, because `main` no longer names what failed in prod.\n")


def test_after_the_merge_nothing_is_left_to_put_back(world: World) -> None:
    """It is not opened again."""
    promoted(world)
    back(world)
    world.store.merge(2)

    assert back(world) is None
    assert len(threads(world)) == 2


def test_a_person_may_have_pushed_onto_its_branch(world: World) -> None:
    """Then it is left alone."""
    promoted(world)
    back(world)
    theirs = world.repository.commit(BACK, {"README.md": "mine"}, "My own")

    assert back(world, reason="another") == 2
    assert world.repository.head(BACK) == theirs


def test_people_are_told_in_an_issue_and_at_the_promotion(world: World) -> None:
    """What failed, that it was rolled back, and what to do."""
    promoted(world)
    back(world)

    tell(world)

    promotion, _, issue = threads(world)
    assert issue.title == f"The promotion of {history().proven[:7]} to prod failed"
    assert issue.labels == ("deployment-failed",)
    assert issue.body.startswith(f"{marker('prod')}\nThe [promotion]({RUN})")
    assert "failed at 2026-11-28 15:00 UTC: `verify: AWS gave the deployment up`" in issue.body
    assert f"**It was rolled back:** prod runs `{history().former[:7]}` again" in issue.body
    assert "Merge #2, so that `main` says what runs." in issue.body
    assert promotion.comments == (issue.body,)


@pytest.mark.parametrize(
    "more",
    [
        {"trouble": "going back failed as well: no credentials"},
        {"trouble": "nothing ran before, so there is nothing to go back to", "former": None},
    ],
)
def test_when_nothing_was_rolled_back_that_is_what_it_says(world: World, more: dict[str, Any]) -> None:
    """First, and with the command that looks."""
    promoted(world)

    tell(world, **more)

    body = threads(world)[1].body
    assert f"> **It was not rolled back:** `{more['trouble']}`." in body
    assert "`priceguard verify prod` says what runs" in body
    assert "runs `" not in body.split("Look now")[0]


def test_a_deployment_of_dev_that_failed_is_told_too(world: World) -> None:
    """There nothing goes back, and nothing says so."""
    promoted(world)

    tell(world, stack="dev", former=None)

    body, title = threads(world)[1].body, threads(world)[1].title
    assert title == f"The deployment of {history().proven[:7]} to dev failed"
    assert body.startswith(f"{marker('dev')}\nThe [deployment]({RUN})")
    assert "rolled back" not in body
    assert "rollback" not in body
    assert "`priceguard verify dev` looks" in body


def test_the_next_failure_is_told_in_the_same_issue(world: World) -> None:
    """Until it is closed there is one."""
    promoted(world)
    tell(world)
    tell(world, reason="money path: no event was booked")

    (_, issue) = threads(world)
    assert "money path: no event was booked" in issue.body
    assert "AWS gave" not in issue.body


def test_the_next_success_ends_it(world: World) -> None:
    """The issue is closed, and so is a pull request that would put something back; once."""
    promoted(world)
    back(world)
    tell(world)

    clear(world)
    before = seen(world)
    clear(world)

    assert seen(world) == before
    assert [one.state for one in threads(world)] == ["closed", "closed", "closed"]
    assert threads(world)[2].comments == (f"[A release]({RUN}9) to prod went well.",)


def test_an_issue_of_a_person_is_not_closed(world: World) -> None:
    """Whatever its label and its first line say."""
    world.store.open_thread("Mine", f"{marker('prod')}\nmine", "alice", ["deployment-failed"])

    clear(world)

    assert threads(world)[0].state == "open"


def test_what_a_task_logged_is_quoted(world: World) -> None:
    """It is a stranger's, has an end, and of much of it the last is shown."""
    promoted(world)

    tell(world, reason=f"{TRICK}\n" * 3_000)

    body = threads(world)[1].body
    assert len(body) <= 60_000
    assert "lines before)" in body
    assert all(one.type not in {"html_inline", "image"} for one in tokens(body))
    assert [one.content.strip() for one in tokens(body) if one.type == "html_block"] == [marker("prod")]
    assert not [one for one in tokens(body) if one.type == "text" and "octocat" in one.content]


@pytest.mark.parametrize("act", [back, tell, clear])
def test_killed_anywhere_and_run_again_it_comes_to_the_same(
    world: World, copies: Callable[[World], World], act: Callable[[World, Calls], object]
) -> None:
    """Before and after each request."""
    promoted(world)
    if act is clear:
        back(world)
        tell(world)

    every_kill(lambda: copies(world), act, seen)
