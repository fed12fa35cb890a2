"""What GitHub refuses, and what helps: one line with the cause and the next step, and never the token."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from gitops.github.client import GitHub, GitHubError
from gitops.github.errors import UnsureError
from tests.gitops.github.bench import NAME, TOKEN, Bench, Clock, client

Act = Callable[[GitHub], Any]
MARKER = "<!-- m -->"
ACTS: dict[str, tuple[Act, str]] = {
    # what is done -> the permission that it needs, as a workflow spells it
    "pull": (lambda g: g.pull(1), "pull-requests: read"),
    "create_pull": (lambda g: g.create_pull("t", "b", "change"), "pull-requests: write"),
    "edit_pull": (lambda g: g.edit_pull(1, title="t"), "pull-requests: write"),
    "reviews": (lambda g: g.reviews(1), "pull-requests: read"),
    "dismiss_review": (lambda g: g.dismiss_review(1, 5, "m"), "pull-requests: write"),
    "pulls_of": (lambda g: g.pulls_of("a" * 40), "pull-requests: read"),
    "label": (lambda g: g.label(1, "x"), "issues: write or pull-requests: write"),
    "comments": (lambda g: list(g.comments(1)), "issues: read or pull-requests: read"),
    "checks": (lambda g: g.checks("main", "x"), "checks: read"),
    "issues": (lambda g: g.issues(), "issues: read"),
    "head": (lambda g: g.head("main"), "contents: read"),
    "file": (lambda g: g.file("a file.txt", "main"), "contents: read"),
    "compare": (lambda g: g.compare("main", "change"), "contents: read"),
}


@pytest.mark.parametrize("act", ACTS)
def test_a_permission_that_lacks_is_named_as_a_workflow_spells_it(bench: Bench, act: str) -> None:
    """GitHub says which in a header."""
    github = client(bench.transport, token=bench.store.allow("ghs_nothing", permissions={}))

    with pytest.raises(GitHubError) as refused:
        ACTS[act][0](github)
    assert refused.value.status == 403
    assert f"the job needs `{ACTS[act][1]}` under `permissions:`" in str(refused.value)


@pytest.mark.parametrize("act", ACTS)
def test_without_that_header_it_is_told_by_what_was_asked(bench: Bench, act: str) -> None:
    """At the least one of those that would do."""
    github = bench.answered(403, json={"message": "Resource not accessible by integration"})

    with pytest.raises(GitHubError) as refused:
        ACTS[act][0](github)
    named = re.search(r"the job needs `([a-z: -]+)`", str(refused.value))
    assert named
    assert named[1] in ACTS[act][1]


def test_a_comment_on_an_issue_needs_another_permission_than_one_on_a_pull_request(bench: Bench) -> None:
    """`pull-requests: write` does for the one only."""
    issue = bench.store.open_thread("Drift", "", "alice")
    token = bench.store.allow("ghs_pulls", permissions={"pull_requests": "write"})
    github = client(bench.transport, token=token)
    github.comment(bench.number, MARKER, MARKER)

    with pytest.raises(GitHubError, match="the job needs `issues: read` under"):
        github.comment(issue, MARKER, MARKER)


REFUSALS = [
    pytest.param(
        403,
        {"message": "Resource protected by organization SAML enforcement."},
        {"x-github-sso": "required; url=https://github.com/orgs/example/sso?authorization_request=A1"},
        r"single sign-on: authorize the token at https://github.com/orgs/example/sso\?authorization_request=A1$",
        id="single sign-on",
    ),
    pytest.param(
        403,
        {"message": "Resource protected by organization SAML enforcement."},
        {"x-github-sso": "required; url=https://evil.example/x"},
        r"single sign-on: authorize the token$",
        id="single sign-on at an address that is none",
    ),
    pytest.param(
        403,
        {"message": "GitHub Actions is not permitted to create or approve pull requests."},
        {},
        r'turn on "Allow GitHub Actions to create and approve pull requests" .* or use a GitHub App\'s token$',
        id="Actions may not open pull requests",
    ),
    pytest.param(
        403,
        {"message": "You must authenticate via a GitHub App."},
        {},
        r"only a job writes check runs, with its own token: start the workflow instead$",
        id="a person writes a check run",
    ),
    pytest.param(
        401, {"message": "Bad credentials"}, {}, r"answered 401: Bad credentials; .* run the job again", id="401"
    ),
    pytest.param(404, {"message": "Not Found"}, {}, r"is GITHUB_REPOSITORY right, and may the token read", id="404"),
    pytest.param(410, {"message": "Issues has been disabled"}, {}, r"issues are turned off: turn them on", id="410"),
    pytest.param(
        422,
        {"message": "Validation Failed", "errors": [{"code": "custom", "message": "body is too long"}, "and more"]},
        {},
        r"answered 422: Validation Failed: body is too long: and more$",
        id="422",
    ),
    pytest.param(
        422,
        {"message": "Two\nlines \x1b[31m", "errors": "x" * 10_000},
        {},
        r"answered 422: Two lines \[31m: x{100,300}$",
        id="words that would steer a terminal",
    ),
    pytest.param(422, ["no object"], {}, r"was answered 422$", id="no words"),
]


@pytest.mark.parametrize(("status", "said", "headers", "message"), REFUSALS)
def test_a_refusal_says_what_helps(bench: Bench, status: int, said: Any, headers: dict[str, str], message: str) -> None:
    """At once, in one line."""
    github = bench.answered(status, json=said, headers=headers)

    with pytest.raises(GitHubError, match=message) as refused:
        github.edit_pull(1, title="t")
    assert refused.value.status == status
    assert "\n" not in str(refused.value)
    assert not bench.clock.slept


def test_github_says_that_a_pull_request_has_nothing_in_it(bench: Bench) -> None:
    """No pull request is found instead, so that its words are told."""
    bench.repository.move("empty", bench.main)

    with pytest.raises(GitHubError, match="Validation Failed: No commits between main and empty"):
        bench.github.create_pull("t", "b", "empty")


def test_actions_that_may_not_open_pull_requests_are_told_the_setting(bench: Bench) -> None:
    """The stand-in has it too."""
    bench.store.actions_may_create_pulls = False

    with pytest.raises(GitHubError, match="Allow GitHub Actions to create and approve pull requests"):
        bench.github.create_pull("t", "b", "change")


@pytest.mark.parametrize("body", ["<html>Unicorn!</html>", ""])
def test_a_broken_github_is_waited_for_and_then_told(bench: Bench, body: str) -> None:
    """Without its HTML."""
    with pytest.raises(
        GitHubError, match=r"GET /repos/example/platform/pulls/1 was answered 502; given up after 120 s"
    ):
        bench.answered(502, content=body).pull(1)
    assert 90 < sum(bench.clock.slept) < 120


def test_a_creation_that_a_broken_github_did_or_not_is_looked_for_until_patience_ends(bench: Bench) -> None:
    """And the error is none of the inner ones."""
    with pytest.raises(GitHubError, match="given up after 120 s: run again") as refused:
        bench.answered(500, content="<html>").create_pull("t", "b", "change")
    assert not isinstance(refused.value, UnsureError)


@pytest.mark.parametrize("status", [401, 403, 422, 500])
def test_no_error_repeats_the_token(status: int) -> None:
    """Whatever stands between may send back what it got."""
    echo = httpx.MockTransport(
        lambda r: httpx.Response(status, json={"message": f"no {r.headers['Authorization']}", "errors": [TOKEN]})
    )
    clock = Clock()

    for act, _ in ACTS.values():
        with pytest.raises(GitHubError) as refused:
            act(client(echo, clock=clock))
        assert TOKEN not in f"{refused.value!r} {refused.value.said} {refused.value.__cause__!r}"


def test_the_doctor_asks_anything(bench: Bench) -> None:
    """What is there, what is not, and what it may not see."""
    bench.store.settings[f"/repos/{NAME}/rulesets"] = [{"name": "main"}]

    assert bench.github.get(f"/repos/{NAME}/rulesets") == [{"name": "main"}]
    assert bench.github.get(f"/repos/{NAME}/environments/prod") is None
    with pytest.raises(GitHubError, match="Bad credentials"):
        client(bench.transport, token="ghs_old").get(f"/repos/{NAME}/rulesets")
