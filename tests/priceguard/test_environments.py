"""`priceguard render` and `priceguard cost`."""

import json

import pytest
from typer.testing import CliRunner

from priceguard.cli import app
from render.program import run


def priceguard(*arguments: str, code: int = 0) -> str:
    """What a command prints on standard output."""
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code, done.output
    return done.stdout


def test_render_prints_the_manifest() -> None:
    """As the program gives it, byte for byte."""
    assert priceguard("render", "dev") == run("dev").to_json()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_cost_prints_lines_and_a_total(stack: str) -> None:
    """For people and for programs the same."""
    shown, found = priceguard("cost", stack), json.loads(priceguard("cost", stack, "--json"))

    assert found["unknown"] == []
    total = next(line for line in shown.splitlines() if line.startswith("total"))
    assert total.split()[-1] == f"{found['monthly_usd']:.2f}"


def test_another_environment_is_none() -> None:
    """There are two."""
    assert priceguard("cost", "staging", code=2) == ""
