"""`priceguard drift`: what somebody changed in an environment behind the program's back; nothing is changed.

In a job of GitHub Actions it also has one issue for each environment say so. What cannot be looked at is told here
only: the issue stays as it is.

Exit codes: 0 nothing has drifted; 1 it could not be found out, or GitHub could not be told; 2 the command line is
wrong; 5 something has drifted; 130 Ctrl-C.
"""

import datetime as dt
import json
import os
import sys

import msgspec
import typer
from rich.console import Console

from gitops.drift_issue import report_drift
from gitops.drift_report import report
from gitops.engine import EngineError
from gitops.github.client import GitHubError
from local.client import ClientError
from local.display import Progress
from priceguard.engine_commands import DRIFTED
from priceguard.environments import AsJson, Stack
from priceguard.targets import Local, explained, progress, target_of, this_run
from render.configuration import ConfigurationError

TOKEN = "GITHUB_TOKEN"  # noqa: S105 - the name of a variable
TOLD = {
    "none": "",
    "told": "the issue says so: {url}",
    "unchanged": "the issue has said so before: {url}",
    "gone": "the issue is closed: {url}",
}


def drift(stack: Stack, *, local: Local = False, as_json: AsJson = False) -> None:
    """What is no longer as the program made it, because somebody changed it behind its back.

    With GITHUB_TOKEN set, as in a job of GitHub Actions, an issue of the repository says so too.

    Exit codes: 0 nothing has drifted; 1 it could not be found out, or GitHub could not be told; 2 the command line is
    wrong; 5 something has drifted; 130 Ctrl-C.
    """
    with explained(EngineError, ClientError, ConfigurationError, GitHubError):
        run = this_run() if os.environ.get(TOKEN) else None  # before the look, which takes its time
        with Progress(Console(stderr=True)) as shown:
            found = target_of(stack, local=local).drift(shown.show)
        changes = [msgspec.to_builtins(change) for change in found.changes]
        sys.stdout.write(json.dumps(changes, indent=2) + "\n" if as_json else report(found))
        if run:
            today = dt.datetime.now(tz=dt.UTC).date()
            told = report_drift(run.github, stack, found, run_url=run.url, today=today)
            if words := TOLD[told.outcome]:
                progress(words.format(url=told.url))
    raise typer.Exit(DRIFTED if changes else 0)
