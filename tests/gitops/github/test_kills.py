"""Whatever writes is killed at every request, and simply running it again comes to the same."""

from collections.abc import Callable
from typing import Any

import pytest

from gitops.github.client import GitHub
from tests.gitops.github.bench import Bench, client
from tests.gitops.killing import Calls, every_kill

MARKER = "<!-- priceguard:preview stack=dev -->"
NAME = "preview (dev)"


def in_the_middle(github: GitHub) -> None:
    """A comment is there already, with another text."""
    github.comment(1, MARKER, f"{MARKER} new")


def write_check(github: GitHub) -> None:
    """It is begun and completed."""
    head = github.pull(1).head
    github.check(head, NAME, conclusion=None, title="...", summary="...")
    github.check(head, NAME, conclusion="success", title="No changes", summary="None", text="kept", external_id="abc")


def write_issue(github: GitHub) -> None:
    """It is opened, says more, and goes."""
    issue = github.issue(MARKER, "Drift", f"{MARKER} one", ("drift",))
    github.issue(MARKER, "Drift", f"{MARKER} two", ("drift", "dev"))
    github.comment(issue.number, MARKER, f"{MARKER} look")


def close_issues(github: GitHub) -> None:
    """Whichever are open."""
    for issue in github.issues("drift"):
        github.close_issue(issue.number, "It is gone.")


ACTS: dict[str, tuple[Callable[[GitHub], Any], list[str]]] = {
    # step -> the writes that it makes when nobody kills it
    "a comment": (in_the_middle, ["POST"]),
    "a check run": (write_check, ["POST", "PATCH"]),
    "an issue": (write_issue, ["POST", "PATCH", "POST"]),
    "labels": (lambda g: (g.label(1, "a", "b"), g.unlabel(1, "a")), ["POST", "DELETE"]),
    "a title": (lambda g: g.edit_pull(1, title="Better"), ["PATCH"]),
}


def facts(bench: Bench) -> object:
    """What people see: no ids, no times; of check runs of one name the newest, which counts."""
    threads = [
        (thread["title"], thread["body"], thread["state"], sorted(thread["labels"]), bench.store.comments(number))
        for number, thread in bench.store.threads.items()
    ]
    runs = {
        run["name"]: (run["conclusion"], run["external_id"], run["output"]) for run in bench.store.checks(bench.head)
    }
    branches = bench.repository.git("for-each-ref", "--format=%(refname) %(tree) %(parent)")
    return threads, runs, branches


@pytest.mark.parametrize("act", ACTS)
def test_it_is_run_again_after_any_kill(shared: Callable[[], Bench], act: str) -> None:
    """Before and after every request."""
    step, writes = ACTS[act]
    asked = every_kill(shared, lambda _, calls: step(client(calls)), facts)

    assert [each.split()[0] for each in asked if not each.startswith("GET")] == writes


def test_a_comment_that_is_there_is_changed(shared: Callable[[], Bench]) -> None:
    """The same with what an earlier run left."""

    def world() -> Bench:
        bench = shared()
        bench.store.say(1, f"{MARKER} old", author="github-actions[bot]")
        return bench

    asked = every_kill(world, lambda _, calls: in_the_middle(client(calls)), facts)
    assert [each.split()[0] for each in asked] == ["GET", "PATCH"]


def test_an_issue_is_closed_with_one_last_word(shared: Callable[[], Bench]) -> None:
    """However often it was begun."""

    def world() -> Bench:
        bench = shared()
        bench.github.issue(MARKER, "Drift", MARKER, ("drift",))
        return bench

    asked = every_kill(world, lambda _, calls: close_issues(client(calls)), facts)
    assert [each.split()[0] for each in asked] == ["GET", "GET", "POST", "PATCH"]


def promote(_: Bench, calls: Calls) -> None:
    """A branch with one commit, and a pull request for it."""
    github = client(calls)
    propose(_, calls)
    pull = github.create_pull("Promote", "Body", "promote/prod")
    github.label(pull.number, "promotion")


def propose(_: Bench, calls: Calls) -> None:
    """The branch alone."""
    github = client(calls)
    github.commit_files("promote/prod", github.head("main") or "", {"Pulumi.prod.yaml": "new\n"}, "Promote")


def test_a_branch_and_its_pull_request(make_bench: Callable[[], Bench]) -> None:
    """One commit, one pull request."""
    asked = every_kill(make_bench, promote, facts)

    assert [each.split()[0] for each in asked if not each.startswith("GET")] == ["POST"] * 5


def test_a_branch_that_held_something_else(make_bench: Callable[[], Bench]) -> None:
    """It is moved, and no commit is on it twice."""

    def world() -> Bench:
        bench = make_bench()
        bench.repository.move("promote/prod", bench.head)
        return bench

    asked = every_kill(world, propose, facts)
    assert [each.split()[0] for each in asked if not each.startswith("GET")] == ["POST", "POST", "PATCH"]
