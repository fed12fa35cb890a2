"""`priceguard money-path`: whether an event that Stripe makes reaches the deployed API and is settled there.

Exit codes: 0 it is; 1 it is not, or nobody can tell; 2 the command line is wrong; 130 Ctrl-C.
"""

import json
import os

import typer
from rich.text import Text

from gitops.engine import EngineError
from gitops.previews.values import plain
from gitops.previews.words import numbered
from gitops.stored_secrets.stripe_key import StripeKeyError
from gitops.verification import money_path as gate
from gitops.verification.money_path_result import MoneyPathError, Paid
from gitops.verification.result import VerifyError
from local.client import ClientError
from local.ending import FAILED, failed
from priceguard.environments import AsJson, Stack
from priceguard.one_off_task import shown_progress
from priceguard.targets import Local, explained, target_of
from priceguard.webhooks import output


def money_path(stack: Stack, *, local: Local = False, as_json: AsJson = False) -> None:
    """Make a customer at Stripe, delete it, and wait until the API has settled the event of it; nobody is charged.

    It needs STRIPE_API_KEY in the mode of the environment (prod: live), with the rights to write customers and to read
    events and webhook endpoints.

    Exit codes: 0 the event was delivered and settled; 1 it was not (the endpoint is disabled, Stripe did not deliver
    it, or the API's log does not name it), or nobody can tell; 2 the command line is wrong; 130 Ctrl-C.
    """
    expected = EngineError, ClientError, StripeKeyError, VerifyError
    try:
        with explained(*expected), shown_progress(f"money path of {stack}") as progress:
            target = target_of(stack, local=local)
            paid = gate.money_path(
                target.stripe(),
                target.outputs(),
                booked=target.booked,
                run_id=os.environ.get("GITHUB_RUN_ID") or "by hand",
                progress=progress,
            )
    except MoneyPathError as error:
        if as_json:
            typer.echo(json.dumps({"stack": stack, **error.as_dict()}, indent=2))
            raise typer.Exit(FAILED) from None
        raise failed(plain(str(error))) from None
    if as_json:
        typer.echo(json.dumps({"stack": stack, **paid.as_dict()}, indent=2))
    else:
        show(stack, paid)


def show(stack: str, paid: Paid) -> None:
    """What went all the way."""
    console = output()
    console.print(Text("✓ ", "green") + Text(f"{stack} can take money: {paid}"), soft_wrap=True)
    if paid.removed:
        words = f"{numbered(paid.removed, 'customer')} of earlier runs that were killed deleted"
        console.print(Text(f"  {words}", "dim"), soft_wrap=True)
