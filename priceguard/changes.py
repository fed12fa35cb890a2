"""The trail of an account's billing, as `priceguard webhooks changes` shows it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from gitops.previews.values import plain

WHOSE = re.compile(r"cus_[A-Za-z0-9_]+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SECONDS = len("2026-01-31T12:00:00")
CHANGE = ("at", "cause", "events", "before", "after")


def whose(value: str) -> str:
    """Refuse what is neither a customer nor an account, before anything runs."""
    if not WHOSE.fullmatch(value):
        raise typer.BadParameter(f"{value}: a customer looks like cus_1ABC, an account like 01234567-89ab-...")
    return value


def table(changes: Sequence[Mapping[str, Any]]) -> Table:
    """A row for each change, with a line for each thing that it changed."""
    result = Table("when (UTC)", box=None, pad_edge=False, header_style="dim")
    result.columns[0].no_wrap = True
    result.add_column("caused by", overflow="fold")
    result.add_column("what changed", overflow="fold")
    for change in changes:
        when = plain(str(change["at"]))[:SECONDS].replace("T", " ")
        cause = "\n".join(plain(str(one)) for one in (change["cause"], *(change["events"] or ())))
        result.add_row(Text(when), Text(cause), Text("\n".join(differences(change["before"], change["after"]))))
    return result


def differences(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """`["status: active → past_due"]`; what has no name of its own here is the subscription's."""
    old, new = dict(leaves(before or {})), dict(leaves(after or {}))
    names = [name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]
    return [f"{shown(name)}: {old.get(name, 'none')} → {new.get(name, 'none')}" for name in names]


def shown(name: str) -> str:
    """The name for people."""
    return plain(name if name == "subscription.id" else name.removeprefix("subscription."))


def leaves(value: Mapping[str, Any], above: str = "") -> list[tuple[str, str]]:
    """`{"a": {"b": 1}}` -> `[("a.b", "1")]`, without what is null."""
    found: list[tuple[str, str]] = []
    for name, one in value.items():
        if isinstance(one, Mapping):
            found += leaves(one, f"{above}{name}.")  # pyright: ignore[reportUnknownArgumentType]
        elif one is not None:
            found.append((f"{above}{name}", plain(str(one))))
    return found
