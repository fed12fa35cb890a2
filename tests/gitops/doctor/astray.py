"""How tests bring what a service says astray."""

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gitops.doctor.report import State
from tests.gitops.doctor.world import GITHUB, OWNERS, Change, World


@dataclass(frozen=True)
class Astray:
    """What is done, its one row, and parts of what is found and of the fix."""

    finding: str
    found: str
    fix: str
    make: Change
    state: State = State.WRONG
    environments: tuple[str, ...] = ("dev", "prod")


def put(path: str, *keys: Any, value: Any) -> Change:
    """Change what is deep inside an answer of GitHub."""

    def change(world: World) -> None:
        inside = world.at(path)
        for key in keys[:-1]:
            inside = inside[key]
        inside[keys[-1]] = value

    return change


def without(path: str, /, *keys: Any, **named: str) -> Change:
    """Take the items of a list with that name away."""

    def change(world: World) -> None:
        inside = world.at(path)
        for key in keys:
            inside = inside[key]
        inside[:] = [item for item in inside if not named.items() <= item.items()]

    return change


def more(path: str, /, *keys: Any, **item: Any) -> Change:
    """Put another item into a list."""

    def change(world: World) -> None:
        inside = world.at(path)
        for key in keys:
            inside = inside[key]
        inside.append(item)

    return change


def gone(path: str) -> Change:
    """Nothing is there."""
    return lambda world: world.answers.pop(f"{GITHUB}{path}")


def all_of(*changes: Change) -> Change:
    """One after the other."""
    return lambda world: [change(world) for change in changes]


def code_owners(change: Callable[[str], str]) -> Change:
    """Another text of the file."""
    content = base64.b64encode(change(OWNERS).encode()).decode()
    return put("/contents/.github/CODEOWNERS", "content", value=content)


def of_app(key: str, **named: str) -> Change:
    """Take a part of the promotion's App away."""
    return without(f"/environments/follow-up/{key}", key, **named)
