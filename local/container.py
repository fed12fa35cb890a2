"""A container of a task definition as an ordinary process: its environment, its address, its health check.

What only a container can do is left out: image, user, read-only root file system, CPU and memory limits, log
driver. The command and the health check run in the working directory that stands for the image's.
"""

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.child import kill_group
from local.ports import free_port, own_address

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_DEFAULTS = {"LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "HOME": "/nonexistent"}
_SHORTEST_SECRET = 4  # shorter values would black out ordinary words


class ContainerError(Exception):
    """A container that cannot be started; the message is for people, in AWS's words."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Container:
    """A container ready to start: what to run, with which environment, and where it will listen."""

    command: tuple[str, ...]
    environment: Mapping[str, str]
    secrets: frozenset[str]
    host: str
    port: int

    def masked(self, text: str) -> str:
        """Return `text` without the values of its secrets."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            text = text.replace(secret, "***")
        return text


async def prepare(
    definition: Mapping[str, Any], *, port: int, path: Path, read_secret: Callable[[str], Awaitable[str]]
) -> Container:
    """Give a container its environment and its address.

    Its environment is what the task definition says and nothing of ours, except PATH, LANG, PYTHONUNBUFFERED
    and a HOME without anything in it, and its address: as each task has a network interface of its own in
    AWS, it gets a loopback address of its own here, told by HOST. Where there is none (macOS), it gets a free
    port of 127.0.0.1, told by PORT. HOST and PORT are set only when the definition has them.

    Args:
        definition: one element of `containerDefinitions`.
        port: the container port, 0 when it listens on none.
        path: directory that comes first in its PATH.
        read_secret: gives the value for a `valueFrom`.

    Raises:
        ContainerError: it has no command, or a secret cannot be read.
    """
    command = (*definition.get("entryPoint", ()), *definition.get("command", ()))
    if not command:
        msg = f"CannotStartContainerError: container {definition['name']} has no command"
        raise ContainerError(msg)
    environment = {"PATH": f"{path}:{_SYSTEM_PATH}", **_DEFAULTS}
    environment |= {item["name"]: item["value"] for item in definition.get("environment", ())}
    host, port = _address(environment, port)
    told = {"HOST": host, "PORT": str(port)} if port else {}
    environment |= {name: value for name, value in told.items() if name in environment}
    secrets = {item["name"]: await _secret(item, read_secret) for item in definition.get("secrets", ())}
    return Container(
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

    async def failure(self, container: Container, working_directory: Path) -> str | None:
        """Run it once, in the container's environment; what went wrong, or None when it passed."""
        try:
            process = await asyncio.create_subprocess_exec(
                *self.command,
                env=dict(container.environment),
                cwd=working_directory,
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
