"""What is at the stand-in, and what people do there by hand."""

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any, Literal

from local.github.answers import Object, RefusedError, missing, person
from local.github.repository import GitError, Repository

WEB = "https://github.com"


class People:
    """Pull requests, issues and check runs as they are kept, and the hands of people; arguments as `Store`.

    Attributes:
        repository: branches and commits.
        name: `owner/name`.
        pulls: by number; `head_sha` is what the branch was when somebody last looked, or was closed at.
        threads: issues and pull requests by number: title, body, state, labels, comments.
        check_runs: by id, as GitHub shows them.
        protected: see `Store`.
        actions_may_create_pulls: see `Store`.
    """

    def __init__(self, repository: Repository, name: str, now: Callable[[], datetime]) -> None:
        self.repository = repository
        self.name = name
        self.pulls: dict[int, Object] = {}
        self.threads: dict[int, Object] = {}
        self.check_runs: dict[int, Object] = {}
        self.protected: set[str] = {"main"}
        self.actions_may_create_pulls = True
        self._now = now
        self._numbers, self._ids = count(1), count(1001)

    def time(self) -> str:
        """Now, as GitHub writes it."""
        return f"{self._now():%Y-%m-%dT%H:%M:%SZ}"

    def new_id(self) -> int:
        """One that nothing else has."""
        return next(self._ids)

    def thread(self, number: int) -> Object:
        """An issue or pull request.

        Raises:
            RefusedError: there is none.
        """
        if number not in self.threads:
            raise missing()
        return self.threads[number]

    def open_thread(self, title: str, body: str, author: str, labels: list[str] | None = None) -> int:
        """Begin an issue, or what a pull request has in common with one; return its number."""
        number = next(self._numbers)
        self.threads[number] = {
            "number": number,
            "title": title,
            "body": body,
            "state": "open",
            "user": person(author),
            "labels": list(dict.fromkeys(labels or [])),
            "comments": [],
        }
        return number

    def open_pull(
        self,
        head: str,
        *,
        title: str = "A change",
        body: str = "",
        author: str = "alice",
        base: str = "main",
        fork: str | None = None,
        commit: str | None = None,
    ) -> int:
        """Open a pull request and return its number.

        Args:
            head: its branch.
            title: one line.
            body: Markdown.
            author: login.
            base: where it goes.
            fork: `owner/name` of the fork that has the branch; None for this repository.
            commit: what a fork's branch ends with, whose objects are in the repository as GitHub has them too.
        """
        number = self.open_thread(title, body, author)
        self.pulls[number] = {
            "head_branch": head,
            "head_repository": fork or self.name,
            "head_sha": commit or self.repository.head(head),
            "base_branch": base,
            "base_sha": self.repository.head(base),
            "merged_at": None,
            "merge_commit_sha": None,
            "reviews": [],
        }
        return number

    def head_of(self, number: int) -> str:
        """What a pull request proposes now: where its branch is, until it is closed or the branch deleted."""
        pull = self.pulls[number]
        if self.threads[number]["state"] == "open" and pull["head_repository"] == self.name:
            there = self.repository.head(pull["head_branch"])
            if there and there != pull["head_sha"]:
                pull |= {"head_sha": there, "base_sha": self.repository.head(pull["base_branch"])}
        return pull["head_sha"]

    def merge(self, number: int, method: Literal["merge", "squash"] = "merge") -> str:
        """Merge a pull request by hand; return the commit that its base branch ends with.

        Raises:
            RefusedError: it is closed, or contradicts what is there.
        """
        pull, thread = self.pulls[number], self.thread(number)
        head = self.head_of(number)
        if thread["state"] != "open":
            raise RefusedError(405, "Pull Request is not mergeable")
        merged = f"Merge pull request #{number} from {pull['head_repository'].split('/')[0]}/{pull['head_branch']}"
        message = f"{thread['title']} (#{number})" if method == "squash" else f"{merged}\n\n{thread['title']}"
        try:
            commit = self.repository.merge(pull["base_branch"], head, message, squash=method == "squash")
        except GitError:
            raise RefusedError(405, "Pull Request is not mergeable") from None
        thread["state"] = "closed"
        pull |= {"merged_at": self.time(), "merge_commit_sha": commit}
        return commit

    def close(self, number: int) -> None:
        """Close an issue or pull request by hand."""
        if number in self.pulls:
            self.head_of(number)
        self.thread(number)["state"] = "closed"

    def say(self, number: int, body: str, author: str = "alice") -> int:
        """Comment by hand; return the comment's id."""
        made = self.new_id()
        comment = {"id": made, "body": body, "user": person(author), "created_at": self.time()}
        self.thread(number)["comments"].append(comment)
        return made

    def review(self, number: int, state: str = "APPROVED", author: str = "bob", commit: str | None = None) -> int:
        """Review what a pull request proposes now, or proposed once; return the review's id."""
        made, seen = self.new_id(), commit or self.head_of(number)
        review = {"id": made, "state": state, "commit_id": seen, "user": person(author), "submitted_at": self.time()}
        self.pulls[number]["reviews"].append(review)
        return made

    def label(self, number: int, *names: str) -> None:
        """Label by hand."""
        labels = self.thread(number)["labels"]
        labels += [name for name in dict.fromkeys(names) if name not in labels]

    def comments(self, number: int) -> list[str]:
        """What stands under an issue or pull request, the oldest first."""
        return [comment["body"] for comment in self.thread(number)["comments"]]

    def checks(self, commit: str, name: str | None = None) -> list[Any]:
        """The check runs of a commit, the oldest first, as GitHub shows them."""
        runs = self.check_runs.values()
        return [run for run in runs if run["head_sha"] == commit and name in {None, run["name"]}]
