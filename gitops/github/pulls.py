"""Pull requests, their reviews and labels."""

from collections.abc import Iterator
from typing import Any, Literal

from gitops.github import wire
from gitops.github.api import MAIN, Api, quoted
from gitops.github.errors import GitHubError
from gitops.github.model import Pull, Review

State = Literal["open", "closed", "all"]
DISMISSED = "DISMISSED"


class Pulls(Api):
    """What `GitHub` does with pull requests. Every method may raise `GitHubError`."""

    def pull(self, number: int) -> Pull:
        """One of this repository."""
        return self._one(wire.Pull, "GET", f"{self._here}/pulls/{number}").model()

    def pulls_of(self, commit: str) -> list[Pull]:
        """Every one that has a commit, whatever its state, by number.

        GitHub's own answer leaves out what comes from a fork; of these the open ones are found whose head it is.
        """
        found = {pull.number: pull for pull in self._associated(commit)}
        found |= {pull.number: pull for pull in self._list(state="open") if pull.head == commit}
        return [found[number] for number in sorted(found)]

    def merged(self, commit: str) -> list[Pull]:
        """Those that were merged, by number; of what is on the branch that deploys, GitHub leaves out none."""
        return sorted((pull for pull in self._associated(commit) if pull.merged), key=lambda pull: pull.number)

    def _associated(self, commit: str) -> Iterator[Pull]:
        """In GitHub's own opinion."""
        pages = self._pages(list[wire.Pull], f"{self._here}/commits/{quoted(commit)}/pulls")
        return (pull.model() for page in pages for pull in page)

    def pulls(self, head_branch: str, *, state: State = "open") -> list[Pull]:
        """Those of a branch of this very repository, the newest first."""
        owner = self.repository.split("/", maxsplit=1)[0]
        return [
            pull
            for pull in self._list(state=state, head=f"{owner}:{head_branch}")
            if pull.head_branch == head_branch and (pull.head_repository or "").lower() == self.repository.lower()
        ]

    def create_pull(self, title: str, body: str, head: str, base: str = MAIN) -> Pull:
        """Open one from the branch `head` to the branch `base`; where one is open already, that one as it is."""

        def find() -> Pull | None:
            return next((pull for pull in self.pulls(head) if pull.base_branch == base), None)

        def make() -> Pull:
            wanted = {"title": title, "body": body, "head": head, "base": base}
            return self._one(wire.Pull, "POST", f"{self._here}/pulls", json=wanted).model()

        try:
            return self._make(make, find)
        except GitHubError as error:
            if error.status == 422 and (found := find()):
                return found
            raise

    def edit_pull(
        self,
        number: int,
        *,
        title: str | None = None,
        body: str | None = None,
        state: Literal["open", "closed"] | None = None,
    ) -> Pull:
        """Change what is given and leave the rest."""
        wanted = {"title": title, "body": body, "state": state}
        given = {name: value for name, value in wanted.items() if value is not None}
        return self._one(wire.Pull, "PATCH", f"{self._here}/pulls/{number}", json=given).model()

    def reviews(self, number: int) -> list[Review]:
        """Those of a pull request, the oldest first."""
        pages = self._pages(list[wire.Review], f"{self._here}/pulls/{number}/reviews")
        return [review.model() for page in pages for review in page]

    def dismiss_review(self, number: int, review_id: int, message: str) -> None:
        """Let an approval, or a request for changes, count no longer; one that is dismissed stays so."""
        path = f"{self._here}/pulls/{number}/reviews/{review_id}"
        try:
            self._send("PUT", f"{path}/dismissals", json={"message": message, "event": "DISMISS"})
        except GitHubError as error:
            if error.status != 422 or self._one(wire.Review, "GET", path).state != DISMISSED:
                raise

    def label(self, number: int, *names: str) -> None:
        """Give a pull request or an issue labels that it has, or has not yet; what no label is becomes one."""
        if names:
            self._send("POST", f"{self._here}/issues/{number}/labels", json={"labels": names}, repeatable=True)

    def unlabel(self, number: int, name: str) -> None:
        """Take a label away; one that is not there is no error."""
        try:
            self._send("DELETE", f"{self._here}/issues/{number}/labels/{quoted(name)}")
        except GitHubError as error:
            if error.status != 404:
                raise

    def _list(self, **params: Any) -> Iterator[Pull]:
        for page in self._pages(list[wire.Pull], f"{self._here}/pulls", **params):
            yield from (pull.model() for pull in page)
