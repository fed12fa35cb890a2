"""The embedded runner: the real Pulumi program, its resources made by the local providers.

`python -m local.runner` reads a job (JSON) from standard input, runs the program once, creates, updates, replaces
and deletes what differs from the state, and writes one JSON object a line: an event per resource, then `done` with
the stack outputs, or `error`. It is small on purpose: one resource after another, no refresh, no preview; after a
failure the next run goes on from what was made. Pulumi's engine does all of that. Drift is looked for by both.
"""

import importlib
import json
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

import msgspec
import pulumi

from local.drift import drift
from local.providers import Diff, ProviderError, Providers, Resource, Surroundings, takes_the_name
from local.state import REPLACED, Entry, State
from render.configuration import ConfigurationError
from render.garbage import collect_seldom
from render.monitor import run_program
from render.registration import Made, Registration, masked, plain

Report = Callable[[dict[str, Any]], None]


class ProtectedError(Exception):
    """The program would delete or replace a resource that it protects."""


@dataclass
class Applier:
    """A `render.monitor.Maker` that brings each resource to what the program asks for."""

    providers: Providers
    state: State
    report: Report
    seen: set[str] = field(default_factory=set)

    def make(self, registration: Registration) -> Made:
        """Create, update, replace or leave one resource; remember it and report the operation."""
        started = time.monotonic()
        old = self.state.entries.get(registration.urn)
        inputs = self._checked(registration, old)
        diff = self.providers.diff(registration.type, old.resource.inputs, inputs) if old else None
        operation = self._operation(old, diff)
        resource = self._apply(operation, registration, old, inputs)
        self.seen.add(registration.urn)
        self.state.entries[registration.urn] = Entry(resource, registration.options)
        if operation != "same":
            self.state.save()
        self._report(operation, registration.type, registration.name, started, diff)
        return Made(resource.id, {**registration.inputs, **resource.outputs})

    def call(self, token: str, args: dict[str, Any]) -> dict[str, Any]:
        """Answer a provider function."""
        return self.providers.invoke(token, plain(args))

    def remove_the_rest(self) -> None:
        """Delete what was replaced, and what the program no longer declares, last made first."""
        gone = [urn for urn in reversed(self.state.entries) if urn not in self.seen]
        for urn in sorted(gone, key=lambda urn: urn.endswith(REPLACED)):  # what was replaced, after what used it
            self._delete(self.state.entries[urn])
            self.state.remove(urn)

    def _checked(self, registration: Registration, old: Entry | None) -> dict[str, Any]:
        old_inputs = old.resource.inputs if old else None
        inputs = self.providers.check(registration.type, registration.name, plain(registration.inputs), old_inputs)
        if old_inputs is not None:
            ignored = registration.options.get("ignoreChanges", ())
            inputs |= {name: old_inputs[name] for name in ignored if name in old_inputs}
        return inputs

    @staticmethod
    def _operation(old: Entry | None, diff: Diff | None) -> str:
        if old is None or diff is None:
            return "create"
        if diff.replaces:
            return "replace"
        return "update" if diff.changed else "same"

    def _apply(self, operation: str, registration: Registration, old: Entry | None, inputs: dict[str, Any]) -> Resource:
        if old is None:
            return self.providers.create(registration.type, registration.name, inputs)
        if operation == "same":
            return old.resource
        if operation == "update":
            return self.providers.update(old.resource, inputs)
        refuse_if_protected(old)
        if takes_the_name(old.resource.inputs, inputs):
            self._delete(old)
            self.state.remove(registration.urn)
        else:
            self.state.entries[registration.urn + REPLACED] = old
        return self.providers.create(registration.type, registration.name, inputs)

    def _delete(self, entry: Entry) -> None:
        started, resource = time.monotonic(), entry.resource
        refuse_if_protected(entry)
        if entry.options.get("retainOnDelete"):
            return
        self.providers.delete(resource)
        self._report("delete", resource.type, resource.name, started, None)

    def _report(self, operation: str, type_: str, name: str, started: float, diff: Diff | None) -> None:
        seconds = round(time.monotonic() - started, 3)
        changed = sorted(diff.changed) if diff else []
        self.report({"op": operation, "type": type_, "name": name, "changed": changed, "seconds": seconds})


def refuse_if_protected(entry: Entry) -> None:
    """Raise ProtectedError for a protected resource, naming it and the remedy."""
    if entry.options.get("protect"):
        key = f"{entry.resource.type}::{entry.resource.name}"
        raise ProtectedError(f"{key} is protected: set priceguard:protect to false and run `up` first")


def run(job: dict[str, Any], report: Report) -> dict[str, Any]:
    """Carry out a job.

    Args:
        job: `stack`, `config` (key -> text), `surroundings` (fields of `Surroundings`), `state` (path), `program`
            (folder), and `operation`: for `drift` the program is not run, and nothing is changed.
        report: takes one event per resource.

    Returns:
        `outputs`, the stack outputs with secrets masked; for `drift` `result`, as plain data.
    """
    providers = Providers(msgspec.convert(job["surroundings"], Surroundings))
    applier = Applier(providers, State.load(Path(job["state"])), report)
    if job["operation"] == "drift":
        return {"outputs": {}, "result": drift(providers, applier.state)}
    try:
        monitor = run_program(job["stack"], job["config"], applier, Path(job["program"]))
        applier.remove_the_rest()
    finally:
        applier.state.save()
    return {"outputs": masked(monitor.outputs)}


def main(job_file: TextIO = sys.stdin, events: TextIO = sys.stdout) -> int:
    """Run one job; exit code 0 when everything was applied, 1 after an `error` line."""

    def report(event: dict[str, Any]) -> None:
        print(json.dumps(event), file=events, flush=True)

    try:
        with redirect_stdout(sys.stderr):  # what the program prints is not an event
            done = run(json.load(job_file), report)
    except (pulumi.RunError, ProviderError, ProtectedError, ConfigurationError) as error:
        report({"error": str(error)})
        return 1
    except OSError as error:
        report(
            {"error": f"{error.filename or 'the state'} cannot be written: {error.strerror}; make room, run `up` again"}
        )
        return 1
    except Exception as error:  # noqa: BLE001 - the program may fail in any way, and whoever waits must hear of it
        report({"error": f"the program failed: {type(error).__name__}: {error} (`priceguard local logs program`)"})
        traceback.print_exc()
        return 1
    report({"done": done})
    return 0


if __name__ == "__main__":
    collect_seldom()
    # The imports of the program, while whoever started us prepares the job; a broken program fails when it is run.
    with suppress(Exception), redirect_stdout(sys.stderr):
        importlib.import_module("infra.environment")
    sys.exit(main())
