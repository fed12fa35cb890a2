"""GitHub's JSON about commits, branches and files, as `gitops.github.wire` does it."""

from typing import Annotated, Literal

import msgspec

from gitops.github import model
from gitops.github.wire import GHOST, Line, Url, User
from gitops.revision import Revision

LONGEST_SUBJECT, LONGEST_NAME = 300, 100
"""Characters that are kept of what git lets be as long as anybody likes."""


class Signature(msgspec.Struct):
    """Who wrote a commit, as git keeps it."""

    name: str = ""


class Message(msgspec.Struct):
    """What git keeps of a commit."""

    message: str
    author: Signature | None = None


class Commit(msgspec.Struct):
    """A commit of a comparison."""

    sha: Revision
    commit: Message
    html_url: Url = ""
    author: User | None = None

    def model(self) -> model.Commit:
        """As the pipeline knows it."""
        name = self.commit.author.name if self.commit.author else GHOST
        return model.Commit(
            sha=self.sha,
            subject=self.commit.message.strip().split("\n", 1)[0][:LONGEST_SUBJECT],
            author=self.author.login if self.author else name[:LONGEST_NAME],
            url=self.html_url,
        )


class Comparison(msgspec.Struct):
    """A page of a comparison."""

    status: Literal["identical", "ahead", "behind", "diverged"]
    ahead_by: int
    commits: list[Commit] = []


class Object(msgspec.Struct):
    """Something of git's, by its name."""

    sha: Revision


class Reference(msgspec.Struct):
    """A branch."""

    object: Object


class GitCommit(msgspec.Struct):
    """A commit, as git keeps it."""

    sha: Revision
    tree: Object
    parents: list[Object] = []


class File(msgspec.Struct):
    """A file of a commit; the encoding is `none` when it is too large to be shown."""

    type: Line
    encoding: Line = ""
    content: Annotated[str, msgspec.Meta(max_length=2_000_000)] = ""
