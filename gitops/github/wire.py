"""GitHub's JSON, checked as far as it is used, and what it becomes. What is not named here is left alone."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from gitops.github import model
from gitops.revision import Revision

Id = Annotated[int, msgspec.Meta(ge=1)]
Line = Annotated[str, msgspec.Meta(max_length=2_000)]
Text = Annotated[str, msgspec.Meta(max_length=300_000)]
"""Bodies have at most 65,536 characters, which some of GitHub's parts count as four bytes each."""
Url = Annotated[str, msgspec.Meta(max_length=4_000)]

GHOST = "ghost"
"""Whom GitHub shows for an account that is gone."""


class User(msgspec.Struct):
    """Who did something."""

    login: Line
    type: Line = ""


class Repository(msgspec.Struct):
    """Where a branch is."""

    full_name: Line


class End(msgspec.Struct):
    """Either end of a pull request."""

    ref: Line
    sha: Revision
    repo: Repository | None = None


class Label(msgspec.Struct):
    """A label."""

    name: Line


class App(msgspec.Struct):
    """Whose a check run is."""

    slug: Line = ""


class Pull(msgspec.Struct):
    """A pull request, alone or in a list."""

    number: Id
    title: Line
    state: Literal["open", "closed"]
    head: End
    base: End
    html_url: Url
    body: Text | None = None
    merged_at: datetime | None = None
    merge_commit_sha: Revision | None = None
    labels: list[Label] = []
    user: User | None = None

    def model(self) -> model.Pull:
        """As the pipeline knows it."""
        merged = self.merged_at is not None
        return model.Pull(
            number=self.number,
            title=self.title,
            body=self.body or "",
            state=self.state,
            merged=merged,
            merge_commit=self.merge_commit_sha if merged else None,  # of an open one it is a trial
            head=self.head.sha,
            head_branch=self.head.ref,
            head_repository=self.head.repo.full_name if self.head.repo else None,
            base_branch=self.base.ref,
            base=self.base.sha,
            labels=tuple(label.name for label in self.labels),
            author=login(self.user),
            url=self.html_url,
        )


class Review(msgspec.Struct):
    """A review."""

    id: Id
    state: Line
    commit_id: Revision | None = None
    user: User | None = None

    def model(self) -> model.Review:
        """As the pipeline knows it."""
        return model.Review(
            id=self.id, state=self.state, commit=self.commit_id, author=login(self.user), is_bot=is_bot(self.user)
        )


class Comment(msgspec.Struct):
    """A comment of an issue or a pull request."""

    id: Id
    body: Text | None = None
    user: User | None = None

    def model(self) -> model.Comment:
        """As the pipeline knows it."""
        return model.Comment(id=self.id, body=self.body or "", author=login(self.user), is_bot=is_bot(self.user))


class Output(msgspec.Struct):
    """What a check run says."""

    title: Text | None = None
    summary: Text | None = None
    text: Text | None = None


class Check(msgspec.Struct):
    """A check run."""

    id: Id
    name: Line
    head_sha: Revision
    status: Line
    conclusion: Line | None = None
    external_id: Text | None = None
    html_url: Url | None = None
    details_url: Url | None = None
    started_at: datetime | None = None
    completed_at: datetime | None = None
    output: Output = msgspec.field(default_factory=Output)
    app: App | None = None

    def model(self) -> model.Check:
        """As the pipeline knows it."""
        return model.Check(
            id=self.id,
            name=self.name,
            head=self.head_sha,
            status=self.status,
            conclusion=self.conclusion,
            external_id=self.external_id or "",
            title=self.output.title or "",
            summary=self.output.summary or "",
            text=self.output.text or "",
            url=self.html_url or "",
            details_url=self.details_url or "",
            started_at=self.started_at,
            completed_at=self.completed_at,
        )


class Checks(msgspec.Struct):
    """A page of check runs."""

    check_runs: list[Check]


class Issue(msgspec.Struct):
    """An issue, or what GitHub shows of a pull request among them."""

    number: Id
    title: Line
    state: Line
    html_url: Url
    body: Text | None = None
    labels: list[Label] = []
    user: User | None = None
    pull_request: dict[str, object] | None = None

    def model(self) -> model.Issue:
        """As the pipeline knows it."""
        return model.Issue(
            number=self.number,
            title=self.title,
            body=self.body or "",
            state=self.state,
            labels=tuple(label.name for label in self.labels),
            url=self.html_url,
            author=login(self.user),
            is_bot=is_bot(self.user),
        )


def login(user: User | None) -> str:
    """Who did it."""
    return user.login if user else GHOST


def is_bot(user: User | None) -> bool:
    """Whether a program did."""
    return user is not None and user.type == "Bot"
