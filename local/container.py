"""A container of a task definition as an ordinary process: its environment, its address, its health check.

The command and the health check run in the files of the checkout, or of the image (`local.container_files`). What
only a container runtime can do is left out: CPU and memory limits, log driver.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from local.child import kill_group
from local.container_files import ContainerFiles
from local.ports import free_port, own_address

_SHORTEST_SECRET = 4  # shorter values would black out ordinary words


class ContainerError(Exception):
    """A container that cannot be started; the message is for people, in AWS's words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A container ready to start: what to run, with which environment, and where it will listen."""

    definition: Mapping[str, Any]
    files: ContainerFiles
    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: frozenset[str]
    host: str
    port: int

    def line(self, command: Sequence[str]) -> tuple[str, ...]:
        """What to start, in `files.directory`, so that `command` runs in the container."""
        return self.files.command_line(self.definition, command)

    def masked(self, text: str) -> str:
        """Return `text` without the values of its secrets."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


async def prepare(
    definition: Mapping[str, Any], *, port: int, files: ContainerFiles, read_secret: Callable[[str], Awaitable[str]]
) -> Container:
    """Give a container its environment and its address.

    Its environment is what its image and the task definition say and nothing of ours, except its address: as each
    task has a network interface of its own in AWS, it gets a loopback address of its own here, told by HOST. Where
    there is none (macOS), it gets a free port of 127.0.0.1, told by PORT. HOST and PORT are set only when the
    definition has them.

    Args:
        definition: one element of `containerDefinitions`.
        port: the container port, 0 when it listens on none.
        files: what its processes see as their files.
        read_secret: gives the value for a `valueFrom`.

    Raises:
        ContainerError: it has no command, or a secret cannot be read.
    """
    command = (*definition.get("entryPoint", ()), *definition.get("command", ()))
    if not command:
        msg = f"CannotStartContainerError: container {definition['name']} has no command"
        raise ContainerError(msg)
    environment = dict(files.environment) | {item["name"]: item["value"] for item in definition.get("environment", ())}
    host, port = _address(environment, port)
    told = {"HOST": host, "PORT": str(port)} if port else {}
    environment |= {name: value for name, value in told.items() if name in environment}
    secrets = {item["name"]: await _secret(item, read_secret) for item in definition.get("secrets", ())}
    return Container(
        definition=definition,
        files=files,
        command=command,
        environment=environment | secrets,
        secrets=frozenset(value for value in secrets.values() if len(value) >= _SHORTEST_SECRET),
        host=host,
        port=port,
    )


def _address(environment: Mapping[str, str], port: int) -> tuple[str, int]:
    if port and "HOST" in environment and (host := own_address(port)) is not None:
        return host, port
    return "127.0.0.1", free_port() if port and "PORT" in environment else port


async def _secret(item: Mapping[str, str], read_secret: Callable[[str], Awaitable[str]]) -> str:
    try:
        return await read_secret(item["valueFrom"])
    except Exception as error:
        msg = f"ResourceInitializationError: unable to read secret {item['name']}: {error}"
        raise ContainerError(msg) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheck:
    """A container health check; times in seconds as the task definition has them."""

    command: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float

    @classmethod
    def of(cls, definition: Mapping[str, Any]) -> "HealthCheck | None":
        """Return that of a container definition, with AWS's defaults; None when it has none."""
        check: Mapping[str, Any] = definition.get("healthCheck") or {}
        match check.get("command", ["NONE"]):
            case ["CMD", *command]:
                pass
            case ["CMD-SHELL", script]:
                command = ["/bin/sh", "-c", script]
            case _:
                return None
        return cls(
            command=tuple(command),
            interval=check.get("interval") or 30,
            timeout=check.get("timeout") or 5,
            retries=check.get("retries") or 3,
            start_period=check.get("startPeriod") or 0,
        )

    async def failure(self, container: Container) -> str | None:
        """Run it once, in the container's environment; what went wrong, or None when it passed."""
        try:
            process = await asyncio.create_subprocess_exec(
                *container.line(self.command),
                env=dict(container.environment),
                cwd=container.files.directory,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            return f"cannot run {self.command[0]}: {os.strerror(error.errno or 0)}"
        try:
            async with asyncio.timeout(self.timeout):
                output, _ = await process.communicate()
        except TimeoutError:
            return f"no answer within {self.timeout:g} s"
        finally:
            kill_group(process.pid)
            await process.wait()
        if process.returncode == 0:
            return None
        last = container.masked(output.decode(errors="replace")).strip().rpartition("\n")[2]
        return f"exit code {process.returncode}{': ' if last else ''}{last[:200]}"
