"""`priceguard webhooks`: the inbox of webhooks, and what came of them in an account; `docs/runbook.md` says when.

Each command runs `api.operations` as a one-off task of the service's own image, because only there the database can be
reached: on AWS for `--stack dev` and `prod`, on this machine for `--stack local`.

Exit codes: 0 it worked; 1 it failed, or something was left (`replay`: an event that was not booked, `reconcile`: an
account that could not be read), or there is no such account (`changes`); 2 the command line is wrong; 3 nothing runs
here; 5 the task did not end within ten minutes; 130 Ctrl-C, which ends the task.
"""

import json
import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from gitops.aws.one_off_task import Line, Result
from gitops.previews import values as preview_values
from gitops.previews.words import numbered
from local.ending import FAILED, INTERRUPTED, failed
from local.operations import OPERATIONS
from priceguard import changes as trail
from priceguard.one_off_task import NotCarriedOutError, Stack, carry_out

EVENT_ID = re.compile(r"evt_[A-Za-z0-9_]+")
LAST_LINES = 5
MINUTES = len("2026-01-31T12:00")
STYLES = {"dead": "red", "pending": "yellow"}
EVENT = ("id", "type", "state", "attempts", "customer", "received_at", "reason")

app = typer.Typer(name="webhooks", help="The inbox of Stripe's webhooks.", no_args_is_help=True)


class State(StrEnum):
    """What became of an event."""

    PENDING = "pending"
    BOOKED = "booked"
    IGNORED = "ignored"
    DEAD = "dead"


def event_ids(values: list[str] | None) -> list[str]:
    """Refuse what is no id of an event, before anything runs."""
    if wrong := [value for value in values or () if not EVENT_ID.fullmatch(value)]:
        raise typer.BadParameter(f"{', '.join(wrong)}: the id of an event looks like evt_1ABC")
    return values or []


Where = Annotated[Stack, typer.Option("--stack", help="Where the service runs.")]
AsJson = Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")]


@app.command("list")
def list_events(
    *,
    states: Annotated[list[State] | None, typer.Option("--state", help="Only these; may be repeated.")] = None,
    most: Annotated[int, typer.Option(min=1, max=1000, help="As many, the newest.")] = 50,
    stack: Where = Stack.LOCAL,
    as_json: AsJson = False,
) -> None:
    """The newest events, what became of them, and why."""
    chosen = [part for state in states or () for part in ("--state", str(state))]
    result = answer_of(stack, ["list", *chosen, "--most", str(most)])
    events = [{name: line.get(name) for name in EVENT} for line in of(result, "webhook_event")]
    if as_json:
        print_json(stack, result, events=events)
    else:
        show_events(events, most, stack)
    raise typer.Exit(min(result.exit_code, FAILED))


@app.command()
def replay(
    *,
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="EVENT_ID", callback=event_ids, help="evt_...; without any, all dead ones."),
    ] = None,
    stack: Where = Stack.LOCAL,
    as_json: AsJson = False,
) -> None:
    """Give events their effect again; repeating it is harmless."""
    result = answer_of(stack, ["replay", *(ids or ())])
    replayed = [
        {name: line.get(name) for name in ("id", "booked", "reason")} for line in of(result, "webhook_replayed")
    ]
    refused = [{name: line.get(name) for name in ("id", "reason")} for line in of(result, "webhook_not_replayed")]
    if as_json:
        print_json(stack, result, replayed=replayed, not_replayed=refused)
    else:
        console = output()
        for event in replayed:
            why = (
                "booked"
                if event["booked"]
                else f"not booked: {event['reason'] or 'a task of the service may be at it, see `list`'}"
            )
            show_line(console, event["id"], why, good=bool(event["booked"]))
        for event in refused:
            show_line(console, event["id"], f"not replayed: {event['reason']}", good=False)
        left = sum(not event["booked"] for event in replayed)
        words = f"{len(replayed)} replayed, {left} of them not booked" if replayed else "nothing was replayed"
        console.print(words, highlight=False)
    raise typer.Exit(min(result.exit_code, FAILED))


@app.command()
def reconcile(
    *,
    most: Annotated[int | None, typer.Option(min=1, max=1000, help="As many accounts; without it all.")] = None,
    stack: Where = Stack.LOCAL,
    as_json: AsJson = False,
) -> None:
    """Read the state of every customer at Stripe again; repeating it is harmless."""
    result = answer_of(stack, ["reconcile", *(["--most", str(most)] if most else [])])
    failures = [
        {name: line.get(name) for name in ("account_id", "reason")} for line in of(result, "reconciliation_failed")
    ]
    done = next(of(result, "done"))
    if as_json:
        print_json(stack, result, read=done["read"], failed=done["failed"], failures=failures)
    else:
        console = output()
        for failure in failures:
            show_line(console, failure["account_id"], f"not read: {failure['reason']}", good=False)
        console.print(
            f"{numbered(done['read'], 'account')} read again, {done['failed']} could not be read", highlight=False
        )
    raise typer.Exit(min(result.exit_code, FAILED))


