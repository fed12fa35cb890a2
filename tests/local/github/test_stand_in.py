"""The GitHub stand-in itself: what it lets in, what it refuses as GitHub does, and what people do there."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.github.answers import Answer, RefusedError, primary_limit
from local.github.repository import Repository
from local.github.store import Store

NAME, TOKEN = "example/platform", "ghs_job"
Ask = Callable[..., Answer]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """One with the branch `change`, and no pull request."""
    repository = Repository.make(tmp_path / "platform.git", {"a.txt": "a\n", "b.txt": "b\n"})
    repository.commit("change", {"a.txt": "changed\n", "b.txt": None}, "Change it")
    made = Store(repository, NAME)
    made.allow(TOKEN)
    return made


@pytest.fixture
def ask(store: Store) -> Ask:
    """One request to the repository."""

    def ask_it(method: str, path: str, body: Any = None, *, token: str = TOKEN, **query: Any) -> Answer:
        return store.handle(method, f"/repos/{NAME}{path}", {k: str(v) for k, v in query.items()}, body, token)

    return ask_it


def test_without_a_token_nothing_is_told(store: Store, ask: Ask) -> None:
    """Nor to one that may not see the repository, which is as if there were none."""
    store.allow("ghp_other", login="mallory", sees=False)

    assert ask("GET", "/pulls", token="").status == 401
    assert ask("GET", "/pulls", token="ghs_wrong").body["message"] == "Bad credentials"
    assert ask("GET", "/pulls", token="ghp_other").status == 404
    assert ask("GET", "/nothing").status == 404
    assert store.handle("GET", "/repos/example/other/pulls", token=TOKEN).status == 404


def test_permissions_are_refused_and_named(store: Store, ask: Ask) -> None:
    """Reading is not writing; a person may do everything but write check runs."""
    store.allow("ghs_reader", permissions={"pull_requests": "read"})
    store.allow("ghp_carol", login="carol")
    head = store.repository.head("change")
    run = {"name": "x", "head_sha": head}

    refused = ask("POST", "/pulls", {"title": "t", "head": "change", "base": "main"}, token="ghs_reader")
    assert (refused.status, refused.headers) == (403, {"x-accepted-github-permissions": "pull_requests=write"})
    assert ask("GET", "/pulls", token="ghs_reader").status == 200
    assert (
        ask("POST", "/check-runs", run, token="ghp_carol").body["message"] == "You must authenticate via a GitHub App."
    )
    assert ask("POST", "/check-runs", run).body["app"] == {"slug": "github-actions"}
    assert store.handle("GET", "/user", token="ghp_carol").body == {"login": "carol", "type": "User"}
    assert store.handle("GET", "/user", token=TOKEN).status == 403


def test_who_writes_is_who_has_the_token(store: Store, ask: Ask) -> None:
    """A job is a bot, a person is none."""
    store.allow("ghp_carol", login="carol")
    store.allow("ghs_app", app="promoter")
    number = store.open_thread("An issue", "", "alice")
    users = [
        ask("POST", f"/issues/{number}/comments", {"body": "x"}, token=token).body["user"]
        for token in (TOKEN, "ghp_carol", "ghs_app")
    ]

    assert users == [
        {"login": "github-actions[bot]", "type": "Bot"},
        {"login": "carol", "type": "User"},
        {"login": "promoter[bot]", "type": "Bot"},
    ]


def test_a_second_pull_request_of_a_branch_is_refused(ask: Ask) -> None:
    """As is one of a branch that is not there, and one with nothing in it."""
    wanted = {"title": "t", "body": "b", "head": "change", "base": "main"}
    assert ask("POST", "/pulls", wanted).status == 201

    again = ask("POST", "/pulls", wanted)
    assert (again.status, again.body["errors"][0]["message"]) == (
        422,
        "A pull request already exists for example:change.",
    )
    assert ask("POST", "/pulls", {**wanted, "head": "nothing"}).body["errors"][0]["field"] == "head"
    empty = ask("POST", "/pulls", {**wanted, "head": "main"})
    assert empty.body["errors"][0]["message"] == "No commits between main and main"


@pytest.mark.parametrize(
    ("path", "name", "longest"),
    [
        ("/pulls/1", "body", 65_536),
        ("/issues/1", "body", 65_536),
        ("/issues/1", "title", 256),
        ("/pulls/1", "title", 256),
    ],
)
def test_texts_have_a_longest_length(store: Store, ask: Ask, path: str, name: str, longest: int) -> None:
    """One character more is refused."""
    store.open_pull("change")

    assert ask("PATCH", path, {name: "x" * longest}).status == 200
    refused = ask("PATCH", path, {name: "x" * (longest + 1)})
    assert refused.status == 422
    assert refused.body["errors"][0]["message"] == f"{name} is too long (maximum is {longest} characters)"


def test_comments_too(store: Store, ask: Ask) -> None:
    """New ones and changed ones; an empty one is none."""
    number = store.open_thread("An issue", "", "alice")
    comment = store.say(number, "x")

    assert ask("POST", f"/issues/{number}/comments", {"body": "x" * 65_537}).status == 422
    assert ask("PATCH", f"/issues/comments/{comment}", {"body": "x" * 65_537}).status == 422
    assert ask("POST", f"/issues/{number}/comments", {"body": " "}).status == 422
    assert store.comments(number) == ["x"]


def test_lists_have_pages_of_thirty(store: Store, ask: Ask) -> None:
    """And say where the next one is."""
    number = store.open_thread("An issue", "", "alice")
    for each in range(61):
        store.say(number, str(each))
    path = f"/issues/{number}/comments"
    first = ask("GET", path)

    assert [comment["body"] for comment in first.body] == [str(each) for each in range(30)]
    assert first.headers["link"] == f'<https://api.github.com/repos/{NAME}{path}?page=2>; rel="next"'
    last = ask("GET", path, page=3)
    assert ([comment["body"] for comment in last.body], "link" in last.headers) == (["60"], False)
    assert len(ask("GET", path, per_page=1000).body) == 61


@pytest.mark.parametrize("method", ["merge", "squash"])
def test_a_pull_request_is_really_merged(store: Store, ask: Ask, method: Any) -> None:
    """`main` moves, and git has the files."""
    number = store.open_pull("change", title="Change it")
    before = store.repository.head("main")
    store.repository.commit("main", {"c.txt": "c\n"}, "Elsewhere")
    onto, head = store.repository.head("main"), store.repository.head("change")
    merged = store.merge(number, method)

    assert store.repository.head("main") == merged
    assert store.repository.at(merged).parents == ((onto,) if method == "squash" else (onto, head))
    assert [store.repository.file("main", f"{name}.txt") for name in "abc"] == [b"changed\n", None, b"c\n"]
    shown = ask("GET", f"/pulls/{number}").body
    assert (shown["state"], shown["merge_commit_sha"], shown["base"]["sha"]) == ("closed", merged, before)
    assert shown["merged_at"]


def test_what_contradicts_is_not_merged(store: Store) -> None:
    """Nor what is merged already."""
    number = store.open_pull("change")
    store.repository.commit("main", {"a.txt": "otherwise\n"}, "Elsewhere")
    before = store.repository.head("main")
    with pytest.raises(RefusedError, match="not mergeable"):
        store.merge(number)
    assert (store.repository.head("main"), store.threads[number]["state"]) == (before, "open")

    store.repository.commit("main", {"a.txt": "a\n"}, "Back")
    store.merge(number)
    with pytest.raises(RefusedError, match="not mergeable"):
        store.merge(number)


def test_reviews_are_of_a_commit(store: Store, ask: Ask) -> None:
    """And only verdicts can be dismissed."""
    number = store.open_pull("change")
    approval, remark = store.review(number), store.review(number, "COMMENTED")
    path = f"/pulls/{number}/reviews"

    assert {review["commit_id"] for review in ask("GET", path).body} == {store.repository.head("change")}
    assert ask("PUT", f"{path}/{approval}/dismissals", {"message": "m"}).body["state"] == "DISMISSED"
    for review, state in ((approval, "dismissed"), (remark, "commented")):
        refused = ask("PUT", f"{path}/{review}/dismissals", {"message": "m"})
        assert (refused.status, refused.body["message"]) == (422, f"Can not dismiss a {state} pull request review")
    assert ask("PUT", f"{path}/{approval}/dismissals", {"message": ""}).status == 422


def test_branches_are_made_once_and_moved_by_force_only(store: Store, ask: Ask) -> None:
    """`main` not at all."""
    main, change = store.repository.head("main"), store.repository.head("change")
    ref = {"ref": "refs/heads/new", "sha": change}

    assert ask("POST", "/git/refs", ref).status == 201
    assert ask("POST", "/git/refs", ref).body["message"] == "Reference already exists"
    assert ask("POST", "/git/refs", {"ref": "refs/heads/x", "sha": "f" * 40}).body["message"] == "Object does not exist"
    back = {"sha": main}
    assert ask("PATCH", "/git/refs/heads/new", back).body["message"] == "Update is not a fast forward"
    assert ask("PATCH", "/git/refs/heads/new", {**back, "force": True}).status == 200
    assert store.repository.head("new") == main
    assert ask("PATCH", "/git/refs/heads/nothing", back).body["message"] == "Reference does not exist"
    assert (
        "must be made through a pull request" in ask("PATCH", "/git/refs/heads/main", {"sha": change}).body["message"]
    )


@pytest.mark.parametrize("path", ["../x", "/x", "a/../x", ".git/config"])
def test_no_tree_has_a_file_outside(ask: Ask, path: str) -> None:
    """As git itself wants it."""
    answer = ask("POST", "/git/trees", {"tree": [{"path": path, "mode": "100644", "content": "x"}]})

    assert (answer.status, answer.body["message"]) == (422, "tree.path contains a malformed path component")


def test_an_apps_check_runs_are_its_own(store: Store, ask: Ask) -> None:
    """Another app cannot change them; a conclusion has to be one."""
    store.allow("ghs_other", app="other")
    run = ask("POST", "/check-runs", {"name": "x", "head_sha": store.repository.head("change")}).body
    path = f"/check-runs/{run['id']}"

    assert ask("PATCH", path, {"conclusion": "success"}, token="ghs_other").status == 403
    assert ask("PATCH", path, {"conclusion": "great"}).status == 422
    assert ask("PATCH", path, {"status": "completed"}).status == 422
    assert ask("PATCH", path, {"output": {"title": "t"}}).status == 422
    assert ask("PATCH", path, {"conclusion": "success"}).body["status"] == "completed"
    assert ask("PATCH", "/check-runs/1", {"conclusion": "success"}).status == 404


def test_settings_are_answered_as_they_are(store: Store, ask: Ask) -> None:
    """To GET alone, in front of everything; an answer may be a refusal."""
    store.settings[f"/repos/{NAME}/rulesets"] = [{"name": "main"}]
    store.settings[f"/repos/{NAME}/actions/secrets"] = Answer(status=403, body={"message": "no"})

    assert ask("GET", "/rulesets").body == [{"name": "main"}]
    assert ask("GET", "/actions/secrets").status == 403
    assert ask("POST", "/rulesets").status == 404


def test_what_was_asked_is_known(store: Store, ask: Ask) -> None:
    """Also what was refused, or was answered something else."""
    store.instead.append(primary_limit(0))
    assert ask("GET", "/pulls").headers["x-ratelimit-remaining"] == "0"
    ask("POST", "/issues", {"title": ""})

    assert store.asked == ["GET /pulls", "POST /issues"]
    assert store.writes == ["POST /issues"]
