"""How a command ends that could not do what it was asked for."""

import typer
from rich.console import Console
from rich.text import Text

FAILED, INTERRUPTED = 1, 130


def failed(message: str, code: int = FAILED) -> typer.Exit:
    """Say why on standard error, and return the exit to raise."""
    Console(stderr=True).print(Text("✗ ", "red") + Text(message), soft_wrap=True)
    return typer.Exit(code)
