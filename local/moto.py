"""The AWS emulator of the local platform: moto's server, as a process of its own.

Its state is in memory: a new process is an empty account. Nothing but 127.0.0.1 can reach it.
"""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from local.child import die_with_parent

__all__ = ["MotoError", "MotoServer"]

_START_SECONDS = 60
_STOP_SECONDS = 5
_RUNNING = re.compile(r"Running on http://127\.0\.0\.1:(\d+)")

# What the server loads when it is first asked costs about a second for EC2; asking early hides that.
_FIRST_QUESTIONS = {
    "ec2": "Action=DescribeVpcs&Version=2016-11-15",
    "rds": "Action=DescribeDBInstances&Version=2014-10-31",
    "elasticloadbalancing": "Action=DescribeLoadBalancers&Version=2015-12-01",
}

_SETTINGS = {
    "MOTO_ACM_VALIDATION_WAIT": "1",  # seconds until a certificate is issued, instead of a minute
    "MOTO_ACCOUNT_ID": "123456789012",
    "PYTHONUNBUFFERED": "1",  # the line that names the port comes at once
}


class MotoError(Exception):
    """The emulator cannot run; the message says why and shows the end of its log."""


class MotoServer:
    """One emulator.

    Start it from the main thread: on Linux the kernel stops the process when the starting *thread* ends
    (`man 2 prctl`, PR_SET_PDEATHSIG), which is what cleans up after `kill -9` of the caller.

    Args:
        log_file: where the server writes; its folder is made, what it held is overwritten.
        port: the one to listen on; without one, a free port at every start.
    """

    host = "127.0.0.1"

    def __init__(self, log_file: Path, *, port: int | None = None) -> None:
        self.log_file = log_file
        self._wanted = port or 0
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
        """The URL for boto3's `endpoint_url`."""
        return f"http://{self.host}:{self.port}"

    @property
    def pid(self) -> int | None:
        """The server's process, None while it does not run."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Run the server and return when it answers; nothing to do when it runs already.

        Raises:
            MotoError: the port is taken, the log cannot be written, or the server did not start.
        """
        if self.pid is not None:
            return
        try:
            self.log_file.parent.mkdir(parents=True, exist_ok=True)
            log = os.open(self.log_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        except OSError as error:
            message = f"the AWS emulator cannot write {self.log_file}: {error.strerror}"
            raise MotoError(message) from error
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter
                [sys.executable, "-m", "moto.server", "-H", self.host, "-p", str(self._wanted)],
                env={**os.environ, **_SETTINGS},
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
        threading.Thread(target=self._warm, daemon=True).start()

    def stop(self) -> None:
        """End the process, and with it everything that it knows; harmless when it does not run."""
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
        message = f"the AWS emulator did not start; the end of {self.log_file}:\n{tail}"
        raise MotoError(message)

    def _warm(self) -> None:
        """Ask every slow service something, while the platform still waits for the rest."""
        for service, question in _FIRST_QUESTIONS.items():
            scope = f"local/20200101/us-east-1/{service}/aws4_request"
            headers = {
                "Authorization": f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0",
                "Content-Type": "application/x-www-form-urlencoded",
            }
            with contextlib.suppress(OSError, http.client.HTTPException):
                connection = http.client.HTTPConnection(self.host, self.port, timeout=_START_SECONDS)
                connection.request("POST", "/", question, headers)
                connection.getresponse().read()
                connection.close()
