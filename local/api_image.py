"""Which files the platform's tasks run in: a copy of a checkout's, or those of the API's image, built and unpacked.

A checkout changes, and another one may take its place. What was started from it must be startable again, as by a
deployment that goes back: so tasks never run in the checkout itself.
"""

import asyncio
import hashlib
import json
import shutil
import signal
import sys
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.child import die_with_parent, stop_group
from local.container import ContainerError
from local.container_files import CheckoutFiles, ContainerFiles, ImageFiles
from local.image.root_filesystem import RootFilesystem, remove
from local.image.tool import ImageError
from local.providers.docker_build import digest_of, manifest_of

REQUIREMENTS = Path("requirements", "api.txt")
_STOP_SECONDS = 25  # longer than the build gives its tools


@dataclass(frozen=True, kw_only=True, slots=True)
class PreparedImage:
    """What tasks are to run in.

    Args:
        content: names the files, and changes with them.
        folder: name of the folder that has them.
        words: what it is, for people.
        built: whether it is the API's image, and not files of a checkout.
    """

    content: str
    folder: str
    words: str
    built: bool = False

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
        directory: gets one folder per image.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._prepared: dict[str, PreparedImage] = {}
        self.shared: Sequence[Path] = ()
        """Files of this machine that tasks may read at the same path."""

    def checkout(self, root: Path, words: str = "") -> PreparedImage:
        """Take the files of the checkout `root`, as they are now.

        Raises:
            OSError: they cannot be copied.
        """
        image = image_of(root, words)
        if not (self._directory / image.folder).exists():
            image = self._copy(root, words)
        return self._known(image)

    async def build(self, root: Path) -> PreparedImage:
        """Build and unpack the image; where that cannot be done here, the checkout, and the words say why.

        Raises:
            ImageError: there is something that builds images, and it failed.
            OSError: as `checkout`.
        """
        arguments = ("-m", "local.image", str(root), str(self._directory))
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *arguments),
            cwd=root,
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
            return self.checkout(root, built["words"])
        folder = built["folder"]
        return self._known(PreparedImage(content=f"image {folder}", folder=folder, words=built["words"], built=True))

    def files(self, reference: str) -> ContainerFiles:
        """The files that the containers of an image see."""
        image = self._prepared.get(reference.partition("@")[2])
        folder = self._directory / image.folder if image else None
        if image is None or folder is None or not folder.exists():
            raise ContainerError(
                f"CannotPullContainerError: {reference} is not here; without `--set image=...` it is what `up` prepares"
            )
        if not image.built:
            return CheckoutFiles(directory=folder, path=Path(sys.executable).parent)
        return ImageFiles(image=RootFilesystem.load(folder), shared=tuple(self.shared))

    def forget_all_but(self, digests: Collection[str]) -> None:
        """Drop the images that no task runs in any more, and none will be started in."""
        kept = {self._prepared[digest].folder for digest in digests if digest in self._prepared}
        for folder in self._directory.glob("*"):
            if folder.name not in kept:
                remove(folder)

    def _copy(self, root: Path, words: str) -> PreparedImage:
        """Copy what is read of a checkout, all of it or nothing, and name it by what the copy holds."""
        self._directory.mkdir(mode=0o700, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix="checkout.", dir=self._directory))
        try:
            # Without what was compiled: that goes by the time of a file, and two commits may have been written in one.
            shutil.copytree(root / "api", beside / "api", ignore=shutil.ignore_patterns("__pycache__"))
            (beside / REQUIREMENTS).parent.mkdir()
            shutil.copy(root / REQUIREMENTS, beside / REQUIREMENTS)
            image = image_of(beside, words)
            if not (self._directory / image.folder).exists():
                beside.rename(self._directory / image.folder)
        finally:
            remove(beside)
        return image

    def _known(self, image: PreparedImage) -> PreparedImage:
        self._prepared[image.digest] = image
        return image


def image_of(root: Path, words: str = "") -> PreparedImage:
    """What the files of the checkout `root` are called as an image, as they are now."""
    found = fingerprint(root)
    return PreparedImage(content=f"checkout {found}", folder=f"checkout-{found}", words=words)


def fingerprint(root: Path) -> str:
    """Twelve hex digits of what the image would hold: changed code is a changed image, and rolls the service."""
    digest = hashlib.sha256((root / REQUIREMENTS).read_bytes())
    for path in sorted((root / "api").rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]
