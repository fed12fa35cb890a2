"""What GitHub tells, as far as the pipeline needs it. Titles, bodies and names in it are anybody's text."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Pull:
    """A pull request.

    Attributes:
        number: shared with issues.
        title: one line.
        body: Markdown.
        state: `closed` also when it was merged.
        merged: whether it was.
        merge_commit: the commit on the base branch that has its changes; None unless it was merged.
        head: commit that it proposes, 40 hex digits; of a closed one the last.
        head_branch: where that is.
        head_repository: `owner/name` of the branch, of a fork another; None when that repository is gone.
        base_branch: where it goes.
        base: commit of that branch that it is compared with.
        labels: their names.
        author: login; `ghost` when the account is gone.
        url: for people.
    """

    number: int
    title: str
    body: str
    state: Literal["open", "closed"]
    merged: bool
    merge_commit: str | None
    head: str
    head_branch: str
    head_repository: str | None
    base_branch: str
    base: str
    labels: tuple[str, ...]
    author: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """What somebody said of a pull request.

    Attributes:
        id: for dismissing it.
        state: `APPROVED`, `CHANGES_REQUESTED`, `COMMENTED`, `DISMISSED` or `PENDING`.
        commit: that was looked at; None when it is gone.
        author: login.
        is_bot: whether that is a program.
    """

    id: int
    state: str
    commit: str | None
    author: str
    is_bot: bool


@dataclass(frozen=True, kw_only=True)
class Comment:
    """One under a pull request or an issue.

    Attributes:
        id: for editing it.
        body: Markdown.
        author: login.
        is_bot: whether that is a program.
    """

    id: int
    body: str
    author: str
    is_bot: bool


@dataclass(frozen=True, kw_only=True)
class Check:
    """A check run of a commit.

    Attributes:
        id: for changing it.
        name: what branch rules require.
        head: the commit.
        status: `queued`, `in_progress` or `completed`.
        conclusion: such as `success`, `failure`, `neutral`, `action_required`; None until it is completed.
        external_id: ours to choose.
        title: one line.
        summary: Markdown.
        text: Markdown, or whatever we keep there.
        url: for people, at GitHub.
        details_url: where its details are, as we said.
        started_at: when it began.
        completed_at: when it ended.
    """

    id: int
    name: str
    head: str
    status: str
    conclusion: str | None
    external_id: str
    title: str
    summary: str
    text: str
    url: str
    details_url: str
    started_at: datetime | None
    completed_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Issue:
    """An issue.

    Attributes:
        number: shared with pull requests.
        title: one line.
        body: Markdown.
        state: `open` or `closed`.
        labels: their names.
        url: for people.
        author: login.
        is_bot: whether that is a program.
    """

    number: int
    title: str
    body: str
    state: str
    labels: tuple[str, ...]
    url: str
    author: str
    is_bot: bool


@dataclass(frozen=True, kw_only=True)
class Commit:
    """A commit.

    Attributes:
        sha: 40 hex digits.
        subject: first line of its message.
        author: login, else the name in the commit, which anybody can choose.
        url: for people.
    """

    sha: str
    subject: str
    author: str
    url: str


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How one commit stands to another.

    Attributes:
        status: `identical`, `ahead`, `behind` or `diverged`: how `head` stands to `base`.
        ahead_by: commits that `head` has and `base` has not.
        commits: these, the oldest first, at most `gitops.github.branches.MOST_COMMITS`.
    """

    status: str
    ahead_by: int
    commits: tuple[Commit, ...]
