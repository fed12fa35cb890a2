"""Carries out a one-off task of the service wherever a stack is: on AWS, or on this machine."""

import contextlib
from collections.abc import Callable, Generator, Sequence
from enum import StrEnum

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from gitops.aws import one_off_task as on_aws
from gitops.aws.one_off_task import SERVICE, Line, OneOffTaskError, Result, StillRunningError
from gitops.aws.task_log import parsed
from local.client import ClientError, platform_directory
from local.control import SilentError, connect
from local.ending import FAILED

NOTHING_RUNS, TIMED_OUT = 3, 5
MOST_SECONDS = 600


class Stack(StrEnum):
    """Where the service runs: on this machine, or in one of the environments on AWS."""

    LOCAL = "local"
    DEV = "dev"
    PROD = "prod"


class NotCarriedOutError(Exception):
    """There is no answer of the task; the message says why and what to do, `code` is the exit code for it."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


def carry_out(stack: Stack, command: Sequence[str], is_last: Callable[[Line], bool]) -> Result:
    """Run `command` in place of the service's own, with progress on standard error; Ctrl-C ends the task.

    Args:
        stack: where.
        command: what runs in the container.
        is_last: knows the line after which the task writes nothing.

    Raises:
        NotCarriedOutError: nothing runs there, the task did not start, or it did not end in time.
    """
    with shown_progress(f"one-off task on {stack}") as progress:
        if stack is Stack.LOCAL:
            return _run_here(command)
        try:
            region = on_aws.region_of(stack)
            waiting = on_aws.Waiting(most=MOST_SECONDS)
            return on_aws.run(stack, region, command, waiting=waiting, progress=progress, is_last=is_last)
        except StillRunningError as error:
            raise NotCarriedOutError(str(error), TIMED_OUT) from error
        except OneOffTaskError as error:
            raise NotCarriedOutError(str(error)) from error


def _run_here(command: Sequence[str]) -> Result:
    """Have the platform of this checkout run it."""
    try:
        connection = connect(platform_directory())
    except ClientError as error:
        raise NotCarriedOutError(str(error)) from error
    if connection is None:
        raise NotCarriedOutError("nothing runs here; `make up` starts the platform", NOTHING_RUNS)
    lines: list[Line] = []
    try:
        with connection, contextlib.suppress(ConnectionError):
            request = {"service": SERVICE, "arguments": list(command), "most_seconds": MOST_SECONDS}
            for event in connection.request("run", **request):
                if "line" in event:
                    lines.append(parsed(event["line"]))
                elif "done" in event:
                    return Result(exit_code=event["done"]["exit_code"], reason="", lines=lines)
                elif "timeout" in event:
                    raise NotCarriedOutError(event["timeout"], TIMED_OUT)
                elif "error" in event:
                    raise NotCarriedOutError(event["error"])
    except SilentError as error:
        raise NotCarriedOutError(str(error)) from error
    raise NotCarriedOutError("the platform stopped before the task had ended; `make up`, then run this again")


@contextlib.contextmanager
def shown_progress(title: str) -> Generator[Callable[[str], None]]:
    """A line with the seconds on a terminal; elsewhere a line for each change, on standard error as well."""
    console, last = Console(stderr=True), ""
    if console.is_terminal:
        columns = SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn()
        with Progress(*columns, console=console, transient=True) as shown:
            line = shown.add_task(title, total=None)
            yield lambda words: shown.update(line, description=f"{title}: {words}")
        return

    def say(words: str) -> None:
        nonlocal last
        if words != last:
            console.print(f"{title}: {words}", highlight=False, markup=False, soft_wrap=True)
        last = words

    yield say
