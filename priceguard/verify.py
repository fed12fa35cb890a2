"""`priceguard verify`: whether what the last update promised is what runs, and stays so; reads, and changes nothing.

Exit codes: 0 it does; 1 it does not, or nobody can tell; 2 the command line is wrong; 130 Ctrl-C.
"""

import json
from typing import Annotated

import typer
from rich.text import Text

from gitops.engine import EngineError
from gitops.previews.values import plain
from gitops.previews.words import numbered
from gitops.verification import verify as verification
from gitops.verification.result import Verified, VerifyError
from local.client import ClientError
from local.ending import FAILED, failed
from priceguard.environments import AsJson, Stack
from priceguard.one_off_task import shown_progress
from priceguard.targets import Local, explained, target_of
from priceguard.webhooks import output

USUAL = verification.Waiting()
Soak = Annotated[float, typer.Option(min=0, max=3600, help="Seconds for which it must stay so.")]
Within = Annotated[float, typer.Option(min=0, max=7200, help="Seconds until it must be so.")]


def verify(
    stack: Stack,
    *,
    local: Local = False,
    soak: Soak = USUAL.soak,
    within: Within = USUAL.most,
    as_json: AsJson = False,
) -> None:
    """Whether the tasks run the promised image, the API is well and tells the promised commit, and it stays so.

    Exit codes: 0 it does; 1 it does not (AWS gave the deployment up, something newer was deployed, the tasks do not
    come to rest, one runs another image, the API is not well), or nobody can tell; 2 the command line is wrong; 130
    Ctrl-C.
    """
    waiting = verification.Waiting(most=within, soak=soak)
    try:
        with explained(EngineError, ClientError), shown_progress(f"verifying {stack}") as progress:
            target = target_of(stack, local=local)
            expected = target.expected()
            service = target.service(expected)
            found = verification.verify(expected, service=service, waiting=waiting, progress=progress)
    except VerifyError as error:
        if as_json:
            typer.echo(json.dumps({"stack": stack, **error.as_dict()}, indent=2))
            raise typer.Exit(FAILED) from None
        raise failed("\n".join(map(plain, error.report().splitlines()))) from None
    if as_json:
        typer.echo(json.dumps({"stack": stack, **found.as_dict()}, indent=2))
    else:
        show(stack, found)


def show(stack: str, found: Verified) -> None:
    """What was promised, and what of it was seen."""
    console, promised = output(), found.expected
    console.print(Text("✓ ", "green") + Text(f"{stack} runs what was promised, and did so for {found.soaked:g} s"))
    rows = {
        "image": promised.image,
        "commit": f"{promised.revision}, as {promised.url}/health tells",
        "tasks": f"{', '.join(found.tasks)}, of {promised.task_definition.rpartition('/')[2]}",
        "log": promised.log_group,
    }
    if found.restarts:
        rows["unrest"] = f"{numbered(found.restarts, 'time')} it was well and did not stay so"
    for name, words in rows.items():
        console.print(Text(f"  {name:8}", "dim") + Text(plain(words)), soft_wrap=True)
