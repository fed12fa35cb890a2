"""A preview on its pull request: what people see, and what loses its worth."""

from dataclasses import replace

import pytest

from gitops.comments.comment import APPROVAL, marker
from gitops.comments.memory import Memory, remembered
from gitops.github.client import GitHub, GitHubError
from gitops.seals.pack import unpack
from local.github.answers import Answer
from tests.gitops.comments.pull_request_world import DATABASE, KEY_GOES, LEVEL, NAME, TOKEN, World, found
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import SERVICE, change

COUNT = change("update", SERVICE, "api", changed("desiredCount", 1, 2))


@pytest.fixture
def world() -> World:
    """GitHub."""
    return World()


def test_the_pull_request_has_one_comment_and_one_check(world: World) -> None:
    """Which stay current; the check keeps the plan."""
    world.post(0, COUNT)
    done = world.post(1, *LEVEL)

    assert (done.pulls, done.conclusion, done.taken, done.dismissed) == ((world.number,), "success", (), 0)
    assert f"at [`{world.commits[1][:7]}`]" in world.comment
    check = world.check(1)
    assert (check["conclusion"], check["output"]["title"]) == ("success", "1 to replace, 1 to update, 150 unchanged")
    seal = unpack(check["output"]["text"])
    assert seal
    assert seal == found(world.commits[1], *LEVEL).seal
    assert check["external_id"] == seal.digest


def test_a_run_again_writes_nothing(world: World) -> None:
    """When nothing else is to be said."""
    world.post(0, *LEVEL)
    before = list(world.store.writes)
    world.post(0, *LEVEL)

    assert world.store.writes == before


def test_nothing_changes_is_one_line(world: World) -> None:
    """Also as the first that is said."""
    assert world.post(0).conclusion == "neutral"
    assert len(world.comment.strip().splitlines()) == 3  # below the marker and what is remembered
    assert "nothing changes" in world.comment


@pytest.mark.parametrize("error", ["there is no result", "pulumi ended with 255\n@octocat"])
def test_a_preview_that_failed_is_told(world: World, error: str) -> None:
    """In place of what was true before; the plan of the commit is kept."""
    world.post(0, *LEVEL)
    digest = world.check(0)["external_id"]
    world.tell(error, 0)

    assert "The preview failed" in world.comment
    assert "to replace" not in world.comment
    assert (world.check(0)["conclusion"], world.check(0)["external_id"]) == ("failure", digest)


def test_a_commit_that_is_no_head_tells_nobody(world: World) -> None:
    """A newer one has a preview of its own; and a closed pull request needs none."""
    result = found(world.commits[0], *LEVEL)
    world.push(1)
    assert world.tell(result, 0).pulls == ()
    world.push(0)
    world.store.close(world.number)
    assert world.tell(result, 0).pulls == ()
    assert not world.store.writes


def test_every_pull_request_with_the_head_is_told(world: World) -> None:
    """What one of them allows, the check of the commit does not say for the other."""
    other = world.store.open_pull("change-2", fork="dave/platform", commit=world.commits[0])
    world.post(0, DATABASE)
    world.store.label(world.number, APPROVAL)
    done = world.post(0, DATABASE)

    assert done.pulls == (world.number, other)
    assert done.conclusion == "action_required"
    assert len(world.store.comments(other)) == 1


def test_what_changed_since_the_last_look_is_told(world: World) -> None:
    """Since the last commit that was told of; since the latest review by somebody else, where there is one."""
    world.post(0, COUNT)
    assert "Since you last looked" not in world.comment
    world.post(1, *LEVEL)
    assert f"at `{world.commits[0][:7]}`: `1 new replace, 1 update that differs`" in world.comment

    world.store.review(world.number, "COMMENTED", "bob", world.commits[0])
    world.store.review(world.number, "COMMENTED", "alice", world.commits[1])  # whose pull request it is
    world.store.review(world.number, "COMMENTED", "robot[bot]", world.commits[1])
    world.post(2, *LEVEL, DATABASE)
    assert f"at `{world.commits[0][:7]}`: `2 new replaces, 1 update that differs`" in world.comment


def test_a_second_run_compares_with_what_the_first_one_compared_with(world: World) -> None:
    """Not with itself."""
    world.post(0, COUNT)
    world.post(1, *LEVEL)
    first = world.comment
    world.store.review(world.number, "COMMENTED", "bob", world.commits[1])
    world.post(1, *LEVEL)

    assert world.comment == first


def test_a_failure_between_does_not_hide_what_changed(world: World) -> None:
    """The last plan that is known counts."""
    world.post(0, COUNT)
    world.push(1)
    world.tell("no credentials", 1)
    world.post(2, *LEVEL)

    assert f"at `{world.commits[0][:7]}`: `1 new replace" in world.comment


