"""`priceguard follow-up`: what follows at GitHub from a release: the promotion, who is told, what Git says.

Exit codes: 0 it is done; 1 it is not; 2 the command line is wrong; 130 Ctrl-C.
"""

import datetime as dt
import os
from typing import Annotated

import typer

from gitops.github.client import API, GitHub, GitHubError
from gitops.promotion.stack_file import StackFileError
from gitops.release.checkout import CheckoutError
from gitops.release.follow_up import FollowUp
from priceguard.environments import Stack
from priceguard.targets import explained, this_run
from render.configuration import ROOT


def follow_up(
    stack: Stack,
    *,
    result: Annotated[
        str, typer.Option(envvar="RESULT", help="How the release's job ended, in GitHub's word.")
    ] = "success",
) -> None:
    """After dev's deployment: open or refresh the promotion. After prod's promotion: put Git back where it failed.

    People are told of a failure in one issue and on the pull request; a success closes what is over. Pull requests are
    opened with PROMOTION_TOKEN, an App's, because those that a job's own token opens start no workflow.

    Exit codes: 0 it is done; 1 it is not; 2 the command line is wrong; 130 Ctrl-C.
    """
    run = this_run()
    with explained(GitHubError, CheckoutError, StackFileError):
        token, url = os.environ.get("PROMOTION_TOKEN"), os.environ.get("GITHUB_API_URL") or API
        here = FollowUp(
            github=run.github,
            promoter=GitHub(run.repository, token, url=url) if token else run.github,
            repository=ROOT,
            commit=run.sha,
            run_url=run.url,
            went_well=result == "success",
            now=dt.datetime.now(tz=dt.UTC),
        )
        typer.echo(here.after_deployment(stack) if stack == "dev" else here.after_promotion(stack))
