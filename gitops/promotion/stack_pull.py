"""A pull request of the robot's that changes a stack's file and nothing else: opened once, then brought up to date.

What people pushed onto its branch is never lost: then it is left as it is, and says so once.
"""

from dataclasses import dataclass

import msgspec

from gitops.github.api import MAIN, same
from gitops.github.client import GitHub, GitHubError
from gitops.github.model import Pull
from gitops.promotion.stack_file import only_pair_changed

LEFT = "<!-- priceguard:left -->"
CLOSED = "<!-- priceguard:closed -->"


class TakenError(GitHubError):
    """The branch holds what people made, and no pull request is open to say so in."""


@dataclass(frozen=True, kw_only=True)
class Robot:
    """One kind of these pull requests.

    Args:
        branch: the robot's own.
        file: the one that it changes.
        label: of the pull request.
        pair_only: whether of the file it changes image and revision only.
    """

    branch: str
    file: str
    label: str
    pair_only: bool


@dataclass(frozen=True, kw_only=True)
class Content:
    """What a pull request is to be.

    Args:
        base: commit of main that it is on top of.
        text: of the file.
        title: of the pull request and of its commit.
        body: begins with a marker.
    """

    base: str
    text: str
    title: str
    body: str


class _File(msgspec.Struct):
    filename: str
    status: str = ""


class _Commit(msgspec.Struct):
    sha: str


class _Range(msgspec.Struct):
    """What a branch has that main has not, from where it left main."""

    merge_base_commit: _Commit
    files: list[_File]


def main_head(github: GitHub) -> str:
    """The newest commit of main.

    Raises:
        GitHubError: there is no such branch, GitHub cannot be asked, or refuses.
    """
    head = github.head(MAIN)
    if head is None:
        raise GitHubError(f"the repository has no branch {MAIN}: push it")
    return head


def opened(github: GitHub, robot: Robot) -> Pull | None:
    """The open pull request, if there is one.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    return next((pull for pull in github.pulls(robot.branch) if pull.base_branch == MAIN), None)


def is_left_to_people(github: GitHub, robot: Robot, pull: Pull | None, main: str) -> bool:
    """Whether the branch holds what people made; the open pull request then says so, once.

    Args:
        github: asks.
        robot: which kind.
        pull: the open one.
        main: its newest commit.

    Raises:
        TakenError: it does, and none is open.
        GitHubError: GitHub cannot be asked, or refuses.
    """
    head = pull.head if pull else github.head(robot.branch)
    if head is None or _is_ours(github, robot, head, main):
        return False
    if pull is None:
        if any(one.merged and one.head == head for one in github.pulls(robot.branch, state="closed")):
            return False
        raise TakenError(
            f"the branch {robot.branch} holds commits that are not the robot's, and no pull request is open for it: "
            "open one, or delete the branch, and run this again"
        )
    github.comment(pull.number, LEFT, _LEFT.format(branch=robot.branch, file=robot.file))
    return True


_LEFT = (
    LEFT
    + "\nThere is more on `{branch}` than the robot's change of `{file}`, so the robot leaves this pull request as it "
    "is. Nothing here is brought up to date any more: neither the change nor the text above.\n\nTo let it go on, move "
    "what is yours to a branch of its own and delete `{branch}`; the next run opens a new pull request.\n"
)


def refresh(github: GitHub, robot: Robot, pull: Pull | None, content: Content) -> Pull:
    """Open the pull request, or bring the open one up to date; what is so already is not written.

    Args:
        github: asks.
        robot: which kind.
        pull: the open one; its branch must not be left to people.
        content: what it is to be.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    github.commit_files(robot.branch, content.base, {robot.file: content.text}, content.title)
    if pull is None:
        pull = github.create_pull(content.title, content.body, robot.branch)
    if pull.title != content.title or not same(pull.body, content.body):
        pull = github.edit_pull(pull.number, title=content.title, body=content.body)
    if robot.label not in pull.labels:
        github.label(pull.number, robot.label)
    return pull


def close(github: GitHub, pull: Pull, why: str) -> None:
    """Close a pull request that is needed no more, with a word about why.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    github.comment(pull.number, CLOSED, f"{CLOSED}\n{why}\n")
    github.edit_pull(pull.number, state="closed")


def _is_ours(github: GitHub, robot: Robot, head: str, main: str) -> bool:
    """Whether all that a branch has beside main is a change of the file, of the kind that the robot makes.

    By what is there, not by who made it: so it does not matter who pressed "Update branch", and a commit that was
    amended is seen.
    """
    answer = github.get(f"/repos/{github.repository}/compare/{main}...{head}")
    try:
        found = msgspec.convert(answer, _Range)
    except msgspec.ValidationError:
        return False
    if any(file.filename != robot.file or file.status != "modified" for file in found.files):
        return False
    if not found.files or not robot.pair_only:
        return True
    return not only_pair_changed(github.file(robot.file, found.merge_base_commit.sha), github.file(robot.file, head))
