"""A server of the local platform in a process of its own: started, waited for, stopped, gone with its parent."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Self

from local.child import die_with_parent

__all__ = ["ServerError", "ServerProcess"]

_START_SECONDS = 60
_STOP_SECONDS = 5
_RUNNING = re.compile(r"Running on http://127\.0\.0\.1:(\d+)")


class ServerError(Exception):
    """A server cannot run; the message says why and shows the end of its log."""


class ServerProcess:
    """One server that says `Running on http://127.0.0.1:<port>` once its socket listens.

    Start it from the main thread: on Linux the kernel stops the process when the starting *thread* ends
    (`man 2 prctl`, PR_SET_PDEATHSIG), which is what cleans up after `kill -9` of the caller.

    Args:
        what: the server's name in messages.
        arguments: of our own Python interpreter.
        environment: variables beside those of this process.
        log_file: where the server writes; its folder is made, what it held is overwritten.
        error: what is raised when the server cannot run.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        what: str,
        arguments: Sequence[str],
        *,
        log_file: Path,
        environment: Mapping[str, str],
        error: type[ServerError],
    ) -> None:
        self.log_file = log_file
        self._what = what
        self._arguments = arguments
        # The line that names the port must come at once.
        self._environment = {**environment, "PYTHONUNBUFFERED": "1"}
        self._error = error
        self._port = 0
        self._process: subprocess.Popen[Any] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def port(self) -> int:
        """The TCP port; known when it has been started."""
        assert self._port, "a port is known after start()"
        return self._port

    @property
    def endpoint(self) -> str:
        """The URL that clients are given."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process, None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Run the server and return when it answers; nothing to do when it runs already.

        Raises:
            ServerError: the port is taken, the log cannot be written, or the server did not start.
        """
        if self.pid is not None:
            return
        try:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            raise self._error(f"{self._what} cannot write {self.log_file}: {error.strerror}") from error
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, *self._arguments],
                env={**os.environ, **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C in a terminal reaches the platform, which stops things in order
                preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - see there
            )
        finally:
            os.close(log)
        try:
            self._port = self._wait_until_ready(self._process)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the process; harmless when it does not run."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _wait_until_ready(self, process: subprocess.Popen[Any]) -> int:
        """Wait for the line that the server writes once its socket listens, and return the port in it."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            ended = process.poll() is not None  # asked first, so that its last words are read below
            log = self.log_file.read_text(errors="replace")
            if running := _RUNNING.search(log):
                return int(running[1])
            if ended:
                break
            time.sleep(0.02)
        tail = "\n".join(self.log_file.read_text(errors="replace").strip().splitlines()[-8:])
        raise self._error(f"{self._what} did not start; the end of {self.log_file}:\n{tail}")
