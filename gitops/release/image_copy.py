"""Copies an image from one repository of ECR to another, byte for byte, so that its digest is the one that was proved.

`skopeo` copies: it asks the registry for what it lacks only, and refuses to change a manifest.
"""

import base64
import json
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gitops.aws.config import clients
from gitops.aws.errors import cause
from gitops.previews.values import clipped, plain
from gitops.release.target import ImageCopyError

SECONDS = 600
TAG = "release-{digest:.12}"
"""Images that builds make have other tags; the lifecycle policy removes those only."""
FIRST = "; before the first promotion make everything but the service (README, On AWS): priceguard:image none, `up`"
INSTALL = "install skopeo (Debian and Ubuntu: apt-get install skopeo; GitHub's runners have it)"


def copy(source: str, image: str, *, ecr: Any = None, command: str = "skopeo") -> None:
    """Have `source` as `image`, both `<registry>/<repository>@sha256:<digest>`; does nothing where it is already.

    Args:
        source: what was proved.
        image: where it is to run.
        ecr: boto3's client, with the credentials of the environment unless given.
        command: what copies.

    Raises:
        ImageCopyError: they differ in more than the repository, or it cannot be read or written.
    """
    digest = image.partition("@")[2]
    if source.partition("@")[2] != digest:
        raise ImageCopyError(f"{source} was proved, and {image} is to run: another digest is another image")
    registry, _, repository = image.partition("@")[0].partition("/")
    region = registry.split(".")[3]
    try:
        client = ecr or clients(region, "ecr")[0]
        if _is_there(client, repository, digest):
            return
        token = client.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    except (ClientError, BotoCoreError) as error:
        raise ImageCopyError(f"{repository}: {_words(error, region)}") from error
    _run(command, source, f"{image.partition('@')[0]}:{TAG.format(digest=digest.partition(':')[2])}", token)


def _words(error: ClientError | BotoCoreError, region: str) -> str:
    """Why AWS refuses; before the first promotion there is no repository, since the program makes it."""
    missing = isinstance(error, ClientError) and error.response["Error"]["Code"] == "RepositoryNotFoundException"
    return f"{cause(error, region)}{FIRST if missing else ''}"


def _run(command: str, source: str, to: str, token: str) -> None:
    if shutil.which(command) is None:
        raise ImageCopyError(f"{command} is not here, and copies the image: {INSTALL}")
    registries = {source.partition("/")[0], to.partition("/")[0]}
    with tempfile.TemporaryDirectory() as folder:  # mode 0700; a command line could be read by every process
        file = Path(folder) / "auth.json"
        file.touch(mode=0o600)
        file.write_text(json.dumps({"auths": {name: {"auth": token} for name in registries}}))
        line = [
            command,
            "copy",
            "--quiet",
            "--all",
            "--preserve-digests",
            "--retry-times",
            "3",
            "--authfile",
            str(file),
        ]
        try:
            done = subprocess.run(  # noqa: S603
                [*line, f"docker://{source}", f"docker://{to}"],
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise ImageCopyError(f"the image was not copied within {SECONDS} s; run again") from None
    if done.returncode != 0:
        password = base64.b64decode(token).decode().partition(":")[2]
        said = done.stderr.replace(token, "[token]").replace(password, "[token]")
        raise ImageCopyError(f"{source} cannot be copied: {clipped(plain(said.strip()), 500)}; run again")


def _is_there(client: Any, repository: str, digest: str) -> bool:
    found = client.batch_get_image(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    return bool(found.get("images"))
