"""What an update would do to an environment, what the rules say of it, and what it would cost: all of one preview."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pulumi

from gitops.engine_manifest import from_states
from gitops.engine_result import Result
from gitops.previews.basis import Program
from gitops.previews.rendered import RenderedError
from policy.exceptions import RuleException, in_force
from render.configuration import ConfigurationError
from render.cost import CostError, Difference, cost, difference
from render.diagram import diagram
from render.manifest import Manifest
from render.program import run

LOSSES = frozenset({"delete", "replace"})
"""Operations after which what was there is gone."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """One preview.

    Args:
        stack: the environment.
        result: what the engine found.
        cost: of what is there, and of what the program asks for; none when a price cannot be told.
        cost_missing: why it cannot.
        exceptions: from the rules, those of this environment that have not ended.
        picture: what changes, in Mermaid's language; empty when nothing does, or it cannot be drawn.
        rendered: whether it compares two programs, and asked no engine.
        program: whose it is: `revision` for that of the commit that the stack names, `promotion` for one that the
            stack gets by a promotion only, empty for the stack's own.
        ours_seconds: what was added to the engine's own time.
    """

    stack: str
    result: Result
    cost: Difference | None
    cost_missing: str = ""
    exceptions: tuple[RuleException, ...] = ()
    picture: str = ""
    rendered: bool = False
    program: Program = ""
    ours_seconds: float = field(default=0, compare=False)

    @property
    def has_changes(self) -> bool:
        """Whether an update would do anything."""
        return bool(self.result.changes)

    @property
    def refused(self) -> bool:
        """Whether the engine refuses; see `is_refused`."""
        return is_refused(self.result)

    @property
    def blocked(self) -> bool:
        """Whether an update cannot be made; see `is_blocked`."""
        return is_blocked(self.result)

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON; secrets are masked."""
        found = self.result
        return {
            "stack": self.stack,
            "rendered": self.rendered,
            "program": self.program,
            "blocked": self.blocked,
            "changes": [asdict(one) for one in found.changes],
            "unchanged": found.unchanged,
            "policy": [asdict(one) for one in found.policy],
            "exceptions": [{**asdict(one), "until": one.until.isoformat()} for one in self.exceptions],
            "diagnostics": [asdict(one) for one in found.diagnostics],
            "cost": self.cost.as_dict() if self.cost else {"missing": self.cost_missing},
            "picture": self.picture,
            "timing": {**asdict(found.timing), "ours": round(self.ours_seconds, 2)},
        }


def is_refused(result: Result) -> bool:
    """Whether the engine understood the program, and refuses: by a mandatory rule, or to protect a resource."""
    lost = any(one.protect and one.op in LOSSES for one in result.changes)
    return lost or any(one.mandatory for one in result.policy)


def is_blocked(result: Result) -> bool:
    """Whether an update cannot be made: it is refused, or the engine reports an error."""
    return is_refused(result) or any(one.severity == "error" for one in result.diagnostics)


def examine(
    stack: str,
    result: Result,
    config: Mapping[str, str],
    *,
    declared: Callable[[], Manifest] | None = None,
    rendered: bool = False,
    program: Program = "",
) -> Preview:
    """What a preview of the engine means.

    Args:
        stack: `dev` or `prod`.
        result: what the engine found.
        config: the configuration that it ran with, as text.
        declared: gives what the program declares; without it, the program of this checkout is run.
        rendered: whether no engine was asked.
        program: whose program it is.
    """
    began = time.monotonic()
    found, missing, picture = _declared(stack, result, declared or (lambda: run(stack, config)))
    today = dt.datetime.now(tz=dt.UTC).date()
    return Preview(
        stack=stack,
        result=result,
        cost=found,
        cost_missing=missing,
        exceptions=in_force(stack, today),
        picture=picture,
        rendered=rendered,
        program=program,
        ours_seconds=time.monotonic() - began,
    )


def _declared(stack: str, result: Result, declared: Callable[[], Manifest]) -> tuple[Difference | None, str, str]:
    """The cost from what is there to what the program asks for, or why it cannot be told; and what changes, drawn."""
    picture = ""
    try:
        there = cost(from_states(result.before, stack))
        if not result.changes:
            # To run the program once more takes a second; it would find what is there.
            return difference(there, there), "", picture
        manifest = declared()
        picture = _picture(manifest, {change.urn for change in result.changes})
        return difference(there, cost(manifest)), "", picture
    except (CostError, ConfigurationError, RenderedError, pulumi.RunError) as error:
        return None, str(error), picture


def _picture(manifest: Manifest, changed: set[str]) -> str:
    try:
        text = diagram(manifest, changed)
        return text if text.count("\n") > 1 else ""
    except LookupError:  # a subnet without the tag by which it is drawn, or the like: the rest is worth more
        return ""