def test_the_label_allows_what_it_was_given_for(world: World) -> None:
    """Less, too; and what else changes is nobody's matter."""
    assert world.post(0, DATABASE, KEY_GOES).conclusion == "action_required"
    world.store.label(world.number, APPROVAL)
    assert world.post(0, DATABASE, KEY_GOES).conclusion == "success"
    assert world.post(1, DATABASE, COUNT).conclusion == "success"
    assert world.labels == [APPROVAL]


def test_the_label_is_taken_away_for_more(world: World) -> None:
    """And the comment says so, as long as nobody gives it again."""
    world.post(0, DATABASE)
    world.store.label(world.number, APPROVAL)
    world.post(0, DATABASE)
    done = world.post(1, DATABASE, KEY_GOES)

    assert (done.conclusion, done.taken, world.labels) == ("action_required", (world.number,), [])
    assert "was taken away" in world.comment
    world.post(1, DATABASE, KEY_GOES)
    assert "was taken away" in world.comment
    world.store.label(world.number, APPROVAL)
    assert world.post(1, DATABASE, KEY_GOES).conclusion == "success"
    assert "was taken away" not in world.comment


def test_a_label_before_any_plan_allows_nothing(world: World) -> None:
    """Whoever gave it cannot have looked."""
    world.store.label(world.number, APPROVAL)

    assert world.post(0, DATABASE).conclusion == "action_required"
    assert world.labels == []


def test_an_approval_stays_while_it_covers_the_plan(world: World) -> None:
    """Less than what was approved is covered."""
    world.post(0, *LEVEL, DATABASE)
    world.store.review(world.number, "APPROVED", "bob", world.commits[0])
    world.post(1, *LEVEL)

    assert world.reviews == ["APPROVED"]


def test_an_approval_that_does_not_cover_the_plan_is_dismissed(world: World) -> None:
    """With the difference; of each person only the last decision is one, and other reviews stay."""
    world.post(0, COUNT)
    world.store.review(world.number, "APPROVED", "bob", world.commits[0])
    world.store.review(world.number, "COMMENTED", "bob", world.commits[0])
    world.store.review(world.number, "APPROVED", "dave", world.commits[0])
    world.store.review(world.number, "CHANGES_REQUESTED", "dave", world.commits[0])
    world.push(1)
    world.store.review(world.number, "APPROVED", "erin", world.commits[1])
    done = world.post(1, *LEVEL)

    assert done.dismissed == 1
    assert world.reviews == ["DISMISSED", "COMMENTED", "APPROVED", "CHANGES_REQUESTED", "APPROVED"]


def test_an_approval_of_a_commit_without_a_plan_covers_nothing(world: World) -> None:
    """But it does cover nothing at all."""
    world.store.review(world.number, "APPROVED", "bob", world.commits[0])
    world.post(1)
    assert world.reviews == ["APPROVED"]
    world.post(1, COUNT)
    assert world.reviews == ["DISMISSED"]


def test_a_job_of_the_same_name_keeps_no_plan(world: World) -> None:
    """Its check is not taken for ours."""
    world.post(0, COUNT)
    number, output = world.store.new_id(), {"title": "", "summary": "", "text": None}
    world.store.check_runs[number] = {**world.check(0), "id": number, "external_id": "job", "output": output}
    world.post(1, COUNT)

    assert f"at `{world.commits[0][:7]}`: `the same changes`" in world.comment


def test_what_github_refuses_is_said(world: World) -> None:
    """With what the token lacks."""
    world.store.instead.append(Answer(status=403, body={"message": "Resource not accessible by integration"}))

    with pytest.raises(GitHubError, match="the token lacks a permission"):
        world.post(0, COUNT)


def test_what_a_comment_remembers(world: World) -> None:
    """Ours only, and only what it may hold."""
    memory = Memory(head="a" * 40, former="b" * 40, since=None, taken=True)
    line = f"{marker('dev')}\n{memory.line()}\nrest"
    world.store.say(world.number, line, "mallory")
    github = GitHub(NAME, TOKEN, transport=world.transport)
    assert remembered(github.comments(world.number), marker("dev")) == Memory()

    github.comment(world.number, marker("dev"), line)
    assert remembered(github.comments(world.number), marker("dev")) == memory
    assert remembered(github.comments(world.number), marker("prod")) == Memory()
    bent = replace(next(iter(github.comments(world.number))), is_bot=True, body=line.replace("b" * 40, "x" * 40))
    assert remembered([bent], marker("dev")) == Memory()
