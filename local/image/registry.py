"""An image registry on loopback: the distribution registry itself, as Debian packages it, with a folder for storage."""

import contextlib
import json
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import yaml

from local.child import die_with_parent
from local.image.tool import ImageError, require
from local.loopback import direct_session
from local.ports import free_port

_START_SECONDS, _STOP_SECONDS = 20, 10
_MANIFESTS = "application/vnd.oci.image.manifest.v1+json, application/vnd.docker.distribution.manifest.v2+json"


@dataclass(frozen=True, kw_only=True, slots=True)
class Registry:
    """A running registry; `address` is its host and port."""

    address: str

    def manifest(self, repository: str, digest: str) -> dict[str, Any]:
        """The manifest of one image: `config` and `layers`, each with `digest` and compressed `size` in bytes."""
        return json.loads(self._get(f"{repository}/manifests/{digest}"))

    def blob(self, repository: str, digest: str) -> bytes:
        """A layer, or an image's configuration."""
        return self._get(f"{repository}/blobs/{digest}")

    def _get(self, path: str) -> bytes:
        with direct_session() as session:
            url = f"http://{self.address}/v2/{path}"
            try:
                answer = session.get(url, headers={"Accept": _MANIFESTS}, timeout=30)
            except requests.RequestException as error:
                raise ImageError(f"the registry does not answer: {error}") from error
        if answer.status_code != 200:
            raise ImageError(f"the registry answers {answer.status_code} to {path}")
        return answer.content


@contextlib.contextmanager
def registry(directory: Path) -> Generator[Registry]:
    """Run a registry that keeps its images in `directory` and ends with the caller.

    Raises:
        ImageError: it is not installed, or does not start.
    """
    require("docker-registry")
    address, log = f"127.0.0.1:{free_port()}", directory / "registry.log"
    settings = directory / "registry.yml"
    settings.write_text(
        yaml.safe_dump(
            {
                "version": 0.1,
                "log": {"level": "error", "accesslog": {"disabled": True}},
                "storage": {"filesystem": {"rootdirectory": str(directory / "images")}},
                "http": {"addr": address},
            }
        )
    )
    with log.open("wb") as output:
        process = subprocess.Popen(  # noqa: S603
            [shutil.which("docker-registry") or "docker-registry", "serve", str(settings)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent(signal.SIGKILL),  # noqa: PLW1509
        )
    try:
        _wait(address, process, log)
        yield Registry(address=address)
    finally:
        process.terminate()
        try:
            process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    with direct_session() as session:
        while process.poll() is None and time.monotonic() < deadline:
            with contextlib.suppress(requests.RequestException):
                if session.get(f"http://{address}/v2/", timeout=5).status_code == 200:
                    return
            time.sleep(0.02)
    raise ImageError(f"docker-registry did not start: {log.read_text(errors='replace')[-500:]}")
