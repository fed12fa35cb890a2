"""`priceguard comment`: puts a preview on its pull request. It runs main's code, and takes every word for a stranger's.

Exit codes: 0 the pull request has it, or there is none to have it; 1 GitHub refuses or cannot be asked, or something
that a job has set is missing; 2 the command line is wrong; 130 Ctrl-C.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gitops.comments.pull_request import Posted, post
from gitops.github.client import GitHubError
from gitops.previews.result import PreviewResult, PreviewResultError, read
from priceguard.environments import Stack
from priceguard.preview_commit import commit
from priceguard.targets import explained, this_run

ResultFile = Annotated[
    Path, typer.Option("--result", metavar="FILE", help="What `priceguard preview --result` has written.")
]
Head = Annotated[str, typer.Option("--head", metavar="SHA", callback=commit, help="The commit that was previewed.")]
RunUrl = Annotated[str | None, typer.Option("--run-url", help="Where the preview ran; without it, this run.")]


def comment(stack: Stack, *, result: ResultFile, head: Head, run_url: RunUrl = None) -> None:
    """Tell the pull request what its preview found: a comment that stays current, and a check.

    Exit codes: 0 the pull request has it, or there is none to have it; 1 GitHub refuses or cannot be asked, or
    something that a job has set is missing; 2 the command line is wrong; 130 Ctrl-C.
    """
    with explained(GitHubError):
        run = this_run()
        done = post(run.github, _read(result, stack, head), stack=stack, head=head, run_url=run_url or run.url)
    sys.stdout.write(f"{_words(done, head)}\n")


def _read(path: Path, stack: str, head: str) -> PreviewResult | str:
    """The result, or what is wrong with it: that is for the pull request too."""
    try:
        return read(path, stack, head)
    except PreviewResultError as error:
        return str(error)


def _words(done: Posted, head: str) -> str:
    if not done.pulls:
        return f"no open pull request has {head[:7]} as its head: there is nobody to tell"
    numbers = ", ".join(f"#{number}" for number in done.pulls)
    taken = f", destroy-approved taken from {', '.join(f'#{number}' for number in done.taken)}" if done.taken else ""
    dismissed = f", approvals dismissed: {done.dismissed}" if done.dismissed else ""
    return f"{numbers}: {done.conclusion}{taken}{dismissed}"
