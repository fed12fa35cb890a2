"""`priceguard local destroy`, `local drift` and `unlock`: what is done to a platform beside bringing it up.

Exit codes: 0 it worked, and nothing has drifted; 1 it failed; 2 the command line is wrong; 5 something has drifted;
130 Ctrl-C: the engine ends what is under way and remembers it, so that the next `up` goes on from there.
"""

import json
import sys
from collections.abc import Callable
from typing import Annotated, TypeVar

import msgspec
import typer
from rich.console import Console
from rich.text import Text

from gitops.drift_report import report
from gitops.engine import Engine, EngineError, Result, Workspace
from gitops.remainder import remainder
from local.client import ClientError
from local.display import Progress
from local.ending import INTERRUPTED, failed
from local.engine_client import ask, unlock_local
from priceguard.environments import AsJson, Stack
from render.configuration import ROOT

DRIFTED = 5
Local = Annotated[bool, typer.Option("--local", help="Of the platform on this machine.")]
T = TypeVar("T")


def destroy(*, as_json: AsJson = False) -> None:
    """Remove everything that the running platform's program made, and say what is left of it and why."""
    result = asked("destroy")
    left = remainder(result)
    deleted = [change for change in result.changes if change.op == "delete" and change.custom]
    if as_json:
        gone = [{"type": change.type, "name": change.name} for change in deleted]
        told = [{"type": one.type, "name": one.name, "id": one.id, "why": one.why} for one in left]
        sys.stdout.write(json.dumps({"deleted": gone, "left": told}, indent=2) + "\n")
        return
    console = Console()
    console.print(f"{len(deleted)} deleted", highlight=False)
    if left:
        console.print(f"{len(left)} of them are not gone:", highlight=False)
    for one in left:
        console.print(Text("  · ", "yellow") + Text(f"{one.type} {one.name} ({one.id}): {one.why}"), soft_wrap=True)
    console.print("`priceguard local up` makes everything again", highlight=False)


def drift(*, as_json: AsJson = False) -> None:
    """What is no longer as the running platform's program made it, because somebody changed it behind its back."""
    result = asked("drift")
    found = [msgspec.to_builtins(change) for change in result.changes]
    sys.stdout.write(json.dumps(found, indent=2) + "\n" if as_json else report(result))
    raise typer.Exit(DRIFTED if found else 0)


def unlock(stack: Stack, *, local: Local = False) -> None:
    """Take away the lock of an update that was killed; an update that still runs would lose what it does."""
    if local:
        carried_out(lambda: unlock_local(stack))
    else:
        carried_out(Engine(Workspace(directory=ROOT, stack=stack)).unlock)
    sys.stdout.write(f"{stack} is no longer locked\n")


def asked(operation: str) -> Result:
    """What the platform's engine has found or done; the end of the program with the reason when it could not."""
    with Progress(Console(stderr=True)) as progress:
        result, _ = carried_out(lambda: ask(operation, {}, progress.show))
    return result


def carried_out(action: Callable[[], T]) -> T:
    """What `action` gives; the end of the program with the reason when the engine could not."""
    try:
        return action()
    except (EngineError, ClientError) as error:
        raise failed(str(error)) from None
    except KeyboardInterrupt:
        raise failed("interrupted: the engine ends what is under way", INTERRUPTED) from None
