"""Runs the Pulumi program in a process of its own (`local.runner`) and tells what it does."""

import asyncio
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LARGEST_LINE = 16 * 1024 * 1024


class ProgramError(Exception):
    """The program, or a provider, refused; the message is theirs."""


@dataclass
class Changes:
    """What one run of the program changed.

    Attributes:
        outputs: the stack outputs.
        operations: one event per resource: `op` (create, update, replace, delete, same), `type`, `name`,
            `changed` (property names) and `seconds`.
    """

    outputs: dict[str, Any] = field(default_factory=dict)
    operations: list[dict[str, Any]] = field(default_factory=list)

    @property
    def real(self) -> list[dict[str, Any]]:
        """The operations that were not `same`."""
        return [operation for operation in self.operations if operation["op"] != "same"]

    def __str__(self) -> str:
        counts = Counter(operation["op"] for operation in self.operations)
        words = {
            "create": "created",
            "update": "updated",
            "replace": "replaced",
            "delete": "deleted",
            "same": "unchanged",
        }
        return ", ".join(f"{counts[op]} {word}" for op, word in words.items() if counts[op]) or "no resources"


async def run_program(
    job: dict[str, Any], *, log: Path, root: Path, report: Callable[[dict[str, Any]], None]
) -> Changes:
    """Run one job of `local.runner`.

    Args:
        job: see `local.runner.run`. It holds secrets, so it travels through a pipe.
        log: what the program and the SDK print.
        root: the checkout, the working directory.
        report: takes one event per resource as it happens.

    Raises:
        ProgramError: the settings were refused, a provider failed, or the program crashed.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "AWS_"))}
    changes = Changes()
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "local.runner",
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            cwd=root,
            env=environment,
            limit=LARGEST_LINE,
        )
    try:
        await _follow(process, job, changes, report)
        if await process.wait() != 0:
            raise ProgramError(f"the program stopped with exit code {process.returncode}; its last words are in {log}")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return changes


async def _follow(
    process: asyncio.subprocess.Process, job: dict[str, Any], changes: Changes, report: Callable[[dict[str, Any]], None]
) -> None:
    """Hand over the job, then take the events."""
    assert process.stdin
    assert process.stdout
    process.stdin.write(json.dumps(job).encode())
    process.stdin.close()
    async for line in process.stdout:
        event = json.loads(line)
        if "error" in event:
            raise ProgramError(event["error"])
        if "done" in event:
            changes.outputs = event["done"]["outputs"]
        else:
            changes.operations.append(event)
            report(event)
