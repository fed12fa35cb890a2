"""The promotion's pull request: opened once, brought up to date, closed when it is needed no more."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from gitops.promotion.body import MARKER
from gitops.promotion.propose import propose
from gitops.promotion.stack_file import Pair, StackFileError, pair, with_pair
from gitops.promotion.stack_pull import TakenError
from tests.gitops.golden_promotion.bodies import DIGEST, FORMER_DIGEST, PROD
from tests.gitops.promotion.bench import (
    BRANCH,
    EMPTY,
    FILE,
    NEWER_DIGEST,
    World,
    former,
    history,
    newer,
    promoted,
    proof,
    seen,
)


def named(world: World, name: str = BRANCH) -> tuple[str, str]:
    """The pair that a branch's file of prod names."""
    found = pair(world.file(name))
    return found.digest, found.revision


def test_what_dev_proved_is_proposed(world: World) -> None:
    """One commit on main that changes two lines, a pull request with the proof, and its label."""
    pull = world.propose(proof())

    (thread, (_, commits), _) = seen(world)
    assert pull.url.endswith("/pull/1")
    assert thread.title == f"Promote {history().proven[:7]} to prod"
    assert thread.body.startswith(f"{MARKER}\n")
    assert thread.labels == ("promotion",)
    assert [(on_main, message) for _, on_main, message in commits] == [(True, thread.title)]
    assert world.file(BRANCH) == with_pair(history().settings, DIGEST, history().proven)


def test_the_body_tells_what_is_between_the_two_commits(world: World) -> None:
    """From GitHub and the clone: commits and migrations."""
    world.propose(proof())

    body = seen(world)[0].body
    assert f"1 commit since {history().former[:7]}" in body
    assert "`0002_names` the former code can go on with it" in body
    assert f"image back to `{FORMER_DIGEST}`" in body


def test_the_same_proof_writes_nothing(world: World) -> None:
    """However often dev's deployment runs again."""
    world.propose(proof())
    before, asked = seen(world), len(world.store.asked)

    again = world.propose(proof())

    assert again.number == 1
    assert seen(world) == before
    assert {one for one in world.store.asked[asked:] if not one.startswith("GET ")} <= {"POST /git/trees"}


def test_a_newer_proof_takes_the_place_of_the_older_one(world: World) -> None:
    """In the same pull request, with one commit still."""
    world.propose(proof())
    pull = world.propose(newer())

    (thread, (_, commits), _) = seen(world)
    assert pull.number == 1
    assert thread.title == f"Promote {history().newer[:7]} to prod"
    assert "2 commits since" in thread.body
    assert "quart" in thread.body
    assert len(commits) == 1
    assert named(world) == (NEWER_DIGEST, history().newer)


def test_an_older_proof_does_not_replace_a_newer_one(world: World) -> None:
    """A deployment that was run again, or was overtaken."""
    world.propose(newer())
    before = seen(world)

    assert world.propose(proof()).number == 1
    assert seen(world) == before


def test_when_main_moves_the_promotion_moves_with_it(world: World) -> None:
    """Also what people changed in prod's file meanwhile is kept."""
    world.propose(proof())
    louder = history().settings.replace("logLevel: INFO", "logLevel: DEBUG")
    world.repository.commit("main", {FILE: louder}, "Log more")

    world.propose(proof())

    (_, (_, commits), _) = seen(world)
    assert [on_main for _, on_main, _ in commits] == [True]
    assert world.file(BRANCH) == with_pair(louder, DIGEST, history().proven)


def test_another_run_of_the_same_proof_updates_the_text_alone(world: World) -> None:
    """The branch stays, and so do approvals."""
    world.propose(proof())
    there = world.repository.head(BRANCH)

    world.propose(replace(proof(), run_url="https://github.com/example/platform/actions/runs/2"))

    assert world.repository.head(BRANCH) == there
    assert "/actions/runs/2" in seen(world)[0].body


@pytest.mark.parametrize("of", [proof, newer])
def test_what_prod_runs_is_not_proposed(world: World, of: Callable[[], Any]) -> None:
    """An open promotion of it is closed, with a word; so is one of something older."""
    world.propose(proof())
    runs = of()

    running = Pair(image=f"{PROD}@{runs.digest}", digest=runs.digest, revision=runs.revision)
    assert world.propose(runs, running=running) is None

    thread = seen(world)[0]
    assert thread.state == "closed"
    assert "Closed, because prod runs " in thread.comments[0]


