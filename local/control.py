"""How the command line talks to the running platform: one JSON object a line, over a loopback connection.

The address and a token stand in `.local/control.json`, readable by its owner only: without them nobody on the
machine can tell the platform anything.
"""

import fcntl
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

FILE = "control.json"


@dataclass(frozen=True)
class Address:
    """Where the platform listens, and what proves that one may talk to it."""

    port: int
    token: str
    pid: int

    def write(self, directory: Path) -> None:
        """Leave the address in `directory`, whole or not at all."""
        beside = directory / f"{FILE}.new"
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(asdict(self), file)
        beside.replace(directory / FILE)


class Connection:
    """A connection of the command line to the platform."""

    def __init__(self, connected: socket.socket, token: str) -> None:
        self._socket = connected
        self._file = connected.makefile("rw", encoding="utf-8", newline="\n")
        self._token = token

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def request(self, command: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Send one command, and yield what the platform says until it closes the connection."""
        self._file.write(json.dumps({"token": self._token, "command": command, **arguments}) + "\n")
        self._file.flush()
        for line in self._file:
            yield json.loads(line)


def connect(directory: Path) -> Connection | None:
    """A connection to the platform of `directory`, or None when none runs there."""
    try:
        address = Address(**json.loads((directory / FILE).read_text()))
        connected = socket.create_connection(("127.0.0.1", address.port), timeout=5)
    except (OSError, ValueError, TypeError):
        return None  # no file, a torn one, or nobody listens any more
    connected.settimeout(None)
    return Connection(connected, address.token)


def lock(directory: Path) -> int | None:
    """The lock that only one supervisor of a directory can hold, or None.

    It is a file descriptor, which the supervisor never closes: only the end of the process gives it up.
    """
    descriptor = os.open(directory / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        return None
    return descriptor
