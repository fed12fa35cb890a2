"""`priceguard`: one command, made of the sub-commands of the packages below it."""

import typer

from local import commands as local_commands
from priceguard import accounts, app_secrets, doctor, engine_commands, environments, policy, preview, webhooks
from render.garbage import collect_seldom

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(local_commands.app)
app.add_typer(webhooks.app)
app.add_typer(app_secrets.app)
app.add_typer(accounts.app)
app.command("render")(environments.render)
app.command("cost")(environments.show_cost)
app.command("diagram")(environments.show_diagram)
app.command("policy")(policy.show_policy)
app.command("preview")(preview.preview)
app.command("doctor")(doctor.doctor)
app.command("unlock")(engine_commands.unlock)
local_commands.app.command("destroy")(engine_commands.destroy)
local_commands.app.command("drift")(engine_commands.drift)


@app.callback()
def priceguard() -> None:
    """PriceGuard's platform: run it, see it, change it."""


def main() -> None:
    """Run the command line."""
    collect_seldom()
    app()
