"""Images by buildah: no daemon, and as root no user namespaces either."""

import json
import os
import shlex
import shutil
import tempfile
from pathlib import Path
from typing import Any

from local.image.recipe import Recipe
from local.image.tool import ImageError, run


class Buildah:
    """Buildah with the storage of the user who runs it, or with one of its own.

    Args:
        storage: folder of its own storage.
    """

    def __init__(self, storage: Path | None = None) -> None:
        place = [f"--root={storage / 'root'}", f"--runroot={storage / 'run'}"] if storage else []
        # The driver must be said on every call; overlay takes seconds where vfs takes minutes.
        for driver in ("overlay", "vfs"):
            self._buildah = ["buildah", f"--storage-driver={driver}", *place]
            try:
                self._run("info")
            except ImageError:
                if driver == "vfs":
                    raise
            else:
                break
        self.name = run(["buildah", "--version"]).split(" (")[0].replace(" version", "")

    @classmethod
    def find(cls) -> "Buildah | None":
        """Buildah, if it is there and works."""
        return cls() if shutil.which("buildah") else None

    def has(self, image: str) -> bool:
        """Whether `image` is in the storage."""
        try:
            self._inspect(image)
        except ImageError:
            return False
        return True

    def pull(self, reference: str) -> None:
        """Bring an image from its registry."""
        on_loopback = reference.startswith("127.0.0.1:")
        self._run("pull", "--quiet", f"--tls-verify={str(not on_loopback).lower()}", reference)

    def load(self, archive: Path, image: str) -> None:
        """Make an image of one layer from a tar archive."""
        container = self._run("from", "scratch")
        try:
            self._run("add", "--quiet", container, archive, "/")
            self._run("commit", "--quiet", "--format", "oci", container, image)
        finally:
            self._run("rm", container)

    def build(self, recipe: Recipe, *, fresh: bool = False) -> str:
        """Build; the image's id.

        The format is OCI: in the other one buildah writes the random names of its containers into every image.
        OCI has no HEALTHCHECK. ECS and the local platform do not read it; they have that of the task definition.
        The date is always 1970: a layer that is taken from an earlier build keeps the date of that one.
        """
        arguments = [word for name, value in recipe.arguments.items() for word in ("--build-arg", f"{name}={value}")]
        with tempfile.TemporaryDirectory() as folder:
            id_file = Path(folder) / "id"
            # chroot and the machine's network: neither needs a container runtime.
            self._run(
                "build-using-dockerfile",
                *("--format", "oci", "--layers", "--force-rm", *(["--no-cache"] if fresh else [])),
                *("--isolation", "chroot", "--network", "host"),
                *("--timestamp", "0", "--identity-label=false"),
                *("--iidfile", id_file, "--tag", f"localhost/{recipe.name}", *arguments),
                recipe.context,
            )
            return id_file.read_text().strip().removeprefix("sha256:")

    def push(self, image: str, destination: str) -> str:
        """Push to a registry on loopback; the digest that the image has there."""
        with tempfile.TemporaryDirectory() as folder:
            digest_file = Path(folder) / "digest"
            options = ("--quiet", "--tls-verify=false", "--digestfile", digest_file)
            self._run("push", *options, image, f"docker://{destination}")
            return digest_file.read_text().strip()

    def inspect(self, image: str) -> dict[str, Any]:
        """The image's configuration, and the digests of its `layers`."""
        found = json.loads(self._inspect(image))["OCIv1"]
        return {**found["config"], "layers": found["rootfs"]["diff_ids"]}

    def unpack(self, image: str, directory: Path) -> None:
        """Put the image's files into `directory`."""
        container = self._run("from", image)
        try:
            # Without root, storage can be mounted inside a user namespace only.
            inside = [] if os.geteuid() == 0 else ["buildah", "unshare"]
            mount = shlex.join([*self._buildah, "mount", container])
            copy = f'files="$({mount})" && cp -R --preserve=mode,timestamps,links "$files/." "$1"'
            run([*inside, "sh", "-c", copy, "sh", directory])
        finally:
            self._run("rm", container)

    def drop_all(self) -> None:
        """Drop every image. Without root some files of a storage belong to users of a namespace: only buildah can."""
        self._run("rmi", "--all", "--force")

    def _inspect(self, image: str) -> str:
        return self._run("inspect", "--type", "image", image)

    def _run(self, *arguments: str | Path) -> str:
        return run([*self._buildah, *arguments])