@app.command()
def changes(
    *,
    whose: Annotated[
        str,
        typer.Argument(
            metavar="CUSTOMER|ACCOUNT",
            callback=trail.whose,
            help="The customer at Stripe, cus_..., or the account's id.",
            show_default=False,
        ),
    ],
    most: Annotated[int, typer.Option(min=1, max=1000, help="As many, the newest.")] = 20,
    stack: Where = Stack.LOCAL,
    as_json: AsJson = False,
) -> None:
    """Why an account is as it is: what changed its billing, the newest first, and which webhook or request did it."""
    result = answer_of(stack, ["changes", whose, "--most", str(most)])
    found = [{name: line.get(name) for name in trail.CHANGE} for line in of(result, "billing_change")]
    if as_json:
        print_json(stack, result, account_id=next(of(result, "done"))["account_id"], changes=found)
    elif found:
        console = output()
        console.print(trail.table(found))
        more = "; there may be more, see --most" if len(found) == most else ""
        console.print(f"{numbered(len(found), 'change')}{more}", highlight=False)
    else:
        output().print("nothing has changed the billing of this account")
    raise typer.Exit(min(result.exit_code, FAILED))


def answer_of(stack: Stack, arguments: Sequence[str]) -> Result:
    """Run `api.operations`; without its answer the program ends here, with the reason."""
    try:
        result = carry_out(stack, [*OPERATIONS, *arguments], lambda line: line.get("event") in {"done", "failed"})
    except NotCarriedOutError as error:
        raise failed(str(error), error.code) from None
    except KeyboardInterrupt:
        raise failed("interrupted, and the task with it; running it again is harmless", INTERRUPTED) from None
    if any(of(result, "done")):
        return result
    if reason := next((line.get("reason") for line in of(result, "failed")), None):
        raise failed(f"the task failed: {plain(reason)}")
    if result.exit_code == 0:
        raise failed("the task worked, but its answer is not in its log; is priceguard:logLevel above INFO there?")
    ended = f"the task ended with exit code {result.exit_code}{f' ({result.reason})' if result.reason else ''}"
    last = [plain(line.get("text") or json.dumps(line)) for line in result.lines[-LAST_LINES:]]
    raise failed("\n    ".join([f"{ended} and no answer; its last lines:", *(last or ["it wrote nothing"])]))


def of(result: Result, event: str) -> Iterator[Line]:
    """The lines of one kind."""
    return (line for line in result.lines if line.get("event") == event)


def show_events(events: list[dict[str, Any]], most: int, stack: Stack) -> None:
    """A table, and what can be done."""
    console = output()
    if not events:
        console.print("no events")
        return
    table = Table("event", box=None, pad_edge=False, header_style="dim")
    table.columns[0].no_wrap = True
    table.add_column("type", overflow="fold")
    table.add_column("state", no_wrap=True)
    table.add_column("attempts", no_wrap=True, justify="right")
    table.add_column("received (UTC)", no_wrap=True)
    table.add_column("reason", overflow="fold")
    for event in events:
        row = [Text(plain(event[name])) for name in ("id", "type", "state", "attempts", "received_at", "reason")]
        row[2].stylize(STYLES.get(row[2].plain, ""))
        row[4] = Text(row[4].plain[:MINUTES].replace("T", " "))
        table.add_row(*row)
    console.print(table)
    more = "; there may be more, see --most" if len(events) == most else ""
    console.print(f"{numbered(len(events), 'event')}{more}", highlight=False)
    if any(event["state"] == State.DEAD for event in events):
        where = "" if stack is Stack.LOCAL else f" --stack {stack}"
        console.print(f"`priceguard webhooks replay{where}` tries the dead ones again", style="dim", highlight=False)


def show_line(console: Console, name: Any, words: str, *, good: bool) -> None:
    """One thing that was done, or not."""
    mark = Text("✓ ", "green") if good else Text("✗ ", "red")
    console.print(mark + Text(f"{plain(name)}  {plain(words)}"), soft_wrap=True)


def print_json(stack: Stack, result: Result, **answer: Any) -> None:
    """The answer for programs."""
    typer.echo(json.dumps({"stack": stack, "exit_code": result.exit_code, **answer}, indent=2))


def output() -> Console:
    """Standard output; a file has no right edge."""
    console = Console()
    if not console.is_terminal:
        console.width = max(console.width, 240)
    return console


def plain(value: Any) -> str:
    """A value as text that leaves the terminal alone: what is in an event, others wrote."""
    return preview_values.plain("" if value is None else str(value))
