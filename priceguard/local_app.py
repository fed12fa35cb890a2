"""`priceguard local`: what the local platform offers by itself, and what it takes Pulumi's engine for."""

from local.commands import app
from priceguard import engine_commands

__all__ = ["app"]

app.command("destroy")(engine_commands.destroy)
app.command("drift")(engine_commands.drift)
