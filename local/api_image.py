"""Which files the platform's tasks run in: the checkout's, or those of the API's image, built here and unpacked."""

import asyncio
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from local.child import die_with_parent, stop_group
from local.container import ContainerError
from local.container_files import CheckoutFiles, ContainerFiles, ImageFiles
from local.image.root_filesystem import RootFilesystem, remove
from local.image.tool import ImageError

_REPOSITORY = "localhost/priceguard-api:image-"
_STOP_SECONDS = 25  # longer than the build gives its tools


class ApiImage:
    """The images of one platform.

    Args:
        root: the checkout.
        directory: gets one folder per unpacked image.
    """

    def __init__(self, root: Path, directory: Path) -> None:
        self._root = root
        self._directory = directory
        self.shared: Sequence[Path] = ()
        """Files of this machine that tasks may read at the same path."""

    async def build(self) -> tuple[str | None, str]:
        """Build and unpack the image; its reference and what it is, or None and why tasks run from the checkout.

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
        return f"{_REPOSITORY}{built['folder']}" if built["folder"] else None, built["words"]

    def files(self, reference: str) -> ContainerFiles:
        """The files that the containers of an image see."""
        if not reference.startswith(_REPOSITORY):
            return CheckoutFiles(directory=self._root, path=Path(sys.executable).parent)
        try:
            image = RootFilesystem.load(self._directory / reference.removeprefix(_REPOSITORY))
        except FileNotFoundError:
            raise ContainerError(f"CannotPullContainerError: {reference} is not here; `up --image` builds it") from None
        return ImageFiles(image=image, shared=tuple(self.shared))

    def forget_all_but(self, reference: str | None) -> None:
        """Drop the unpacked images that no task runs in any more."""
        kept = (reference or "").removeprefix(_REPOSITORY)
        for folder in self._directory.glob("*"):
            if folder.name != kept:
                remove(folder)
