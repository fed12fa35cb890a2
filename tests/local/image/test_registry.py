"""The registry on loopback: what is pushed to it can be read back, and it ends."""

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests

from local.image.registry import registry
from local.image.tool import ImageError
from local.loopback import direct_session
from tests.local.ecs_bench import ended
from tests.local.image.fake_tools import Tools

OCI = "application/vnd.oci.image"
NAME = "priceguard-api"
needs_registry = pytest.mark.skipif(
    shutil.which("docker-registry") is None, reason="needs Debian's docker-registry (apt-get install docker-registry)"
)


def digest_of(content: bytes) -> str:
    """As registries name content."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def push_blob(session: requests.Session, address: str, content: bytes) -> dict[str, Any]:
    """Push a blob as the specification says; how a manifest refers to it."""
    started = session.post(f"http://{address}/v2/{NAME}/blobs/uploads/", timeout=10)
    parameters = {"digest": digest_of(content)}
    done = session.put(started.headers["Location"], params=parameters, data=content, timeout=10)
    assert done.status_code == 201, done.text
    return {"digest": digest_of(content), "size": len(content)}


def push_image(address: str, layer: bytes) -> tuple[str, dict[str, Any]]:
    """Push an image of one layer; the digest of its manifest, and the manifest."""
    with direct_session() as session:
        manifest = {
            "schemaVersion": 2,
            "mediaType": f"{OCI}.manifest.v1+json",
            "config": {"mediaType": f"{OCI}.config.v1+json", **push_blob(session, address, b"{}")},
            "layers": [{"mediaType": f"{OCI}.layer.v1.tar+gzip", **push_blob(session, address, layer)}],
        }
        content = json.dumps(manifest).encode()
        done = session.put(
            f"http://{address}/v2/{NAME}/manifests/{digest_of(content)}",
            data=content,
            headers={"Content-Type": f"{OCI}.manifest.v1+json"},
            timeout=10,
        )
        assert done.status_code == 201, done.text
    return digest_of(content), manifest


def processes(directory: Path) -> list[int]:
    """Our children that run with the settings in `directory`."""
    return [child.pid for child in psutil.Process().children() if str(directory / "registry.yml") in child.cmdline()]


@needs_registry
def test_what_is_pushed_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By digest, past whatever proxy the environment names; nothing runs any more afterwards."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    with registry(tmp_path) as images:
        digest, manifest = push_image(images.address, b"a layer")
        (pid,) = processes(tmp_path)

        assert images.manifest(NAME, digest) == manifest
        assert images.blob(NAME, manifest["layers"][0]["digest"]) == b"a layer"
        assert images.blob(NAME, manifest["config"]["digest"]) == b"{}"
        for read in (images.manifest, images.blob):
            with pytest.raises(ImageError, match=r"answers 404 to priceguard-api/(manifests|blobs)/sha256:0000"):
                read(NAME, f"sha256:{'0' * 64}")

    assert ended(pid)


@needs_registry
def test_images_are_kept_and_the_process_ends_with_an_error_too(tmp_path: Path) -> None:
    """A second registry on the same folder has what the first one had."""
    done: list[tuple[str, int]] = []

    def push_and_fail() -> None:
        with registry(tmp_path) as images:
            digest, _ = push_image(images.address, b"a layer")
            done.extend((digest, pid) for pid in processes(tmp_path))
            raise ImageError("something else failed")

    with pytest.raises(ImageError, match="something else failed"):
        push_and_fail()
    ((digest, pid),) = done
    assert ended(pid)

    with registry(tmp_path) as images:
        assert images.manifest(NAME, digest)["layers"][0]["size"] == len(b"a layer")


def test_one_that_does_not_start_says_why(tools: Tools, tmp_path: Path) -> None:
    """With the end of its log."""
    tools.put("docker-registry", "echo 'configuration error: no storage' >&2; exit 1")

    said = "docker-registry did not start: configuration error: no storage"
    with pytest.raises(ImageError, match=said), registry(tmp_path):
        pytest.fail("it has not started")
    assert processes(tmp_path) == []


@pytest.mark.usefixtures("tools")
def test_one_that_is_not_installed_is_named(tmp_path: Path) -> None:
    """With the command that installs it."""
    with pytest.raises(ImageError, match="missing: docker-registry; `apt-get install"), registry(tmp_path):
        pytest.fail("it is not there")
