"""The real engine, in a process of its own: `python -m local.engine_runner`.

It reads a job (JSON) from standard input and writes one JSON object a line: an event per resource, then `done` with
the stack outputs and the engine's result, or `error`. An interrupt reaches the engine, which ends what is under way
and remembers it; this process waits for that.
"""

import hashlib
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TextIO

import msgspec

from gitops.engine import Engine, EngineError, Report, Result
from local.private_file import write_private
from local.project import Project
from local.providers import Surroundings
from local.stack_state import remembered, without_lost
from local.state import State
from render.garbage import collect_seldom

OPERATIONS: Mapping[str, Callable[[Engine, Report], Result]] = {
    "up": lambda engine, report: engine.up(report),
    "up --refresh": lambda engine, report: engine.up(report, refresh=True),
    "preview": lambda engine, report: engine.preview(report),
    "drift": lambda engine, report: engine.drift(report),
    "destroy": lambda engine, report: engine.destroy(report),
}
"""What can be asked of it; those that change something are in `CHANGES`."""
CHANGES = {"up", "up --refresh", "destroy"}


def run(job: dict[str, Any], report: Report) -> dict[str, Any]:
    """Carry out a job.

    Args:
        job: as for `local.runner`, and `operation`, `root` (the checkout), `directory` (the platform's).
        report: takes one event per resource.

    Returns:
        `outputs`, the stack outputs with secrets masked, and `result`, the engine's as plain data.

    Raises:
        EngineError: the engine, the program, a provider or a policy refuses.
    """
    operation = job["operation"]
    project = Project(Path(job["root"]), Path(job["directory"]), job["stack"])
    surroundings = msgspec.convert(job["surroundings"], Surroundings)
    project.write(job["config"], surroundings)
    engine = Engine(project.workspace(surroundings, (project.policy_pack,)))
    memory = Memory(engine, Path(job["state"]))
    memory.forget_lost()
    try:
        result = OPERATIONS[operation](engine, report)
    finally:
        if operation in CHANGES:
            memory.take()
    return {"outputs": outputs(result), "result": msgspec.to_builtins(result)}


class Memory:
    """Keeps the engine's memory and the platform's the same.

    Args:
        engine: of the stack.
        file: the platform's `State`.
    """

    def __init__(self, engine: Engine, file: Path) -> None:
        self._engine, self._file = engine, file
        self._platform = os.getppid()
        self._taken = file.with_name("pulumi") / "state" / "taken"

    def forget_lost(self) -> None:
        """Have the engine forget what the platform has forgotten since, because the server that it was in has gone."""
        if self._taken.exists() and self._file.exists() and self._taken.read_text() == self._stamp():
            return
        if still := without_lost(self._engine.export(), State.load(self._file).entries):
            self._engine.load(still)

    def take(self) -> None:
        """Have the platform remember what the engine does, unless it has gone, and what was made with it."""
        if os.getppid() != self._platform:
            return
        remembered(self._engine.export(), self._file).save()
        write_private(self._taken, self._stamp())

    def _stamp(self) -> str:
        return hashlib.sha256(self._file.read_bytes()).hexdigest()


def outputs(result: Result) -> dict[str, Any]:
    """The stack outputs, as the engine shows them."""
    stack = [one for one in result.after if one.type == "pulumi:pulumi:Stack"]
    return dict(stack[-1].outputs) if stack else {}


def main(job_file: TextIO = sys.stdin, events: TextIO = sys.stdout) -> int:
    """Run one job; exit code 0 when it was carried out, 1 after an `error` line."""
    signal.signal(signal.SIGINT, lambda *_: None)  # for the engine, which has the same process group
    writing = threading.Lock()  # the engine's events come from threads

    def report(event: dict[str, Any]) -> None:
        with writing, suppress(BrokenPipeError):  # nobody listens any more; the engine is to end in order all the same
            print(json.dumps(event), file=events, flush=True)

    try:
        report({"done": run(json.load(job_file), report)})
    except EngineError as error:
        result = {"result": msgspec.to_builtins(error.result)} if error.result else {}
        report({"error": str(error), **result})
        return 1
    except Exception as error:  # noqa: BLE001 - whoever waits must hear of any failure
        traceback.print_exc()
        report({"error": f"{type(error).__name__}: {error} (`priceguard local logs program`)"})
        return 1
    return 0


if __name__ == "__main__":
    collect_seldom()
    sys.exit(main())
