"""Check runs: one per name and commit, and nobody else's."""

import pytest

from gitops.github.client import GitHubError
from tests.gitops.github.bench import Bench

NAME = "preview (dev)"


def test_it_is_begun_completed_and_left_alone(bench: Bench) -> None:
    """One check run, three states."""
    begun = bench.github.check(bench.head, NAME, conclusion=None, title="It goes on", summary="...")
    assert (begun.status, begun.conclusion, begun.head) == ("in_progress", None, bench.head)

    result = {"title": "1 to destroy", "summary": "A *summary*", "text": "kept", "external_id": "abc"}
    run = "https://github.com/example/platform/actions/runs/1"
    done = bench.github.check(bench.head, NAME, conclusion="action_required", details_url=run, **result)
    assert bench.github.check(bench.head, NAME, conclusion="action_required", details_url=run, **result) == done
    assert bench.github.checks(bench.head, NAME) == [done]
    assert (done.id, done.status, done.conclusion) == (begun.id, "completed", "action_required")
    assert (done.title, done.summary, done.text, done.external_id) == ("1 to destroy", "A *summary*", "kept", "abc")
    assert done.completed_at
    assert bench.store.writes == ["POST /check-runs", f"PATCH /check-runs/{begun.id}"]


def test_one_that_was_completed_begins_anew(bench: Bench) -> None:
    """As another one, which counts from then on: GitHub need not take back how one ended."""
    first = bench.github.check(bench.head, NAME, conclusion="success", title="t", summary="s")
    again = bench.github.check(bench.head, NAME, conclusion=None, title="t", summary="s")

    assert (again.status, again.conclusion, again.completed_at) == ("in_progress", None, None)
    assert [check.id for check in bench.github.checks(bench.head, NAME)] == [again.id, first.id]


def test_other_commits_names_and_apps_do_not_count(bench: Bench) -> None:
    """An app that calls its check as we do proves nothing."""
    bench.run_check(NAME, bench.head, bench.store.allow("ghs_other", app="mallory-app"))
    bench.github.check(bench.head, "preview (prod)", conclusion="success", title="t", summary="s")
    bench.github.check(bench.main, NAME, conclusion="success", title="t", summary="s")

    assert bench.github.checks(bench.head, NAME) == []
    assert [check.conclusion for check in bench.github.checks(bench.head, NAME, app="mallory-app")] == ["success"]
    ours = bench.github.check(bench.head, NAME, conclusion="failure", title="t", summary="s")
    assert bench.github.checks(bench.head, NAME) == [ours]
    assert len(bench.store.checks(bench.head, NAME)) == 2


def test_the_newest_counts(bench: Bench) -> None:
    """Where there are more, over all pages."""
    head = bench.head
    ids = [bench.run_check(NAME, head) for _ in range(101)]
    bench.github.check(bench.head, NAME, conclusion="failure", title="t", summary="s")

    found = bench.github.checks(bench.head, NAME)
    assert [check.id for check in found] == ids[::-1]
    assert [check.conclusion for check in found[:2]] == ["failure", "success"]


@pytest.mark.parametrize("field", ["summary", "text"])
def test_what_is_too_long_is_refused_with_the_limit(bench: Bench, field: str) -> None:
    """GitHub's own words."""
    texts = {"summary": "s", "text": "t", field: "x" * 65_536}

    with pytest.raises(GitHubError, match=r"answered 422: .*Only 65535 characters are allowed; 65536 were supplied"):
        bench.github.check(bench.head, NAME, conclusion="success", title="t", **texts)
    assert bench.github.checks(bench.head, NAME) == []


def test_a_commit_that_is_not_there_has_no_checks(bench: Bench) -> None:
    """That is an error, not an empty answer."""
    with pytest.raises(GitHubError, match="No commit found for SHA") as refused:
        bench.github.checks("f" * 40, NAME)
    assert refused.value.status == 422
