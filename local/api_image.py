"""Which files the platform's tasks run in: the checkout's, or those of the API's image, built here and unpacked."""

import asyncio
import hashlib
import json
import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.child import die_with_parent, stop_group
from local.container import ContainerError
from local.container_files import CheckoutFiles, ContainerFiles, ImageFiles
from local.image.root_filesystem import RootFilesystem, remove
from local.image.tool import ImageError
from local.providers.docker_build import digest_of, manifest_of

_STOP_SECONDS = 25  # longer than the build gives its tools


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedImage:
    """What tasks are to run in.

    Args:
        content: names the files, and changes with them.
        folder: name of the folder with the unpacked image; None for the checkout.
        words: what it is, for people.
    """

    content: str
    folder: str | None
    words: str

    @property
    def manifest(self) -> str:
        """What stands for it in the registry."""
        return manifest_of(self.content)

    @property
    def digest(self) -> str:
        """How a task definition names it, behind the repository and `@`."""
        return digest_of(self.manifest)


class ApiImage:
    """The images of one platform.

    Args:
        root: the checkout.
        directory: gets one folder per unpacked image.
    """

    def __init__(self, root: Path, directory: Path) -> None:
        self._root = root
        self._directory = directory
        self._prepared: dict[str, PreparedImage] = {}
        self.shared: Sequence[Path] = ()
        """Files of this machine that tasks may read at the same path."""

    def checkout(self, words: str = "") -> PreparedImage:
        """Take the files of the checkout, as they are now."""
        content = f"checkout {fingerprint(self._root)}"
        return self._known(PreparedImage(content=content, folder=None, words=words))

    async def build(self) -> PreparedImage:
        """Build and unpack the image; where that cannot be done here, the checkout, and the words say why.

        Raises:
            ImageError: there is something that builds images, and it failed.
        """
        arguments = ("-m", "local.image", str(self._root), str(self._directory))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments),
            cwd=self._root,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )
        try:
            output, errors = await process.communicate()
        finally:
            await stop_group(process, _STOP_SECONDS)  # when nobody waits any more: it ends its tools, which clean up
        if process.returncode != 0:
            raise ImageError(f"the image: {errors.decode(errors='replace').strip()}")
        built = json.loads(output)
        if built["folder"] is None:
            return self.checkout(built["words"])
        content = f"image {built['folder']}"
        return self._known(PreparedImage(content=content, folder=built["folder"], words=built["words"]))

    def files(self, reference: str) -> ContainerFiles:
        """The files that the containers of an image see."""
        image = self._prepared.get(reference.partition("@")[2])
        if image is None:
            raise ContainerError(
                f"CannotPullContainerError: {reference} is not here; without `--set image=...` it is what `up` prepares"
            )
        if image.folder is None:
            return CheckoutFiles(directory=self._root, path=Path(sys.executable).parent)
        try:
            unpacked = RootFilesystem.load(self._directory / image.folder)
        except FileNotFoundError:
            raise ContainerError(f"CannotPullContainerError: {reference} is not here; `up --image` builds it") from None
        return ImageFiles(image=unpacked, shared=tuple(self.shared))

    def forget_all_but(self, image: PreparedImage) -> None:
        """Drop the unpacked images that no task runs in any more."""
        for folder in self._directory.glob("*"):
            if folder.name != image.folder:
                remove(folder)

    def _known(self, image: PreparedImage) -> PreparedImage:
        self._prepared[image.digest] = image
        return image


def fingerprint(root: Path) -> str:
    """Twelve hex digits of what the image would hold: changed code is a changed image, and rolls the service."""
    digest = hashlib.sha256((root / "requirements" / "api.txt").read_bytes())
    for path in sorted((root / "api").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
