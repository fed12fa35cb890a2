"""`priceguard deploy`, `promote` and `rollback`: an environment is brought to a commit, proven, or taken back.

Exit codes: 0 it runs, and is proven; 1 it does not: nothing was changed, or what ran before runs again, or the message
says what runs; 2 the command line is wrong; 130 Ctrl-C, after which the same command goes on from what is done.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from gitops.engine import EngineError
from gitops.github.client import GitHubError
from gitops.netlify.errors import SyncError
from gitops.promotion.stack_file import StackFileError
from gitops.release.checkout import CheckoutError
from gitops.release.deploy import deploy as deployed
from gitops.release.promote import promote as promoted
from gitops.release.promotion import Promotion, PromotionError
from gitops.release.record import Records
from gitops.release.rollback import take_back
from gitops.release.run import Run
from gitops.release.stages import Release, StageError
from gitops.release.target import Target
from gitops.release.update import STOP
from gitops.verification.verify import Waiting
from local.client import ClientError
from priceguard.netlify import frontend_of
from priceguard.targets import Local, explained, progress, target_of, this_run
from render.configuration import ROOT

USUAL = Waiting()
EXPECTED = (
    *(StageError, GitHubError, CheckoutError, PromotionError, StackFileError, EngineError, SyncError, ClientError),
)
Dev = Annotated[Literal["dev"], typer.Argument(help="The environment.", show_default=False)]
Prod = Annotated[Literal["prod"], typer.Argument(help="The environment.", show_default=False)]
Approve = Annotated[
    str,
    typer.Option(envvar="APPROVE", help="Digest of a plan that an earlier run has shown: exactly that is approved."),
]
Soak = Annotated[float, typer.Option(min=0, max=3600, help="Seconds for which all must stay well.")]


def deploy(
    stack: Dev,
    *,
    local: Local = False,
    approve: Approve = "",
    unapproved: Annotated[
        str, typer.Option(envvar="UNAPPROVED", help="`stop`, or `go-on` with what no pull request has shown.")
    ] = STOP,
    soak: Soak = USUAL.soak,
) -> None:
    """Bring dev to the commit of this run, and prove it: the update, the roll, the money path, the frontend.

    Exit codes: 0 it runs, and is proven; 1 a stage failed, and the message says which; 2 the command line is wrong; 130
    Ctrl-C.
    """
    run = this_run()
    with explained(*EXPECTED):
        target = target_of(stack, local=local)
        release = _release(target, run, ROOT, run.sha, soak, local=local)
        deployed(release, run.github, approve=approve, unapproved=unapproved or STOP)
        progress(f"{stack} runs {run.sha[:7]}, and is proven")


def promote(
    stack: Prod,
    *,
    local: Local = False,
    approve: Approve = "",
    rollback: Annotated[
        str, typer.Option(envvar="ROLLBACK", metavar="REASON", help="Take back what runs, as `rollback` does.")
    ] = "",
    soak: Soak = USUAL.soak,
) -> None:
    """Bring prod to the pair that Pulumi.prod.yaml of this commit names, if dev proved it; back when it fails.

    Exit codes: 0 it runs, and is proven; 1 it was refused, or failed: the message says what runs; 2 the command line is
    wrong; 130 Ctrl-C.
    """
    if rollback:
        _take_back(stack, rollback, "", soak, local=local)
    with explained(*EXPECTED):
        progress(promoted(_promotion(stack, this_run(), soak, local=local), approve=approve))


def rollback(
    stack: Prod,
    *,
    reason: Annotated[str, typer.Option(help="For those who read of it.")] = "a person asked for it",
    to: Annotated[str, typer.Option(metavar="COMMIT", help="What ran well; the one before, unless given.")] = "",
    local: Local = False,
    soak: Soak = USUAL.soak,
) -> None:
    """Take back what prod runs, by the same means: the former program, image, settings and frontend.

    Afterwards `priceguard follow-up prod` opens the pull request by which Git says so.

    Exit codes: 0 the former one runs again; 1 it does not; 2 the command line is wrong; 130 Ctrl-C.
    """
    if not re.fullmatch(r"[0-9a-f]{0,40}", to):
        raise typer.BadParameter("a commit, or its beginning, in hex digits", param_hint="--to")
    _take_back(stack, reason, to, soak, local=local)


def _take_back(stack: str, reason: str, to: str, soak: float, *, local: bool) -> None:
    with explained(*EXPECTED):
        progress(take_back(_promotion(stack, this_run(), soak, local=local), reason, to))
    raise typer.Exit


def _promotion(stack: str, run: Run, soak: float, *, local: bool) -> Promotion:
    target = target_of(stack, local=local)
    return Promotion(
        github=run.github,
        records=Records(run.github, stack, run.url),
        repository=ROOT,
        commit=run.sha,
        target=target,
        release=lambda root, revision: _release(target, run, root, revision, soak, local=local),
    )


def _release(target: Target, run: Run, root: Path, revision: str, soak: float, *, local: bool) -> Release:
    return Release(
        target=target,
        frontend=_FrontendHere(target.stack) if local else frontend_of(target.stack, local=False, progress=progress),
        root=root,
        revision=revision,
        run_id=os.environ.get("GITHUB_RUN_ID") or "by hand",
        run_url=run.url,
        progress=progress,
        waiting=Waiting(soak=soak, pause=min(USUAL.pause, max(soak, 1))),
    )


@dataclass(frozen=True)
class _FrontendHere:
    """The site of the platform on this machine: `gitops.release.stages.Frontend`. It is there once an update was."""

    stack: str

    def sync(self, outputs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        return frontend_of(self.stack, local=True, progress=progress).sync(outputs)

    def restore(self, record: Mapping[str, Any]) -> str:
        return frontend_of(self.stack, local=True, progress=progress).restore(record)
