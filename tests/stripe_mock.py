"""Stripe's own, public view of its API: the OpenAPI document, and the server that checks parameters against it.

Both come with the Go module of stripe-mock. Tests that need one are skipped where it is not installed.
"""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from local.ports import free_port

_MODULE = "github.com/stripe/stripe-mock@v0.203.0"
_DOCUMENT = "embedded/openapi/spec3.json"
_ABSENT = "stripe-mock's OpenAPI document is not here: install Go and run make test"
_START_SECONDS = 30


def _go(variable: str) -> Path | None:
    """One of Go's directories, None without Go."""
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        return None
    asked = subprocess.run([go, "env", variable], capture_output=True, text=True, check=False)
    return Path(asked.stdout.strip()) if asked.returncode == 0 and asked.stdout.strip() else None


@pytest.fixture(scope="session")
def stripe_openapi() -> dict[str, Any]:
    """The parsed OpenAPI document of the newest public stripe-mock."""
    modules = _go("GOMODCACHE")
    document = modules / _MODULE / _DOCUMENT if modules else None
    if document is None or not document.is_file():
        pytest.skip(_ABSENT)
    return json.loads(document.read_text())


def _binary() -> str | None:
    go = _go("GOPATH")
    folders = [str(Path(sys.executable).parent), os.environ.get("PATH", ""), str(go / "bin") if go else ""]
    return shutil.which("stripe-mock", path=os.pathsep.join(filter(None, folders)))


@pytest.fixture(scope="session")
def stripe_mock(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """The URL of a running stripe-mock: it keeps nothing, and refuses parameters that Stripe does not have."""
    binary = _binary()
    if binary is None:
        pytest.skip("the program stripe-mock is not here: install Go and run make test")
    port, unused = free_port(), free_port()  # it would otherwise take a fixed port for HTTPS
    command = [binary, "-http-addr", f"127.0.0.1:{port}", "-https-addr", f"127.0.0.1:{unused}"]
    log = tmp_path_factory.mktemp("stripe-mock") / "stripe-mock.txt"
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_ready(process, url, log)
            yield url
        finally:
            process.terminate()


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    """Ask until it answers; it reads a large document first."""
    request = urllib.request.Request(f"{url}/v1/customers", headers={"Authorization": "Bearer sk_test_x"})  # noqa: S310
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for _ in range(_START_SECONDS * 20):
        try:
            opener.open(request, timeout=5).close()
        except urllib.error.URLError:
            if process.poll() is not None:
                break
            try:
                process.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
        else:
            return
    pytest.fail(f"stripe-mock did not start:\n{log.read_text()}")
