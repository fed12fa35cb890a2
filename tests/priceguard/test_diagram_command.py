"""`priceguard diagram`."""

from typer.testing import CliRunner

from priceguard.cli import app
from render.diagram import diagram
from render.program import run


def priceguard_diagram(*arguments: str) -> str:
    """What the command prints."""
    done = CliRunner().invoke(app, ["diagram", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def test_it_prints_the_picture() -> None:
    """As `render.diagram` draws it."""
    assert priceguard_diagram("prod") == diagram(run("prod"))


def test_other_settings_give_another_picture() -> None:
    """So that they can be tried before they are written down."""
    assert "multi-AZ" in priceguard_diagram("dev", "--set", "priceguard:database.multiAz=true")
