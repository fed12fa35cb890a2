"""A one-off task of a service: its container as the definition says, with another command and nothing to serve.

As `RunTask` with an overridden command does on AWS: same environment, secrets and working directory; no health check
and no target. Its output goes to a log of its own and, line by line and without secrets, to whoever waits.
"""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from local.child import Child, spawn
from local.container import Container, ContainerError, prepare
from local.ecs_model import Service
from local.task import Machine

_LOOKS_EVERY = 0.05  # seconds
_STOP_TIMEOUT = 30.0  # AWS's default


class OneOffTaskError(Exception):
    """The task could not be carried out; the message says why and what to do."""


@dataclass(frozen=True, kw_only=True, slots=True)
class OneOffTask:
    """A task that runs once, to its end.

    Args:
        service: whose task definition it has.
        command: takes the place of the container's own.
        machine: what tasks need.
        say: told each line that it writes, the values of its secrets masked.
    """

    service: Service
    command: Sequence[str]
    machine: Machine
    say: Callable[[str], None]
    id: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def log(self) -> Path:
        """What it writes, as it writes it; readable by its owner only."""
        name = self.service.task_definition.container["name"]
        return self.machine.log_directory / f"{name}-once-{self.id[:8]}.log"

    async def run(self) -> int:
        """Run it; the exit code as a container has it. Cancelling stops it as a task is stopped, SIGTERM first.

        Raises:
            OneOffTaskError: it did not start.
        """
        registered, machine = self.service.task_definition.container, self.machine
        definition = {**registered, "command": list(self.command)}
        try:
            files = machine.files(registered["image"])
            container = await prepare(definition, port=0, files=files, read_secret=machine.read_secret)
            line, environment = container.line(container.command), container.environment
            child = await spawn(line, env=environment, cwd=files.directory, log=self.log)
        except (ContainerError, OSError) as error:
            raise OneOffTaskError(f"the task did not start: {error}; `make up` repairs the platform") from error
        try:
            code = await self._follow(child, container)
        finally:
            await child.stop(registered.get("stopTimeout") or _STOP_TIMEOUT)
        return code if code >= 0 else 128 - code  # ended by a signal, as a container tells it

    async def _follow(self, child: Child, container: Container) -> int:
        """Say every line until its end; its exit code."""
        with self.log.open("rb") as file:
            ended = asyncio.create_task(child.wait())
            rest = b""
            try:
                while not ended.done():
                    await asyncio.wait([ended], timeout=_LOOKS_EVERY)
                    rest = self._say_lines(file, rest, container)
            finally:
                ended.cancel()
            if rest:
                self.say(container.masked(rest.decode(errors="replace")))
            return ended.result()

    def _say_lines(self, file: BinaryIO, rest: bytes, container: Container) -> bytes:
        """Say what has been written since, as far as its lines are complete; the incomplete last line."""
        *lines, rest = (rest + file.read()).split(b"\n")
        for line in lines:
            self.say(container.masked(line.decode(errors="replace")))
        return rest
