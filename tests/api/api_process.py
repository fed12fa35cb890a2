"""The API as a container runs it: `python -m api` in a process of its own."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self

import psutil

from local.ports import free_port
from tests.api.sample_settings import STRIPE_VARIABLES

ROOT = Path(__file__).parents[2]


def environment(database_url: str, **variables: str) -> dict[str, str]:
    """The variables of a container; byte code is kept, so that starts are as in the image, which is compiled."""
    inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {
        **inherited,
        "ENVIRONMENT": "dev",
        "REVISION": "0123abc",
        "LOG_LEVEL": "DEBUG",
        "HOST": "127.0.0.1",
        "PORT": "4000",
        "DATABASE_URL": database_url,
        "ALLOWED_ORIGINS": "https://shop.example",
        **STRIPE_VARIABLES,
        **variables,
    }


class ApiProcess:
    """A running API on a free port; `lines()` is what it logged."""

    def __init__(self, database_url: str, folder: Path, **variables: str) -> None:
        self._log = folder / "api.log"
        self.port = int(variables.get("PORT") or free_port())
        self.environment = environment(database_url, **{"PORT": str(self.port), **variables})
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def wait(self, path: str = "/health") -> Self:
        """Return when `path` answers 200."""
        deadline = time.monotonic() + 20
        while True:
            try:
                if self.request("GET", path)[0] == 200:
                    return self
            except OSError:
                assert self.process.poll() is None, self._log.read_text()
            assert time.monotonic() < deadline, self._log.read_text()
            time.sleep(0.005)

    def request(
        self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], Any]:
        """Status, headers and decoded body of the answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            given = {**(headers or {}), **({"Content-Type": "application/json"} if body else {})}
            connection.request(method, path, json.dumps(body) if body else None, given)
            answer = connection.getresponse()
            content = answer.read()
            return answer.status, dict(answer.getheaders()), json.loads(content) if content else None
        finally:
            connection.close()

    def connect(self) -> socket.socket:
        """A connection to write on by hand."""
        return socket.create_connection(("127.0.0.1", self.port), 10)

    def stop(self, number: int) -> int:
        """Send the signal; returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(20)

    def cpu_seconds(self) -> float:
        """What the process has used so far."""
        used = psutil.Process(self.process.pid).cpu_times()
        return used.user + used.system

    def lines(self) -> list[dict[str, Any]]:
        """Everything it wrote; each line must be a JSON object."""
        return [json.loads(line) for line in self._log.read_text().splitlines()]
