"""Issues, and comments under them and under pull requests, which GitHub counts among them."""

from collections.abc import Iterator

from gitops.github import wire
from gitops.github.api import Api, check_marker, same
from gitops.github.model import Comment, Issue


class Issues(Api):
    """What `GitHub` does with issues and comments. Every method may raise `GitHubError`."""

    def comments(self, number: int) -> Iterator[Comment]:
        """Those under a pull request or an issue, the oldest first."""
        for page in self._pages(list[wire.Comment], f"{self._here}/issues/{number}/comments"):
            yield from (comment.model() for comment in page)

    def comment(self, number: int, marker: str, body: str) -> Comment:
        """Have one comment that begins with the marker, and let it say this.

        It is made, changed or left as it is; anybody else's with the same marker is not touched.

        Raises:
            ValueError: the body does not begin with the marker.
        """
        check_marker(marker, body)

        def find() -> Comment | None:
            return self._ours(self.comments(number), marker)

        found = find()
        if found is None:
            found = self._make(lambda: self._add_comment(number, body), find)
        if same(found.body, body):
            return found
        path = f"{self._here}/issues/comments/{found.id}"
        return self._one(wire.Comment, "PATCH", path, json={"body": body}).model()

    def issues(self, label: str = "") -> list[Issue]:
        """The open ones with a label, the newest first; without a label all."""
        params = {"state": "open"} | ({"labels": label} if label else {})
        pages = self._pages(list[wire.Issue], f"{self._here}/issues", **params)
        return [issue.model() for page in pages for issue in page if issue.pull_request is None]

    def issue(self, marker: str, title: str, body: str, labels: tuple[str, ...] = ()) -> Issue:
        """Have one open issue that begins with the marker, and let it say this, with these labels at least.

        It is looked for among those with the first label. One that is closed stays so, and another is opened.

        Raises:
            ValueError: the body does not begin with the marker.
        """
        check_marker(marker, body)

        def find() -> Issue | None:
            return self._ours(self.issues(labels[0] if labels else ""), marker)

        def make() -> Issue:
            wanted = {"title": title, "body": body, "labels": labels}
            return self._one(wire.Issue, "POST", f"{self._here}/issues", json=wanted).model()

        found = find() or self._make(make, find)
        if found.title == title and same(found.body, body) and set(labels) <= set(found.labels):
            return found
        wanted = {"title": title, "body": body, "labels": list(dict.fromkeys((*found.labels, *labels)))}
        return self._one(wire.Issue, "PATCH", f"{self._here}/issues/{found.number}", json=wanted).model()

    def close_issue(self, number: int, comment: str = "") -> None:
        """Close an issue, with a last word; repeated, nothing is said twice."""
        if comment:

            def find() -> Comment | None:
                last = [*self.comments(number)][-1:]
                return next((each for each in last if same(each.body, comment)), None)

            if find() is None:
                self._make(lambda: self._add_comment(number, comment), find)
        wanted = {"state": "closed", "state_reason": "completed"}
        self._one(wire.Issue, "PATCH", f"{self._here}/issues/{number}", json=wanted)

    def _add_comment(self, number: int, body: str) -> Comment:
        return self._one(wire.Comment, "POST", f"{self._here}/issues/{number}/comments", json={"body": body}).model()
