"""`priceguard preview`: what an update would do to an environment, as Pulumi's engine sees it; nothing is changed.

With `--base` or `--result` it is the preview of a pull request (`priceguard/preview_commit.py`).

Exit codes: 0 nothing changes, or an update may be made; 1 the preview failed, or an update would be refused: a
mandatory rule is violated, or a protected resource would go; 2 the command line is wrong; 130 Ctrl-C.
"""

import json
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text

from gitops.engine import Engine, EngineError, Report, Workspace
from gitops.engine_result import Result
from gitops.previews.preview import Preview, examine
from gitops.previews.report import report
from gitops.previews.words import numbered
from local.client import ClientError
from local.ending import INTERRUPTED, failed
from local.engine_client import preview_local
from local.overrides import OverrideError, assign, parse_assignments
from priceguard.environments import AsJson, Assignments, Stack
from priceguard.preview_commit import Base, Head, Of, Rendered, ResultFile, of_commit
from render.configuration import ROOT, ConfigurationError, read_configuration

PACK = ROOT / "policy"
STYLES = {
    "±": "red",
    "-": "red",
    "✗": "red",
    "+": "green",
    "~": "yellow",
    "!": "yellow",
    "REPLACE": "bold",
    "DELETE": "bold",
}
"""Beginning of a line -> its colour on a terminal."""


def preview(
    stack: Stack,
    *,
    local: Annotated[bool, typer.Option("--local", help="Of the platform on this machine.")] = False,
    assignments: Assignments = None,
    as_json: AsJson = False,
    timing: Annotated[bool, typer.Option("--timing", help="Also where the time went.")] = False,
    refresh: Annotated[bool, typer.Option("--refresh", help="Look first at what is really there.")] = False,
    base: Base = None,
    rendered: Rendered = False,
    result: ResultFile = None,
    head: Head = None,
) -> None:
    """What an update would create, update, replace and delete, what the rules say of it, and what it would cost.

    Exit codes: 0 nothing changes, or an update may be made; 1 the preview failed, or an update would be refused; 2 the
    command line is wrong; 130 Ctrl-C.
    """
    if local and refresh:
        raise typer.BadParameter("`priceguard local drift` looks at what is really there", param_hint="--refresh")
    if assignments and not local:
        raise typer.BadParameter("only with --local: the cloud has what is committed", param_hint="--set")
    of = Of(base=base, rendered=rendered, result=result, head=head)
    if of.is_commit:
        if assignments or refresh:
            raise typer.BadParameter("a pull request is previewed as it is: without --set and --refresh")
        found = of_commit(stack, of, local=local, watched=watched)
    else:
        found = examined(stack, settings(assignments), local=local, refresh=refresh)
    if as_json:
        typer.echo(json.dumps(found.as_dict(), indent=2))
    else:
        show(report(found, timing=timing))
    raise typer.Exit(1 if found.blocked else 0)


@contextmanager
def watched(stack: str) -> Generator[Report]:
    """A report of the engine that says how far it is, where there is a terminal."""
    with Console(stderr=True).status(f"previewing {stack}") as status:
        yield counting(lambda words: status.update(f"previewing {stack}: {words}"))


def settings(assignments: list[str] | None) -> dict[str, str]:
    """What is set for this run."""
    try:
        return parse_assignments(assignments or [])
    except OverrideError as error:
        raise typer.BadParameter(str(error)) from None


def examined(stack: str, assignments: dict[str, str], *, local: bool, refresh: bool) -> Preview:
    """The preview; also one that the engine refuses for a reason that the report tells. Otherwise the end."""
    try:
        config = read_configuration(stack)
        for key, value in assignments.items():
            assign(config, key, value)
        with watched(stack) as tell:
            try:
                if local:
                    result, config = preview_local(stack, assignments, tell)
                else:
                    result = remote(stack, tell, refresh)
            except EngineError as error:
                config = getattr(error, "config", None) or config
                if error.result is None or not (found := examine(stack, error.result, config)).refused:
                    raise
                return found
            return examine(stack, result, config)
    except (EngineError, ClientError, ConfigurationError) as error:
        raise failed(str(error)) from None
    except KeyboardInterrupt:
        raise failed("interrupted; a preview changes nothing", INTERRUPTED) from None


def remote(stack: str, tell: Report, refresh: bool) -> Result:  # noqa: FBT001 - as the engine's own
    """What the engine finds in the cloud."""
    return Engine(Workspace(directory=ROOT, stack=stack, policy_packs=(PACK,))).preview(tell, refresh=refresh)


def counting(say: Callable[[str], Any]) -> Report:
    """A report of the engine, which comes from several threads, that says how many resources it has seen."""
    lock, seen = threading.Lock(), 0

    def tell(event: dict[str, Any]) -> None:
        nonlocal seen
        with lock:
            seen += "op" in event
            say(numbered(seen, "resource"))

    return tell


def show(text: str) -> None:
    """A report, in colours where there is a terminal."""
    console = Console()
    for line in text.splitlines():
        console.print(Text(line, STYLES.get(line.split(" ", 1)[0], "")), soft_wrap=True)
