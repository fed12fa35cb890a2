"""The container's health check: cheap, independent of everything installed, and clear."""

import json
import resource
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.api.api_process import ROOT, ApiProcess
from tests.api.test_settings import VALID


def check(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the command of the task definition."""
    return subprocess.run(
        [sys.executable, "-S", "-m", "api.healthcheck"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )


def seconds_of_cpu(environment: dict[str, str]) -> float:
    """What one check takes of a core."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    check(environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_it_passes_while_the_api_answers_and_fails_afterwards(tmp_path: Path) -> None:
    """Without a database, too: a task is not to be killed for the database's trouble."""
    dsn = "postgresql://app:s3cret@127.0.0.1:1/appdb?sslmode=require"
    with ApiProcess(dsn, tmp_path, HOST="0.0.0.0").wait("/health?simple=1") as api:  # noqa: S104 — as in a container
        done = check(api.environment)
        assert (done.returncode, done.stderr) == (0, "")
        assert min(seconds_of_cpu(api.environment) for _ in range(3)) < 0.06  # other tests take turns at the caches
        api.process.kill()
        api.process.wait()
        done = check(api.environment)
    assert (done.returncode, done.stderr) == (1, f"unhealthy: no answer from port {api.port}: Connection refused\n")


def test_it_fails_on_an_answer_that_is_not_the_apis() -> None:
    """Something else listens there, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        environment = VALID | {"HOST": "127.0.0.1", "PORT": str(server.getsockname()[1])}
        command = [sys.executable, "-S", "-m", "api.healthcheck"]
        with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as checking:
            connection, _ = server.accept()
            with connection:
                assert connection.recv(4096).startswith(b"GET /health?simple=1 ")
                connection.sendall(b"HTTP/1.1 503 \r\n")
            _, said = checking.communicate(timeout=20)
    assert (checking.returncode, said) == (1, "unhealthy: the answer is b'HTTP/1.1 503 '\n")


def test_it_gives_up_on_an_api_that_hangs() -> None:
    """In time, before the container's own limit of five seconds."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        begun = time.monotonic()
        done = check(VALID | {"HOST": "127.0.0.1", "PORT": str(server.getsockname()[1])})
        assert time.monotonic() - begun < 5
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "timed out" in done.stderr


def test_it_fails_without_its_environment() -> None:
    """One line."""
    done = check({})
    assert (done.returncode, done.stderr) == (1, "unhealthy: the environment is not complete\n")


def test_it_needs_nothing_that_is_installed() -> None:
    """Only the standard library and the API's own light modules."""
    code = "import api.healthcheck, json, sys\n"
    code += "print(json.dumps({name: getattr(module, '__file__', None) for name, module in sys.modules.items()}))"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    modules: dict[str, str | None] = json.loads(done.stdout)
    assert {name for name in modules if name.startswith("api")} == {
        "api",
        "api.healthcheck",
        "api.prices",
        "api.settings",
    }
    assert not [file for file in modules.values() if file and "site-packages" in file]
