"""Which environment a command is about, on AWS or on this machine, and the run that it belongs to."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Annotated

import typer

from gitops.engine import past_proxies
from gitops.release.run import Run, RunError, from_environment
from gitops.release.target import Previews, Target
from local.ending import INTERRUPTED, failed

Local = Annotated[bool, typer.Option("--local", help="Of the platform on this machine.")]


def target_of(stack: str, *, local: bool) -> Target:
    """The environment `stack`, on AWS or here."""
    if local:
        from priceguard.local_target import LocalTarget  # noqa: PLC0415 - each needs libraries that take their time

        os.environ.update(past_proxies())
        return LocalTarget(stack)
    from gitops.release.cloud_target import CloudTarget  # noqa: PLC0415 - as above

    return CloudTarget(stack)


def previews_of(stack: str, *, local: bool) -> Previews:
    """What a pull request's preview asks: on AWS the copy of the state without secrets, here the platform."""
    if local:
        return target_of(stack, local=True)
    from gitops.previews.copied_state import CopiedState  # noqa: PLC0415 - as above

    return CopiedState(stack)


def this_run() -> Run:
    """The run that this process is a part of, or the end with what is missing."""
    try:
        return from_environment(os.environ)
    except RunError as error:
        raise failed(str(error)) from None


def progress(words: str) -> None:
    """Tell whoever watches; what a command finds goes to standard output."""
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()


@contextmanager
def explained(*expected: type[Exception]) -> Generator[None]:
    """End the command with the reason when it fails as expected, or by Ctrl-C."""
    try:
        yield
    except expected as error:
        raise failed(str(error)) from None
    except KeyboardInterrupt:
        raise failed("interrupted: run it again, it goes on from what is done", INTERRUPTED) from None
