"""Runs the Pulumi program in a process of its own, by the embedded runner or the engine, and tells what it does."""

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.failure import FailureError
from local.logs import open_log

LARGEST_LINE = 64 * 1024 * 1024
EMBEDDED, PULUMI = "embedded", "pulumi"
MODULES = {EMBEDDED: "local.runner", PULUMI: "local.engine_runner"}
"""Who carries the program out -> what runs it."""
WORDS = {
    "create": "created",
    "update": "updated",
    "replace": "replaced",
    "delete": "deleted",
    "same": "unchanged",
}
"""What is counted of a run, and how it is called."""
ENDS_WITHIN = 60.0  # seconds in which an engine that was interrupted must have ended what is under way


class ProgramError(FailureError):
    """The program, or a provider, refused; the message is theirs."""


@dataclass
class Changes:
    """What one run of the program changed.

    Attributes:
        outputs: the stack outputs.
        operations: one event per resource: `op` (create, update, replace, delete, same), `type`, `name`,
            `changed` (property names) and `seconds`.
        result: what the engine tells beside that, as plain data of `gitops.engine_result.Result`; None without one.
    """

    outputs: dict[str, Any] = field(default_factory=dict)
    operations: list[dict[str, Any]] = field(default_factory=list)
    result: dict[str, Any] | None = None

    @property
    def real(self) -> list[dict[str, Any]]:
        """The operations that changed something: not `same`, and not what the engine only looked at."""
        return [operation for operation in self.operations if operation["op"] in WORDS.keys() - {"same"}]

    def __str__(self) -> str:
        counts = Counter(operation["op"] for operation in self.operations)
        return ", ".join(f"{counts[op]} {word}" for op, word in WORDS.items() if counts[op]) or "no resources"


@dataclass(frozen=True)
class ProgramProcess:
    """A runner that has imported the program and waits for its job.

    Importing takes longer than running, so it is started before what it needs is there.
    """

    process: asyncio.subprocess.Process
    log: Path

    @classmethod
    async def start(cls, engine: str, *, log: Path, root: Path) -> "ProgramProcess":
        """Start one; what the program and the SDK print goes to `log`, `root` is the checkout."""
        with open_log(log) as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                MODULES[engine],
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=errors,
                cwd=root,
                limit=LARGEST_LINE,
                start_new_session=True,
            )
        return cls(process, log)

    async def run(self, job: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> Changes:
        """Hand over the job (see `local.runner.run`; it holds secrets, so it travels through a pipe), take the events.

        Raises:
            ProgramError: the settings were refused, a provider failed, or the program crashed.
        """
        assert self.process.stdin
        assert self.process.stdout
        changes = Changes()
        self.process.stdin.write(json.dumps(job).encode())
        self.process.stdin.close()
        async for line in self.process.stdout:
            event = json.loads(line)
            if "error" in event:
                raise ProgramError(event["error"], event.get("result"))
            if "done" in event:
                changes.outputs = event["done"]["outputs"]
                changes.result = event["done"].get("result")
            else:
                changes.operations.append(event)
                report(event)
        if await self.process.wait() != 0:
            code = self.process.returncode
            raise ProgramError(f"the program stopped with exit code {code}; its last words are in {self.log}")
        return changes

    async def end(self) -> None:
        """Make sure that it is gone: an engine ends what is under way and remembers it, then it goes."""
        for number in (signal.SIGINT, signal.SIGKILL):
            if self.process.returncode is not None:
                return
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(ENDS_WITHIN):
                    await self.process.wait()
