"""The command line's side of the platform: find the running one, start one, speak to it."""

import os
import subprocess
import sys
import time
from pathlib import Path

from local.control import Connection, connect
from local.logs import open_log
from local.private_file import write_private
from render.configuration import ROOT

STARTS_WITHIN = 20.0  # seconds until a new supervisor must listen
DEFAULT_PORT = 8080
STACKS = ("dev", "prod")
STACK_FILE = "stack"


class ClientError(Exception):
    """The platform's process cannot be started; the message says why and what to do."""


def base_directory(root: Path = ROOT) -> Path:
    """`.local/` of the checkout, or what PRICEGUARD_LOCAL names; made when it is not there, for its owner only.

    Raises:
        ClientError: it cannot be made.
    """
    return _made(Path(os.environ.get("PRICEGUARD_LOCAL") or root / ".local").absolute())


def last_stack(root: Path = ROOT) -> str:
    """The stack that runs here, or ran here last.

    Raises:
        ClientError: as `base_directory`.
    """
    file = base_directory(root) / STACK_FILE
    return file.read_text() if file.exists() else STACKS[0]


def platform_directory(root: Path = ROOT) -> Path:
    """Where the platform keeps everything that runs here, or ran here last: prod has a folder of its own.

    Raises:
        ClientError: it cannot be made.
    """
    return _made(_directory_of(last_stack(root), base_directory(root)))


def every_directory(root: Path = ROOT) -> list[Path]:
    """Those of all stacks that have ever run here.

    Raises:
        ClientError: as `base_directory`.
    """
    base = base_directory(root)
    return [place for stack in STACKS if (place := _directory_of(stack, base)).exists()]


def _directory_of(stack: str, base: Path) -> Path:
    return base if stack == STACKS[0] else base / stack


def _made(directory: Path) -> Path:
    try:
        directory.mkdir(mode=0o700, exist_ok=True)
        (directory / "logs").mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise ClientError(f"{directory}: {error.strerror}; free or move it, then run again") from error
    return directory


def connect_or_start(port: int | None, stack: str | None = None, root: Path = ROOT) -> Connection:
    """A connection to the running platform, or to one that is started now.

    Args:
        port: local port of a new platform; None means the usual one. A running platform keeps its own.
        stack: `dev` or `prod`; None means the running platform's, or dev.
        root: the checkout.

    Raises:
        ClientError: another stack runs, or no supervisor came up; says what it wrote last.
    """
    if connection := connect(platform_directory(root)):
        if stack in {None, last_stack(root)}:
            return connection
        connection.close()
        raise ClientError(f"{last_stack(root)} runs here; stop it first: `priceguard local down`")
    write_private(base_directory(root) / STACK_FILE, stack or STACKS[0])
    directory = platform_directory(root)
    log = directory / "logs" / "platform.log"
    process = _start(root, directory, port, log)
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if connection := connect(directory):
            return connection
        time.sleep(0.05)
        code = process.poll()
        if code == os.EX_TEMPFAIL:  # another one holds the lock: it is about to listen, or about to end
            process = _start(root, directory, port, log)
        elif code is not None:
            break
    last = log.read_text().strip().splitlines()[-1:] if log.exists() else []
    raise ClientError(f"the platform's process did not start: {' '.join(last) or 'it wrote nothing'} (see {log})")


def _start(root: Path, directory: Path, port: int | None, log: Path) -> "subprocess.Popen[bytes]":
    """Start a supervisor that outlives this process."""
    command = [sys.executable, "-m", "local.supervisor", str(root), str(directory), last_stack(root)]
    with open_log(log) as output:
        return subprocess.Popen(  # noqa: S603
            [*command, str(DEFAULT_PORT if port is None else port)],
            cwd=root,
            # A developer's own account and stacks are nobody's business there, nor of what it starts.
            env={k: v for k, v in os.environ.items() if not k.startswith(("PULUMI_", "AWS_", "STRIPE_", "NETLIFY_"))},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
