"""From the engine's events to a `Result`."""

import re
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from pulumi.automation.events import EngineEvent, StepEventMetadata, StepEventStateMetadata

from gitops.engine_diff import property_changes, shown
from gitops.engine_result import Change, Diagnostic, PolicyResult, ResourceState, Result, Timing
from render.registration import type_and_name

# A replacement is told as several steps; the logical one stands for all of them.
_PARTS = {"create-replacement", "delete-replaced", "discard-replaced", "import-replacement", "read-replacement"}
_NOTHING = {"same", "read", "refresh"}
# It is given the whole configuration, so it differs whenever any key does; that changes nothing that it made.
_OF_DYNAMIC = "pulumi:providers:pulumi-python"
_COLOUR = re.compile(r"<\{%.*?%\}>|\x1b\[[0-9;]*m")


class Collector:
    """Takes the engine's events, which come from other threads.

    Args:
        report: told of each resource that is done.
    """

    def __init__(self, report: Callable[[dict[str, Any]], None] | None) -> None:
        self._report = report
        self._lock = threading.Lock()
        self._started = time.monotonic()
        self._marks: dict[str, float] = {}
        self._total: float | None = None
        self._began: dict[tuple[str, str], float] = {}
        self._steps: dict[tuple[str, str], StepEventMetadata] = {}
        self._policy: dict[PolicyResult, None] = {}
        self._diagnostics: list[Diagnostic] = []

    def take(self, event: EngineEvent) -> None:
        """Keep what one event says."""
        with self._lock:
            self._take(event, time.monotonic() - self._started)

    def close(self) -> None:
        """The command has ended."""
        self._total = time.monotonic() - self._started

    def result(self) -> Result:
        """What has been said until now."""
        with self._lock:
            steps = list(self._steps.values())
            return Result(
                changes=tuple(_change(step) for step in steps if _counts(step) and step.op.value not in _NOTHING),
                unchanged=sum(step.op.value == "same" for step in steps if _counts(step)),
                policy=tuple(self._policy),
                diagnostics=tuple(self._diagnostics),
                before=tuple(_states(step.old for step in steps if step.op.value != "create-replacement")),
                after=tuple(_states(step.new for step in steps if step.op.value != "delete-replaced")),
                timing=self._timing(),
            )

    def _take(self, event: EngineEvent, now: float) -> None:
        if event.prelude_event:
            self._marks["prelude"] = now
        elif pre := event.resource_pre_event:
            self._mark(now)
            self._step(pre.metadata)
            self._began[_key(pre.metadata)] = now
        elif done := event.res_outputs_event:
            self._mark(now)
            self._step(done.metadata)
            self._tell(done.metadata, now)
        elif policy := event.policy_event:
            found = PolicyResult(
                policy=policy.policy_name,
                mandatory=policy.enforcement_level == "mandatory",
                urn=policy.resource_urn or "",
                message=_uncoloured(policy.message),
            )
            self._policy[found] = None  # a stack rule may tell it twice
        elif (said := event.diagnostic_event) and not said.ephemeral and said.severity != "debug":
            message = _uncoloured(said.message)
            self._diagnostics.append(Diagnostic(severity=said.severity, message=message, urn=said.urn or ""))

    def _mark(self, now: float) -> None:
        self._marks.setdefault("first", now)
        self._marks["last"] = now

    def _step(self, step: StepEventMetadata) -> None:
        self._steps[_key(step)] = step

    def _tell(self, step: StepEventMetadata, now: float) -> None:
        if self._report and _counts(step) and (told := _change(step)).custom:
            seconds = round(now - self._began.get(_key(step), now), 3)
            changed = sorted({one.path.split(".")[0].split("[")[0] for one in told.diff})
            self._report({"op": told.op, "type": told.type, "name": told.name, "changed": changed, "seconds": seconds})

    def _timing(self) -> Timing:
        total = self._total if self._total is not None else time.monotonic() - self._started
        prelude, first, last = (self._marks.get(word, total) for word in ("prelude", "first", "last"))
        return Timing(
            total=round(total, 2),
            start=round(prelude, 2),
            program=round(first - prelude, 2),
            resources=round(last - first, 2),
            end=round(total - last, 2),
        )


def _counts(step: StepEventMetadata) -> bool:
    """Whether it is a step of its own, and not a part of one or a matter of the engine's."""
    return step.op.value not in _PARTS and step.type != _OF_DYNAMIC


def _key(step: StepEventMetadata) -> tuple[str, str]:
    return step.urn, step.op.value


def _change(step: StepEventMetadata) -> Change:
    state = step.new or step.old
    diff = property_changes(step)
    type_, name = type_and_name(step.urn)
    return Change(
        op=step.op.value,
        urn=step.urn,
        type=type_,
        name=name,
        diff=diff,
        reasons=tuple(step.keys or ()) or tuple(one.path for one in diff if one.replaces),
        custom=bool(state and state.custom) and not step.type.startswith("pulumi:"),
        protect=bool(state and state.protect),
        retained=bool(step.old and step.old.retain_on_delete),
    )


def _states(states: Iterable[StepEventStateMetadata | None]) -> list[ResourceState]:
    """Each resource once, as it was told last."""
    known = {state.urn: state for state in states if state}
    return [
        ResourceState(
            urn=state.urn,
            type=state.type,
            id=state.id,
            custom=bool(state.custom),
            parent=state.parent,
            provider=state.provider,
            protect=bool(state.protect),
            inputs=shown(state.inputs or {}),
            outputs=shown(state.outputs or {}),
        )
        for state in known.values()
    ]


def _uncoloured(text: str) -> str:
    return _COLOUR.sub("", text).strip()
