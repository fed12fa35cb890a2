"""`priceguard local`: the platform on this machine.

Exit codes: 0 it worked (`status`: healthy); 1 it failed, or runs but is not healthy; 2 the command line is wrong;
3 nothing runs (`status`); 4 another `up` is at work; 130 Ctrl-C came before everything was up.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console

from local.client import ClientError, connect_or_start, every_directory, platform_directory
from local.control import SilentError, connect, lock
from local.display import Progress, show_changes, show_status, show_summary, show_until_gone
from local.ending import INTERRUPTED, failed
from local.image.root_filesystem import remove
from local.logs import follow, last_lines, log_files
from local.overrides import OverrideError, parse_assignments
from local.postgres_place import PostgresError, remove_data
from render.configuration import ROOT

STOPPED, BUSY = 3, 4
GONE_WITHIN = 15.0  # seconds after the last answer until a stopped platform's process must have ended

EngineName = Annotated[
    Literal["auto", "pulumi", "embedded"],
    typer.Option(help="Who carries the program out: Pulumi's engine, as auto does where it is installed, or our own."),
]
app = typer.Typer(name="local", help="The platform on this machine.", no_args_is_help=True)


@app.command()
def up(
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Return when everything is healthy.")] = False,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the API; 0 takes a free one.")] = None,
    stack: Annotated[
        Literal["dev", "prod"] | None, typer.Option(help="Whose program runs: the one that runs here, or else dev.")
    ] = None,
    engine: EngineName = "auto",
    refresh: Annotated[
        bool, typer.Option("--refresh", help="Put back what changed behind the program's back.")
    ] = False,
    checkout: Annotated[
        Path, typer.Option(help="The checkout that is to run, instead of this command's own.", show_default=False)
    ] = ROOT,
    image: Annotated[bool, typer.Option("--image", help="Build the API's image and run the tasks from it.")] = False,
    assignments: Annotated[
        list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Set a configuration key for this run.")
    ] = None,
) -> None:
    """Bring the platform up, or up to date; without --detach it stops with Ctrl-C."""
    console = Console()
    if not (checkout / "Pulumi.yaml").is_file():
        raise typer.BadParameter(f"{checkout} is no checkout: it has no Pulumi.yaml", param_hint="--checkout")
    try:
        values = parse_assignments(assignments or [], builds_image=image)
        was_running = connect(local_directory()) is not None
        connection = connect_or_start(port, stack)
    except (ClientError, OverrideError) as error:
        raise failed(str(error)) from None
    with connection:
        asked = {"engine": engine, "assignments": values, "port": port, "image": image, "refresh": refresh}
        asked |= {"root": str(checkout.absolute()), "await_service": True, "attach": not detach}
        follow_up(connection.request("up", **asked), console, detach=detach, was_running=was_running)


def follow_up(events: Iterator[dict[str, Any]], console: Console, *, detach: bool, was_running: bool) -> None:
    """Show an `up` until everything is healthy, or, attached, until Ctrl-C."""
    healthy = False
    try:
        status = last_answer(events, Progress(console))
        healthy = True
        if was_running:
            show_changes(console, status["changes"])
        show_summary(console, status)
        if not detach:
            console.print("\nCtrl-C stops it.\n", style="dim")
            show_until_gone(console, events)
    except KeyboardInterrupt:
        console.print()
        if detach and was_running:
            raise failed("interrupted; the platform goes on, and so does its update", INTERRUPTED) from None
        stop(console)
        if not healthy:
            raise typer.Exit(INTERRUPTED) from None


@app.command()
def down(
    reset: Annotated[bool, typer.Option("--reset", help="Also drop all data and logs.")] = False,
) -> None:
    """Stop everything; data and logs stay unless --reset."""
    console = Console()
    if not stop(console):
        console.print("nothing runs here", highlight=False)
    if reset:
        for directory in every_directory():
            drop(directory)
        console.print("data and logs are gone", highlight=False)


@app.command()
def status(as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False) -> None:
    """What runs and where, and what the program has made; with --json also the stack outputs."""
    found: dict[str, Any] = {
        "state": "stopped",
        "stack": None,
        "checkout": None,
        "engine": None,
        "api_url": None,
        "shop_url": None,
        "outputs": {},
        "parts": [],
        "made": {},
        "at_work": None,
    }
    if connection := connect(local_directory()):
        with connection:
            found = last_answer(connection.request("status"), Progress(Console()))
    if as_json:
        print(json.dumps(found, indent=2))
    else:
        show_status(Console(), found)
    raise typer.Exit({"healthy": 0, "stopped": STOPPED}.get(found["state"], 1))


@app.command()
def logs(
    part: Annotated[
        str | None, typer.Argument(help="Only this part: api, postgresql, aws, netlify, stripe, program, platform.")
    ] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=0, help="As many of each log.")] = 20,
    follow_: Annotated[bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")] = False,
) -> None:
    """The last lines of the logs, each behind the name of its part."""
    found = {name: file for name, file in log_files(local_directory()).items() if name.startswith(part or "")}
    if not found:
        raise failed(f"there is no log of {part or 'anything'} yet; `priceguard local up` makes them")
    for name, file in found.items():
        for line in last_lines(file, lines):
            print(f"{name}  {line}")
    if follow_:
        try:
            for name, line in follow(local_directory(), part or ""):
                print(f"{name}  {line}", flush=True)
        except KeyboardInterrupt:
            return


def drop(directory: Path) -> None:
    """Drop the data and the logs of a platform that is stopped."""
    try:
        remove_data(directory / "postgres")
    except PostgresError as error:
        raise failed(str(error)) from None
    for folder in ("stripe", "pulumi", "shop"):
        shutil.rmtree(directory / folder, ignore_errors=True)
    remove(directory / "images")
    for file in (
        directory / "state.json",
        directory / "engine",
        *log_files(directory).values(),
    ):  # what was made at Stripe, with secrets
        file.unlink(missing_ok=True)


def local_directory() -> Path:
    """Where the platform keeps its data; the end of the program when it cannot be had."""
    try:
        return platform_directory()
    except ClientError as error:
        raise failed(str(error)) from None


def stop(console: Console) -> bool:
    """Stop the running platform and wait until its process is gone; whether there was one."""
    directory = local_directory()
    connection = connect(directory)
    if connection is None:
        return False
    try:
        with connection, Progress(console) as progress:
            for event in connection.request("down"):
                progress.show(event)
    except SilentError as error:
        raise failed(str(error)) from None
    wait_until_gone(directory)
    return True


def wait_until_gone(directory: Path) -> None:
    """The process that held the lock has ended when the lock can be had."""
    deadline = time.monotonic() + GONE_WITHIN
    while (held := lock(directory)) is None:
        if time.monotonic() > deadline:
            raise failed(f"the platform's process still runs; {directory / 'logs' / 'platform.log'} says what it does")
        time.sleep(0.02)
    os.close(held)


def last_answer(events: Iterator[dict[str, Any]], progress: Progress) -> dict[str, Any]:
    """Show progress until the answer comes; a failure ends the program with its reason."""
    failure = "the platform stopped before it answered: run it again, or see `priceguard local logs platform`", 1
    try:
        with progress, suppress(ConnectionError):
            for event in events:
                if "done" in event:
                    return event["done"]
                if "error" in event:
                    failure = event["error"], 1
                if "busy" in event:
                    failure = event["busy"], BUSY
                progress.show(event)
    except SilentError as error:
        failure = str(error), 1
    raise failed(*failure)
