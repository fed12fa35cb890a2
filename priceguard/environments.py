"""`priceguard render`, `cost` and `diagram`: an environment as its program declares it, without cloud or engine.

Exit codes: 0 it worked; 1 the program refuses its settings, or a price is missing; 2 the command line is wrong.
"""

import json
import sys
from typing import Annotated, Literal

import pulumi
import typer

from local.ending import failed
from local.overrides import OverrideError, assign, parse_assignments
from render.configuration import ConfigurationError, read_configuration
from render.cost import CostError, cost, table
from render.diagram import diagram
from render.manifest import Manifest
from render.program import run

Stack = Annotated[Literal["dev", "prod"], typer.Argument(help="The environment.", show_default=False)]
Assignments = Annotated[
    list[str] | None, typer.Option("--set", metavar="KEY=VALUE", help="Another value of a configuration key.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def render(stack: Stack, assignments: Assignments = None) -> None:
    """Every resource of an environment as JSON; the same bytes for the same program and settings."""
    sys.stdout.write(manifest(stack, assignments).to_json())


def show_cost(stack: Stack, *, assignments: Assignments = None, as_json: AsJson = False) -> None:
    """What an environment costs a month, by list prices and without usage."""
    try:
        found = cost(manifest(stack, assignments))
    except CostError as error:
        raise failed(str(error)) from None
    sys.stdout.write((json.dumps(found.as_dict(), indent=2) if as_json else table(found).rstrip()) + "\n")


def show_diagram(stack: Stack, assignments: Assignments = None) -> None:
    """A picture of an environment, in Mermaid's language: GitHub shows it, and https://mermaid.live does."""
    sys.stdout.write(diagram(manifest(stack, assignments)))


def manifest(stack: str, assignments: list[str] | None) -> Manifest:
    """The environment with some keys set otherwise, or the end of the program with the reason."""
    try:
        config = read_configuration(stack)
        for key, value in parse_assignments(assignments or []).items():
            assign(config, key, value)
        return run(stack, config)
    except OverrideError as error:
        raise typer.BadParameter(str(error)) from None
    except (ConfigurationError, pulumi.RunError) as error:
        raise failed(str(error)) from None
