"""The GitHub stand-in over loopback: for other processes, with the faults of a network."""

import json
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from gitops.github.client import GitHub, GitHubError
from local.github.repository import Repository
from local.github.server import GitHubServer
from local.github.store import Store
from local.loopback import direct_session
from render.configuration import ROOT

NAME, TOKEN = "example/platform", "ghs_job"
MARKER = "<!-- m -->"
PROGRAM = f"""
import os
from gitops.github.client import GitHub
with GitHub({NAME!r}, os.environ["GITHUB_TOKEN"], url=os.environ["GITHUB_API_URL"]) as github:
    github.comment(1, {MARKER!r}, {MARKER!r} + " from another process")
    github.commit_files("new", github.head("main"), {{"a file.txt": "new"}}, "New")
"""


@pytest.fixture
def server(tmp_path: Path) -> Generator[GitHubServer]:
    """One with a pull request."""
    repository = Repository.make(tmp_path / "platform.git", {"a file.txt": "a\n"})
    repository.commit("change", {"a file.txt": "b\n"}, "Change")
    store = Store(repository, NAME)
    store.allow(TOKEN)
    store.open_pull("change")
    with GitHubServer(store) as running:
        yield running


def test_another_process_asks_it(server: GitHubServer) -> None:
    """The whole client, past any proxy; what it did is in this process's store."""
    environment = {"GITHUB_TOKEN": TOKEN, "GITHUB_API_URL": server.url, "HTTP_PROXY": "http://127.0.0.1:9"}
    subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, env=environment, check=True, timeout=60)

    assert server.store.comments(1) == [f"{MARKER} from another process"]
    assert server.store.repository.file("new", "a file.txt") == b"new"


def test_pages_lead_back_to_it(server: GitHubServer) -> None:
    """And not to GitHub."""
    for number in range(120):
        server.store.say(1, str(number))

    with GitHub(NAME, TOKEN, url=server.url) as github:
        assert [comment.body for comment in github.comments(1)] == [str(number) for number in range(120)]
        assert github.file("a file.txt", "change") == "b\n"


@pytest.mark.parametrize("fault", [{"cut": "before"}, {"cut": "after"}, {"nonsense": True}, {"status": 503}], ids=str)
def test_faults_are_those_of_a_network(server: GitHubServer, fault: dict[str, Any]) -> None:
    """A client without patience meets them."""
    server.store.faults.add(match=r"PATCH *", **fault)

    with GitHub(NAME, TOKEN, url=server.url, patience=0) as github:
        with pytest.raises(GitHubError, match=r"PATCH /repos/example/platform/pulls/1 was (not )?answered.*given up"):
            github.edit_pull(1, title="Other")
        done = "Other" if fault.get("cut") == "after" else "A change"
        assert github.pull(1).title == done


def test_under_another_name_nothing_is_told(server: GitHubServer) -> None:
    """A page whose name was made to lead here would be of the same origin."""
    url = f"{server.url}/repos/{NAME}/pulls/1"
    with direct_session() as session:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answers = [
            session.get(url, headers={**headers, "Host": host}, timeout=10) for host in ("evil.example", "localhost")
        ]

    assert [answer.status_code for answer in answers] == [421, 200]
    assert answers[0].text == "421: Misdirected Request"


def test_two_run_side_by_side_and_end(server: GitHubServer) -> None:
    """Each on a port of its own, which is free afterwards."""
    with GitHubServer(server.store) as other:
        assert other.url != server.url
        with direct_session() as session:
            answer = session.get(
                f"{other.url}/repos/{NAME}/pulls/1", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10
            )
        assert json.loads(answer.content)["number"] == 1
    with GitHub(NAME, TOKEN, url=other.url, patience=0) as github, pytest.raises(GitHubError, match="not answered"):
        github.pull(1)
