"""`priceguard render` and `priceguard cost`: an environment as its program declares it, without cloud or engine.

Exit codes: 0 it worked; 1 the program refuses its settings, or a price is missing; 2 the command line is wrong.
"""

import json
import sys
from typing import Annotated, Literal

import pulumi
import typer

from render.configuration import ConfigurationError
from render.cost import CostError, cost, table
from render.manifest import Manifest
from render.program import run

Stack = Annotated[Literal["dev", "prod"], typer.Argument(help="The environment.", show_default=False)]


def render(stack: Stack) -> None:
    """Every resource of an environment as JSON; the same bytes for the same program and settings."""
    sys.stdout.write(manifest(stack).to_json())


def show_cost(
    stack: Stack,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,  # noqa: FBT002
) -> None:
    """What an environment costs a month, by list prices and without usage."""
    try:
        found = cost(manifest(stack))
    except CostError as error:
        raise refused(error) from None
    sys.stdout.write((json.dumps(found.as_dict(), indent=2) if as_json else table(found).rstrip()) + "\n")


def manifest(stack: str) -> Manifest:
    """The environment, or the end of the program with the reason."""
    try:
        return run(stack)
    except (ConfigurationError, pulumi.RunError) as error:
        raise refused(error) from None


def refused(error: Exception) -> typer.Exit:
    """Say why on standard error, and return the exit to raise."""
    sys.stderr.write(f"✗ {error}\n")
    return typer.Exit(1)
