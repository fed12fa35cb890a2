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

from local.private_file import write_private

FILE = "control.json"
GREETS_WITHIN = 10.0  # seconds; the platform's process does nothing that blocks it for longer


@dataclass(frozen=True)
class Address:
    """Where the platform listens, and what proves that one may talk to it."""

    port: int
    token: str
    pid: int

    def write(self, directory: Path) -> None:
        """Leave the address in `directory`, whole or not at all."""
        write_private(directory / FILE, json.dumps(asdict(self)))


class SilentError(Exception):
    """The platform's process is there but does not answer."""


class Connection:
    """A connection of the command line to the platform."""

    def __init__(self, connected: socket.socket, address: Address) -> None:
        self._socket = connected
        self._file = connected.makefile("rw", encoding="utf-8", newline="\n")
        self._address = address

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()

    def request(self, command: str, **arguments: Any) -> Iterator[dict[str, Any]]:
        """Send one command, and yield what the platform says until it closes the connection.

        Raises:
            SilentError: it did not even greet; says which process to end.
        """
        self._file.write(json.dumps({"token": self._address.token, "command": command, **arguments}) + "\n")
        self._file.flush()
        self._socket.settimeout(GREETS_WITHIN)
        try:
            self._file.readline()
        except TimeoutError:
            pid = self._address.pid
            raise SilentError(f"the platform (process {pid}) does not answer: `kill -9 {pid}`, then run `up`") from None
        self._socket.settimeout(None)
        for line in self._file:
            yield json.loads(line)


def connect(directory: Path) -> Connection | None:
    """A connection to the platform of `directory`, or None when none runs there."""
    try:
        address = Address(**json.loads((directory / FILE).read_text()))
        connected = socket.create_connection(("127.0.0.1", address.port), timeout=5)
    except (OSError, ValueError, TypeError):
        return None  # no file, a torn one, or nobody listens any more
    return Connection(connected, address)


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