def test_an_open_promotion_of_something_newer_stays(world: World) -> None:
    """When what prod runs is proved once more."""
    world.propose(newer())
    before = seen(world)

    assert world.propose(proof(), running=promoted()).number == 1
    assert seen(world) == before


def test_what_main_names_already_is_not_proposed(world: World) -> None:
    """It is on its way to prod, or failed there: a pull request would be empty."""
    world.repository.commit("main", {FILE: with_pair(history().settings, DIGEST, history().proven)}, "Promoted")

    assert world.propose(proof()) is None
    assert seen(world)[0] == (BRANCH, [])


def test_after_a_merge_the_next_proof_opens_another(world: World) -> None:
    """Also where the merged branch was left lying about, and whichever way it was merged."""
    world.propose(proof())
    world.store.merge(1, "squash")

    pull = world.propose(newer())

    assert pull.number == 2
    assert named(world) == (NEWER_DIGEST, history().newer)


@pytest.mark.parametrize("running", [None, replace(former(), digest=f"sha256:{'0' * 64}", revision="0" * 40)])
@pytest.mark.parametrize("text", [EMPTY, EMPTY.replace(f"{PROD}@sha256:{'0' * 64}", "none")])
def test_the_first_promotion_ever(world: World, text: str, running: Pair | None) -> None:
    """From the placeholder, or from `none`."""
    world.repository.commit("main", {FILE: text}, "Nothing runs yet")

    pull = propose(world.github(), proof=proof(), running=running, repository=world.repository.path)

    assert pull
    assert "The first promotion." in seen(world)[0].body
    assert pair(world.file(BRANCH)).image == f"{PROD}@{DIGEST}"


def test_a_commit_of_a_person_is_not_lost(world: World) -> None:
    """The pull request is left as it is, and says so once."""
    world.propose(proof())
    theirs = world.repository.commit(BRANCH, {"README.md": "mine"}, "My own")

    for _ in range(2):
        assert world.propose(newer()).number == 1

    thread = seen(world)[0]
    assert world.repository.head(BRANCH) == theirs
    assert thread.title == f"Promote {history().proven[:7]} to prod"
    assert len(thread.comments) == 1
    assert "the robot leaves this pull request as it is" in thread.comments[0]


def test_a_commit_that_was_amended_is_not_lost_either(world: World) -> None:
    """It has the robot's message, and one more setting."""
    world.propose(proof())
    louder = with_pair(history().settings, DIGEST, history().proven).replace("logLevel: INFO", "logLevel: DEBUG")
    title = seen(world)[0].title
    theirs = world.repository.commit(BRANCH, {FILE: louder}, title, on=history().names_former)

    world.propose(newer())

    assert world.repository.head(BRANCH) == theirs


def test_updating_the_branch_is_no_commit_of_a_person(world: World) -> None:
    """GitHub's button merges main into it."""
    world.propose(proof())
    world.repository.commit("main", {"README.md": "more"}, "More")
    world.repository.merge(BRANCH, "main", "Merge branch 'main' into promote/prod", squash=False)

    world.propose(newer())

    assert named(world) == (NEWER_DIGEST, history().newer)
    assert len(seen(world)[1][1]) == 1


def test_a_forgotten_branch_with_commits_of_a_person_is_an_error(world: World) -> None:
    """There is no pull request to say it in."""
    world.repository.commit(BRANCH, {"README.md": "mine"}, "My own", on=history().names_former)

    with pytest.raises(TakenError, match="open one, or delete the branch"):
        world.propose(proof())


def test_a_file_without_a_place_for_the_pair_is_an_error(world: World) -> None:
    """Nothing is written."""
    world.repository.commit("main", {FILE: "config: {}\n"}, "Break it")

    with pytest.raises(StackFileError, match="must give priceguard:image"):
        world.propose(proof())
    assert world.store.writes == []


def test_a_commit_that_github_has_lost_is_told(world: World) -> None:
    """History was rewritten since prod was updated."""
    world.propose(proof(), running=replace(former(), revision="91e0c2d7" * 5))

    body = seen(world)[0].body
    assert "GitHub does not compare `91e0c2d` with this one" in body
    assert "Whether it can be undone cannot be told" in body
