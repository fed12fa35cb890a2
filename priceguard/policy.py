"""`priceguard policy`: whether an environment keeps the rules in `policy/`, before there is an engine."""

import datetime as dt
import json
import sys

import typer

from gitops.manifest_policy import judge
from gitops.policy_report import report
from priceguard.environments import AsJson, Assignments, Stack, manifest


def show_policy(stack: Stack, *, assignments: Assignments = None, as_json: AsJson = False) -> None:
    """Whether an environment keeps the rules: violations that stop an update, advice, and exceptions in force.

    Exit codes: 0 nothing mandatory is violated; 1 something is, or an exception has ended, or the program refuses its
    settings; 2 the command line is wrong.
    """
    judgement = judge(manifest(stack, assignments), dt.datetime.now(tz=dt.UTC).date())
    sys.stdout.write(json.dumps(judgement.as_dict(), indent=2) + "\n" if as_json else report(judgement))
    raise typer.Exit(1 if judgement.mandatory else 0)
