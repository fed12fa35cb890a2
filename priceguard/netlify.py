"""`priceguard netlify`: the frontend's site gets what the stack made, and is built only when it has to be.

Exit codes: 0 it is as it should be, or was brought there; 1 it was refused, or failed, and what people see is what it
was, or the message says otherwise; 2 the command line is wrong; 130 Ctrl-C, after which the same command goes on.
"""

import json
import os
import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import requests
import typer
from rich.table import Table
from rich.text import Text

from gitops.engine import EngineError
from gitops.netlify.builds import BUDGET, CREDITS
from gitops.netlify.client import API
from gitops.netlify.errors import SyncError
from gitops.netlify.frontend import NetlifyFrontend
from gitops.netlify.plan import Plan, Synced
from gitops.netlify.waiting import Waiting
from local.client import ClientError
from local.engine_client import NOTHING_RUNS, PlatformEngineError, told
from local.loopback import direct_session
from priceguard.environments import AsJson, Stack
from priceguard.one_off_task import shown_progress
from priceguard.targets import Local, explained, target_of
from priceguard.webhooks import output, plain

SITE = "priceguard"
"""Name of the site on this machine."""
HERE = Waiting(most=60, shown=10, pause=0.2)
_ANSWERS_WITHIN = 10  # seconds


def netlify(
    stack: Stack,
    *,
    local: Local = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    budget: Annotated[int, typer.Option(min=0, help="Credits that a month's production deploys may cost.")] = BUDGET,
    build: Annotated[bool, typer.Option("--build/--no-build", help="Build when what is published is older.")] = True,
    as_json: AsJson = False,
) -> None:
    """Write the variables of the frontend's build; of prod, also build and publish when what is published is older.

    The site is NETLIFY_SITE_ID, changed with NETLIFY_AUTH_TOKEN. Running it twice is as good as once.

    Exit codes: 0 it is as it should be, or was brought there; 1 it was refused, or failed, and what people see is what
    it was, or the message says otherwise; 2 the command line is wrong; 130 Ctrl-C, after which it can be run again.
    """
    with explained(SyncError, EngineError, ClientError), shown_progress(f"Netlify for {stack}") as progress:
        outputs = target_of(stack, local=local).outputs()
        frontend = frontend_of(stack, local=local, progress=progress, budget=budget, build=build)
        found = frontend.plan(outputs) if dry_run else frontend.carry_out(outputs)
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, **found.as_dict()}, indent=2))
        return
    show(found if isinstance(found, Plan) else found.plan)
    if isinstance(found, Synced):
        output().print(Text("✓ ", "green") + Text(found.line()), soft_wrap=True)


def frontend_of(
    stack: str,
    *,
    local: bool,
    progress: Callable[[str], None],
    budget: int = BUDGET,
    build: bool = True,
    environment: Mapping[str, str] = os.environ,
) -> NetlifyFrontend:
    """The site of NETLIFY_SITE_ID, or the one on this machine.

    Raises:
        SyncError: a variable is not set, or no site can be asked with it.
        EngineError, ClientError: the platform on this machine does not run.
    """
    found = _here(stack) if local else _named(environment)
    return NetlifyFrontend(
        token=found["token"],
        url=found["url"],
        site_id=found["id"],
        stack=stack,
        budget=budget,
        build=build,
        waiting=HERE if local else Waiting(),
        progress=progress,
    )


def _named(environment: Mapping[str, str]) -> dict[str, str]:
    token, site = (environment.get(name, "").strip() for name in ("NETLIFY_AUTH_TOKEN", "NETLIFY_SITE_ID"))
    if not token or re.search(r"[^!-~]", token):
        raise SyncError(
            "NETLIFY_AUTH_TOKEN is not set, or holds what no token has: make a token at "
            "https://app.netlify.com/user/applications and export it, whole"
        )
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,100}", site):
        raise SyncError("NETLIFY_SITE_ID is not set, or no id: export the `Project ID` of the site's settings")
    return {"token": token, "id": site, "url": environment.get("NETLIFY_API_URL") or API}


def _here(stack: str) -> dict[str, str]:
    """The site of the platform on this machine, made when there is none."""
    parts: list[dict[str, Any]] = (told(stack, "status") or {}).get("parts", [])
    address = next((part["address"] for part in parts if part["name"] == "netlify"), None)
    if not address:
        raise PlatformEngineError(NOTHING_RUNS)
    try:
        with direct_session() as session:
            answer = session.post(f"{address}/_stand_in/sites", json={"name": SITE}, timeout=_ANSWERS_WITHIN)
        answer.raise_for_status()
    except requests.RequestException as error:
        said = f"{type(error).__name__}; `priceguard local logs netlify` says why"
        raise SyncError(f"the Netlify stand-in gives no site: {said}") from error
    return {**answer.json(), "url": f"{address}/api/v1"}


def show(plan: Plan) -> None:
    """What becomes of each variable, and whether the site is built."""
    console = output()
    if plan.changes:
        table = Table("variable", "context", "now", "becomes", box=None, pad_edge=False, header_style="dim")
        for change in plan.changes:
            values = (change.before or "(none)", change.after or "(none)")
            table.add_row(*(Text(plain(text)) for text in (change.name, change.context, *values)))
        console.print(table)
    else:
        console.print("every variable is as it should be", highlight=False)
    if plan.title:
        words = f"one build, {CREDITS} credits of the {plan.credits.left} left this month: {plan.title}"
        console.print(plain(words), highlight=False, soft_wrap=True)
    elif plan.outdated:
        console.print(f"published without {', '.join(plan.outdated)}; not built", highlight=False, soft_wrap=True)
    else:
        console.print("no build", highlight=False)
