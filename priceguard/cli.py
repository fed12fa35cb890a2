"""`priceguard`: one command, made of the sub-commands of the packages below it."""

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from render.garbage import collect_seldom

COMMANDS = {
    "local": "local_app:app",
    "webhooks": "webhooks:app",
    "secrets": "app_secrets:app",
    "accounts": "accounts:app",
    "render": "environments:render",
    "cost": "environments:show_cost",
    "diagram": "environments:show_diagram",
    "policy": "policy:show_policy",
    "preview": "preview:preview",
    "comment": "comment:comment",
    "deploy": "release:deploy",
    "promote": "release:promote",
    "rollback": "release:rollback",
    "follow-up": "follow_up:follow_up",
    "verify": "verify:verify",
    "money-path": "money_path:money_path",
    "netlify": "netlify:netlify",
    "drift": "drift:drift",
    "doctor": "doctor:doctor",
    "unlock": "engine_commands:unlock",
}
"""Command -> its function, or the application that it is, below `priceguard`. Only what is called is loaded."""


class Commands(TyperGroup):
    """The commands, each loaded when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the protocol's
        """All of them."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ARG002 - the protocol's
        """One of them; None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found: Any = getattr(import_module(f"priceguard.{module}"), name)
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        if isinstance(found, typer.Typer):
            alone.add_typer(found, name=cmd_name)
            return typer.main.get_group(alone).commands[cmd_name]
        alone.command(cmd_name)(found)
        return typer.main.get_command(alone)


app = typer.Typer(cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.callback()
def priceguard() -> None:
    """PriceGuard's platform: run it, see it, change it."""


def main() -> None:
    """Run the command line."""
    collect_seldom()
    app()
