"""Loopback addresses: listening on a port, and an address of its own for every task."""

import contextlib
import errno
import random
import socket
from pathlib import Path

import psutil

LARGEST_PORT = 65535


class PortTakenError(Exception):
    """Another program listens on a port that we were told to use.

    Args:
        port: the local port.
        owner: name and id of the process that has it, or None when the system does not tell.
    """

    def __init__(self, port: int, owner: str | None) -> None:
        super().__init__(f"port {port} is taken by {owner or 'another program'}")
        self.port = port
        self.owner = owner


def listen(port: int) -> list[socket.socket]:
    """Bind `port` (0: a free one) on 127.0.0.1, and on ::1 too if that can be had: "localhost" may mean both.

    Raises:
        PortTakenError: another program listens there.
    """
    try:
        first = socket.create_server(("127.0.0.1", port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTakenError(port, _owner(port)) from None
    sockets = [first]
    with contextlib.suppress(OSError):
        sockets.append(socket.create_server(("::1", first.getsockname()[1]), family=socket.AF_INET6))
    return sockets


def own_address(port: int) -> str | None:
    """Return a loopback address on which `port` is free, other than 127.0.0.1, or None if there is none.

    Linux answers on all of 127.0.0.0/8; other systems on 127.0.0.1 only.
    """
    for _ in range(5):
        # From 127.1 on: resolvers and the like sit in 127.0.
        host = f"127.{random.randint(1, 254)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311
        with contextlib.suppress(OSError), socket.create_server((host, port)):
            return host
    return None


def is_free(port: int) -> bool:
    """Whether one can listen on a port of 127.0.0.1 at this moment."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def kept_port(file: Path, usual: int = 0) -> int:
    """The port that `file` remembers from the last start, or the usual one; 0, a free one, when it cannot be had."""
    try:
        port = int(file.read_text())
    except (OSError, ValueError):
        port = usual
    return port if 0 < port <= LARGEST_PORT and is_free(port) else 0


def free_port() -> int:
    """Return a port that was free on 127.0.0.1 a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


def _owner(port: int) -> str | None:
    """The process that listens on a port; None where the system shows other users' sockets to root only."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections(kind="tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr[1:] == (port,):
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    return None
