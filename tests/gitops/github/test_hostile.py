"""What comes back is not what was expected: another place, another server, or settings that cannot be."""

import re

import httpx
import pytest

from gitops.github.client import GitHub, GitHubError
from tests.gitops.github.bench import NAME, TOKEN, Bench, client


class TestRenamed:
    """A repository that has another name today."""

    def test_what_is_read_is_found_under_its_new_name(self, bench: Bench) -> None:
        """GitHub says where."""
        bench.store.former.add("example/old")

        github = client(bench.transport, name="example/old")
        assert github.pull(1).title == "Change it"
        assert [pull.number for pull in github.pulls_of(bench.head)] == [1]

    def test_what_would_be_written_is_not(self, bench: Bench) -> None:
        """The new name has to be set."""
        bench.store.former.add("example/old")

        with pytest.raises(GitHubError, match=r"answered 307.*renamed or moved: set GITHUB_REPOSITORY to its name"):
            client(bench.transport, name="example/old").edit_pull(1, title="t")
        assert bench.github.pull(1).title == "Change it"

    @pytest.mark.parametrize(
        "there", ["https://evil.example/repositories/1", "http://api.github.com/x", "//evil.example"]
    )
    def test_another_host_never_gets_the_token(self, there: str) -> None:
        """Nor the same one in the clear."""
        asked: list[httpx.Request] = []

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            return httpx.Response(301, headers={"location": there}, json={"message": "Moved Permanently"})

        with pytest.raises(GitHubError, match="was answered 301: Moved Permanently; the repository was renamed"):
            client(httpx.MockTransport(answer)).pull(1)
        assert [request.url.host for request in asked] == ["api.github.com"]

    def test_a_circle_ends(self, bench: Bench) -> None:
        """As every hostile answer."""
        with pytest.raises(GitHubError, match="was answered 302"):
            bench.answered(302, headers={"location": "/again"}).pull(1)


@pytest.mark.parametrize("page", ["https://evil.example/page2", "http://api.github.com/page2"])
def test_a_next_page_elsewhere_is_not_asked_for(bench: Bench, page: str) -> None:
    """A page's address is the answer's own word."""
    github = bench.answered(200, json=[], headers={"link": f'<{page}>; rel="next"'})

    with pytest.raises(GitHubError, match=r"is at another host: the token is not sent there"):
        github.reviews(1)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{}", "missing required field"),
        ('{"number": "x"}', "Expected `int`"),
        ("[1]", "Expected `object`"),
        ("", "truncated"),
    ],
)
def test_an_answer_that_is_none_of_githubs_is_told(bench: Bench, content: str, said: str) -> None:
    """A proxy's, or that of another server."""
    with pytest.raises(GitHubError, match=f"is not what its documentation says .*{said}.*is GITHUB_API_URL right"):
        bench.answered(200, content=content).pull(1)


@pytest.mark.parametrize(
    ("name", "token", "url", "said"),
    [
        ("platform", TOKEN, "https://api.github.com", "GITHUB_REPOSITORY is 'platform': it must be owner/name"),
        ("a/b/../c", TOKEN, "https://api.github.com", "it must be owner/name"),
        ("../x", TOKEN, "https://api.github.com", "it must be owner/name"),
        ("a/..", TOKEN, "https://api.github.com", "it must be owner/name"),
        ("./.", TOKEN, "https://api.github.com", "it must be owner/name"),
        (NAME, " ", "https://api.github.com", "GITHUB_TOKEN is not set: a job has it as"),
        (NAME, "ghs_two\nlines", "https://api.github.com", "GITHUB_TOKEN holds characters that no token has"),
        (NAME, TOKEN, "http://api.github.com", "GITHUB_API_URL is http://api.github.com: it must be https"),
        (NAME, TOKEN, "http://127.0.0.1.evil.example", "it must be https, or a stand-in on 127.0.0.1"),
    ],
)
def test_what_cannot_be_is_told_before_anything_is_asked(name: str, token: str, url: str, said: str) -> None:
    """By the name of the variable that is wrong."""
    with pytest.raises(GitHubError, match=re.escape(said)) as refused:
        GitHub(name, token, url=url)
    assert token.strip() == "" or token not in str(refused.value)
