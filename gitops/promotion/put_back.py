"""After a release that failed: Git says again what runs, and people are told, where they look.

Every call may be repeated, and a run that was killed is simply run again.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from gitops.comments.cut import GAP, Part, Section, fitted
from gitops.comments.text import code, fenced
from gitops.github.client import GitHub
from gitops.github.model import Issue, Pull
from gitops.previews.values import clipped
from gitops.promotion import stack_pull
from gitops.promotion.sections import link, short
from gitops.promotion.stack_file import Pair, pair
from gitops.promotion.stack_pull import Content, Robot

LABEL = "rollback"
"""Of the pull request that puts the stack's file back."""
FAILED = "deployment-failed"
"""Of the issue."""
LIMIT = 60_000
MOST_LINES, LONGEST = 100, 300
"""Lines of evidence that are shown, and characters of each."""


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A promotion that failed, or a deployment of dev.

    Args:
        stack: the environment.
        failed: what it tried.
        former: what ran before; None when nothing did, or nothing goes back to it.
        reason: the cause in a line, then the evidence in any number of them.
        trouble: why the former one does not run again; empty when it does, or nobody tried.
        run_url: where all of it can be read.
        at: when.
    """

    stack: str
    failed: Pair
    former: Pair | None
    reason: str
    trouble: str
    run_url: str
    at: dt.datetime

    @property
    def kind(self) -> str:
        """What failed, in a word."""
        return "promotion" if self.stack == "prod" else "deployment"


def marker(stack: str) -> str:
    """By which issue and comment are found again; it stands first."""
    return f"<!-- priceguard:failure stack={stack} -->"


def robot(stack: str) -> Robot:
    """The kind of pull request that puts a stack's file back, as a whole: also the settings of then."""
    return Robot(branch=f"rollback/{stack}", file=f"Pulumi.{stack}.yaml", label=LABEL, pair_only=False)


def put_back(github: GitHub, failure: Failure, *, settings: str) -> Pull | None:
    """Propose that main's file of the stack says again what runs.

    Args:
        github: asks GitHub.
        failure: what happened; the former pair runs again.
        settings: text of the file that it runs with.

    Returns:
        The open pull request; None when main says so already, or names another pair meanwhile, which is not undone.

    Raises:
        StackFileError: one of the files is none.
        GitHubError: GitHub cannot be asked, or refuses.
    """
    kind = robot(failure.stack)
    base = stack_pull.main_head(github)
    there = github.file(kind.file, base)
    pull = stack_pull.opened(github, kind)
    if stack_pull.is_left_to_people(github, kind, pull, base):
        return pull
    if there == settings or not pair(there).same_as(failure.failed.digest, failure.failed.revision):
        if pull:
            stack_pull.close(github, pull, f"Closed, because `main` no longer names what failed in {failure.stack}.")
        return None
    back = pair(settings)
    content = Content(
        base=base,
        text=settings,
        title=f"Put {failure.stack} back to {back.revision[:7]}",
        body=put_back_body(failure, back),
    )
    return stack_pull.refresh(github, kind, pull, content)


def tell_failure(github: GitHub, failure: Failure, *, pull: Pull | None) -> Issue:
    """Have one open issue about it, and a comment on the pull request.

    Args:
        github: asks GitHub.
        failure: what happened.
        pull: the one whose merge was released; None when there was none.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    said = failure_body(failure, stack_pull.opened(github, robot(failure.stack)))
    title = f"The {failure.kind} of {failure.failed.revision[:7]} to {failure.stack} failed"
    issue = github.issue(marker(failure.stack), title, said, (FAILED,))
    if pull:
        github.comment(pull.number, marker(failure.stack), said)
    return issue


def clear_failure(github: GitHub, *, stack: str, run_url: str) -> None:
    """After a release of what main names: the failure before it is over, and there is nothing to put back.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    done = f"{link('A release', run_url)} to {stack} went well."
    kind = robot(stack)
    pull = stack_pull.opened(github, kind)
    if pull and not stack_pull.is_left_to_people(github, kind, pull, stack_pull.main_head(github)):
        stack_pull.close(github, pull, f"Closed, because what `main` names runs now: {done}")
    for issue in github.issues(FAILED):
        if issue.is_bot and issue.body.startswith(marker(stack)):
            github.close_issue(issue.number, done)


def put_back_body(failure: Failure, back: Pair) -> str:
    """Of the pull request: what merging does, and why it should be merged."""
    stack, now = failure.stack, short(back.revision)
    what = "the settings" if back == failure.failed else "image and program"
    heading = f"<!-- priceguard:rollback stack={stack} -->\n### Put {stack} back to {now}"
    state = (
        f"{_failed(failure)} {stack} runs {now} again, and `main` still names what failed. Merging puts {what} back in "
        f"`Pulumi.{stack}.yaml`, so that `main` says what runs. Nothing else happens: it runs already."
    )
    otherwise = (
        "Until then the next change of that file would deploy once more what failed. When it was not to blame, close "
        "this and run the promotion again."
    )
    return fitted(GAP.join([heading, state, otherwise]), list(_evidence(failure)), "", LIMIT)


def failure_body(failure: Failure, back: Pull | None) -> str:
    """Of issue and comment: what happened, what runs, what is to be done; `back` is the open pull request."""
    stack, former = failure.stack, failure.former
    todo = f"Find the cause, and merge a fix: the next {failure.kind} that goes well closes this."
    if failure.trouble:
        runs = f"> [!CAUTION]\n> **It was not rolled back:** {code(failure.trouble, 500)}."
        todo = f"Look now: `priceguard verify {stack}` says what runs, `priceguard rollback {stack}` goes back. {todo}"
    elif former:
        again = f"{stack} runs {short(former.revision)} again, with {code(former.digest, 80)}."
        runs = f"> [!NOTE]\n> **It was rolled back:** {again}"
        todo = f"Merge #{back.number}, so that `main` says what runs. {todo}" if back else todo
    else:
        runs = (
            f"> [!WARNING]\n> {stack} may have a part of it: ECS goes back to the tasks that ran before, and nobody "
            f"takes back the rest. `priceguard verify {stack}` looks."
        )
    head = GAP.join([f"{marker(stack)}\n{_failed(failure)}", runs, todo])
    return fitted(head, list(_evidence(failure)), "", LIMIT)


def _failed(failure: Failure) -> str:
    run = link(failure.kind, failure.run_url)
    first = failure.reason.strip().partition("\n")[0]
    when = f"{failure.at.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"
    return f"The {run} of {short(failure.failed.revision)} to {failure.stack} failed at {when}: {code(first, 500)}."


def _evidence(failure: Failure) -> Iterator[Section]:
    """What stands behind the first line of the reason; the last lines of it when there are many."""
    lines = failure.reason.strip().partition("\n")[2].strip("\n").splitlines()
    if lines:
        shown = [clipped(line, LONGEST) for line in lines[-MOST_LINES:]]
        more = [f"({len(lines) - MOST_LINES} lines before)"] if len(lines) > MOST_LINES else []
        yield Section(opening="#### What it said", parts=[Part(short=fenced([*more, *shown]))])
