"""What `priceguard local` shows a person."""

import json
import re
import secrets
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Self

from rich.console import Console
from rich.status import Status
from rich.table import Table
from rich.text import Text

PARTS = {
    "postgresql": "PostgreSQL",
    "aws": "AWS (moto)",
    "netlify": "Netlify stand-in",
    "stripe": "Stripe stand-in",
    "image": "image",
    "program": "Pulumi program",
    "load-balancer": "load balancer",
    "shop": "demo shop",
    "service": "service",
}
MARKS = {"create": "[green]+[/]", "update": "[yellow]~[/]", "replace": "[magenta]±[/]", "delete": "[red]-[/]"}


class Progress:
    """Shows the events of an `up` or a `down` as they come: a line per part, with its seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status: Status | None = None
        self._made = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._settle()

    def show(self, event: dict[str, Any]) -> None:
        """Show one event; those that are not progress are not shown."""
        if "op" in event:
            self._made += event["op"] in MARKS
            self._spin(f"{PARTS['program']}: {self._made} resources changed, at {event['type']} {event['name']}")
        elif event.get("state") == "starting":
            self._spin(PARTS[event["part"]])
        elif "part" in event:
            self._settle()
            name = PARTS[event["part"]]
            words = event.get("text") or event["state"]
            self._console.print(
                f"  [green]✓[/] {name:<18}{words:<50}{event['seconds']:>6.1f} s", highlight=False, soft_wrap=True
            )

    def _settle(self) -> None:
        if self._status:
            self._status.stop()
            self._status = None

    def _spin(self, text: str) -> None:
        if not self._console.is_terminal:
            return
        if self._status is None:
            self._status = self._console.status(text)
            self._status.start()
        self._status.update(text)


def show_changes(console: Console, changes: list[dict[str, Any]]) -> None:
    """What an `up` changed on a platform that was running: a line per resource."""
    if not changes:
        console.print("  nothing to change", highlight=False)
    for change in changes:
        properties = f" [dim]({', '.join(change['changed'])})[/]" if change["changed"] else ""
        mark = MARKS[change["op"]]
        line = f"  {mark} {change['op']:<8}{change['type']} {change['name']}{properties}"
        console.print(line, highlight=False, soft_wrap=True)


def show_summary(console: Console, status: dict[str, Any]) -> None:
    """URLs, stack outputs, and commands to try that work as they are printed, where there is somebody to answer."""
    console.print()
    stripe = next(part["address"] for part in status["parts"] if part["name"] == "stripe")
    api = {"API": status["api_url"]} if status["api_url"] else {}
    shop = {"Demo shop": status["shop_url"]} if status["shop_url"] else {}
    rows = {**shop, **api, "Stripe stand-in": stripe, **flat(status["outputs"])}
    width = max(map(len, rows))
    for name, value in rows.items():
        console.print(f"  [bold]{name:<{width}}[/]  {value}", highlight=False, soft_wrap=True)
    if any(part["name"].startswith("api/") for part in status["parts"]):
        show_attempts(console, status["api_url"])
    else:
        why = "priceguard:image is none, or priceguard:dns waits until the certificate's records are entered"
        console.print(f"\nNo service runs, the program makes none: {why}.", highlight=False, soft_wrap=True)
    console.print("\nStop it: make down", highlight=False)


def show_attempts(console: Console, api_url: str) -> None:
    """Commands that make an account and log in."""
    console.print("\n[bold]Try it:[/]")
    # A new address each time: accounts survive restarts.
    account = json.dumps({"email": f"you+{secrets.token_hex(3)}@example.com", "password": "correct horse battery"})
    for action in ("register", "login"):
        command = f"curl -s {api_url}/api/auth/{action} -H 'Content-Type: application/json' -d '{account}'"
        console.print(Text(f"  {command}"), soft_wrap=True)


def show_status(console: Console, status: dict[str, Any]) -> None:
    """Stack, state and URL, below them the parts, and what was made, a line for each service."""
    head = (status["stack"], status["state"], status["api_url"])
    console.print("  ".join(filter(None, head)), highlight=False)
    if not status["parts"]:
        return
    table = Table("part", "state", "address", "pid", box=None, pad_edge=False, header_style="dim")
    for part in status["parts"]:
        style = "green" if part["state"] in {"running", "healthy"} else "yellow"
        table.add_row(part["name"], Text(part["state"], style), part["address"] or "", str(part["pid"] or ""))
    console.print(table)
    made = Table("service", "what the program has made there", box=None, pad_edge=False, header_style="dim")
    for service, kinds in status["made"].items():
        made.add_row(service, ", ".join(counted(count, kind) for kind, count in kinds.items()))
    console.print()
    console.print(made)


def counted(count: int, kind: str) -> str:
    """`6 subnets`, `1 policy`, `2 policies`."""
    if count == 1:
        return f"1 {kind}"
    return f"{count} {re.sub('(?<![aeiou])y$', 'ie', kind)}s"


def flat(outputs: dict[str, Any]) -> dict[str, Any]:
    """Objects become one row per member, at any depth: `netlifyEnvironment.VITE_API_BASE_URL`."""
    rows: dict[str, Any] = {}
    for name, value in sorted(outputs.items()):
        members = flat(value) if isinstance(value, dict) else {}
        rows |= {f"{name}.{inner}": v for inner, v in members.items()} or {name: value}
    return rows


def show_until_gone(console: Console, events: Iterable[dict[str, Any]]) -> None:
    """What happens to tasks while a person looks on."""
    with suppress(ConnectionError):
        for event in events:
            if "event" in event:
                console.print(f"  [dim]·[/] {event['event']}", highlight=False, soft_wrap=True)
