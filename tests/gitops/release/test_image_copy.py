"""The image that dev proved, in prod's own repository: byte for byte, once, and without a trace of the credentials."""

import base64
import hashlib
import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from gitops.release.image_copy import copy
from gitops.release.target import ImageCopyError
from local.image.registry import Registry, registry

DIGEST = f"sha256:{'a1' * 32}"
HOST = "123456789012.dkr.ecr.us-east-1.amazonaws.com"
SOURCE, IMAGE = f"{HOST}/priceguard-dev@{DIGEST}", f"{HOST}/priceguard-prod@{DIGEST}"
PASSWORD = "the password of the registry"
TOKEN = base64.b64encode(f"AWS:{PASSWORD}".encode()).decode()


class Ecr:
    """What of ECR's API is asked; `there` are digests that the repository has."""

    def __init__(self, *there: str, error: str = "") -> None:
        self.there, self.error = set(there), error

    def batch_get_image(self, **asked: Any) -> dict[str, Any]:
        """Whether it has the image."""
        if self.error:
            raise ClientError({"Error": {"Code": self.error, "Message": "no"}}, "BatchGetImage")
        assert asked["repositoryName"].startswith("priceguard-")
        return {"images": [one for one in asked["imageIds"] if one["imageDigest"] in self.there]}

    def get_authorization_token(self) -> dict[str, Any]:
        """As ECR gives it."""
        return {"authorizationData": [{"authorizationToken": TOKEN}]}


@pytest.fixture
def tool(tmp_path: Path) -> Path:
    """A `skopeo` that only writes down how it was called, and what its credentials' file held."""
    script = tmp_path / "skopeo"
    script.write_text(
        '#!/bin/sh\nprintf "%s\\n" "$@" > "$0.said"\n'
        'while [ $# -gt 0 ]; do [ "$1" = --authfile ] && cp -p "$2" "$0.auth"; shift; done\n'
    )
    script.chmod(0o755)
    return script


def test_it_is_copied_by_digest_under_a_tag_that_builds_do_not_have(tool: Path) -> None:
    """So that the lifecycle policy, which removes old builds, leaves it."""
    copy(SOURCE, IMAGE, ecr=Ecr(), command=str(tool))

    said = tool.with_name("skopeo.said").read_text().splitlines()
    assert said[-2:] == [f"docker://{SOURCE}", f"docker://{HOST}/priceguard-prod:release-a1a1a1a1a1a1"]
    assert "--preserve-digests" in said


def test_the_credentials_are_in_a_file_of_its_own_and_on_no_command_line(tool: Path) -> None:
    """Every process of a machine can read command lines."""
    copy(SOURCE, IMAGE, ecr=Ecr(), command=str(tool))

    said, auth = tool.with_name("skopeo.said").read_text(), tool.with_name("skopeo.auth")
    assert TOKEN not in said
    assert json.loads(auth.read_text()) == {"auths": {HOST: {"auth": TOKEN}}}
    file = Path(said.split("--authfile\n")[1].splitlines()[0])
    assert not file.exists()
    assert stat.S_IMODE(auth.stat().st_mode) & 0o077 == 0


def test_one_that_is_there_is_not_copied_again(tool: Path) -> None:
    """A tag cannot be written twice."""
    copy(SOURCE, IMAGE, ecr=Ecr(DIGEST), command=str(tool))

    assert not tool.with_name("skopeo.said").exists()


def test_another_image_is_not_the_one_that_was_proved(tool: Path) -> None:
    """Refused before anybody is asked."""
    with pytest.raises(ImageCopyError, match="another digest is another image"):
        copy(SOURCE, IMAGE.replace("a1", "b2"), ecr=Ecr(error="AccessDenied"), command=str(tool))


def test_what_fails_says_why_and_keeps_the_credentials_to_itself(tmp_path: Path) -> None:
    """Even when the tool repeats them."""
    script = tmp_path / "skopeo"
    script.write_text(f"#!/bin/sh\necho 'denied for {TOKEN}, that is {PASSWORD}' >&2\nexit 1\n")
    script.chmod(0o755)

    with pytest.raises(ImageCopyError, match="cannot be copied: denied for") as failed:
        copy(SOURCE, IMAGE, ecr=Ecr(), command=str(script))
    assert TOKEN not in str(failed.value)
    assert PASSWORD not in str(failed.value)
    with pytest.raises(ImageCopyError, match="install skopeo"):
        copy(SOURCE, IMAGE, ecr=Ecr(), command="no-such-tool")
    with pytest.raises(ImageCopyError, match="priceguard-prod: "):
        copy(SOURCE, IMAGE, ecr=Ecr(error="AccessDeniedException"), command=str(script))


@pytest.fixture
def local_registry(tmp_path: Path) -> Iterator[Registry]:
    """A real registry on loopback; skipped without one, or without skopeo."""
    if not (shutil.which("skopeo") and shutil.which("docker-registry")):
        pytest.skip("skopeo and docker-registry are not both installed")
    with registry(tmp_path) as running:
        yield running


def test_the_real_tool_keeps_the_digest(local_registry: Registry, tmp_path: Path) -> None:
    """From one repository of a real registry to another, which speaks no TLS."""
    plain = "--src-tls-verify=false --dest-tls-verify=false"
    tool = tmp_path / "plain-skopeo"
    tool.write_text(f'#!/bin/sh\nshift\nexec skopeo copy {plain} "$@"\n')
    tool.chmod(0o755)
    layout = tmp_path / "image"
    digest = an_image(layout)
    address = local_registry.address
    pushed = f"docker://{address}/priceguard-dev:sha-1"
    subprocess.run([tool, "copy", "--quiet", f"oci:{layout}:one", pushed], check=True, timeout=60)

    image = f"{address}/priceguard-prod@{digest}"
    copy(f"{address}/priceguard-dev@{digest}", image, ecr=Ecr(), command=str(tool))

    with httpx.Client(trust_env=False) as http:
        accepted = {"Accept": "application/vnd.oci.image.manifest.v1+json"}
        tag = f"release-{digest.removeprefix('sha256:'):.12}"
        there = http.get(f"http://{address}/v2/priceguard-prod/manifests/{tag}", headers=accepted)
    assert there.headers["Docker-Content-Digest"] == digest


def an_image(layout: Path) -> str:
    """A folder with the smallest image there is; its digest."""

    def blob(content: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(content).hexdigest()
        (layout / "blobs" / "sha256").mkdir(parents=True, exist_ok=True)
        (layout / "blobs" / "sha256" / digest).write_bytes(content)
        return {"digest": f"sha256:{digest}", "size": len(content)}

    oci = "application/vnd.oci.image"
    settings = {"architecture": "arm64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": []}, "config": {}}
    config = {"mediaType": f"{oci}.config.v1+json", **blob(json.dumps(settings).encode())}
    manifest = {"schemaVersion": 2, "mediaType": f"{oci}.manifest.v1+json", "config": config, "layers": []}
    found = {"mediaType": manifest["mediaType"], **blob(json.dumps(manifest).encode())}
    named = {**found, "annotations": {"org.opencontainers.image.ref.name": "one"}}
    (layout / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [named]}))
    (layout / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return str(found["digest"])
