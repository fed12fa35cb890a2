"""Whatever builds images on this machine, behind one protocol."""

from pathlib import Path
from typing import Any, Protocol

from local.image.buildah import Buildah
from local.image.docker import Docker
from local.image.recipe import Recipe
from local.image.tool import NotHereError


class Engine(Protocol):
    """Builds and moves images. Everything raises `ImageError` with the cause and the end of the tool's output."""

    name: str

    def has(self, image: str) -> bool:
        """Whether `image` is in this machine's storage."""
        ...

    def pull(self, reference: str) -> None:
        """Bring an image from its registry; one on loopback is spoken to without TLS."""
        ...

    def load(self, archive: Path, image: str) -> None:
        """Make an image of one layer from a root file system, a tar archive."""
        ...

    def build(self, recipe: Recipe, *, fresh: bool = False) -> str:
        """Build; the image's id. A fresh build takes no layer from earlier ones."""
        ...

    def push(self, image: str, destination: str) -> str:
        """Push to `destination`, a repository with a tag in a registry on loopback; the digest that it has there."""
        ...

    def inspect(self, image: str) -> dict[str, Any]:
        """The image's configuration: `Env`, `Cmd`, `User`, `WorkingDir`, `Labels`, …, and the `layers` it has."""
        ...

    def unpack(self, image: str, directory: Path) -> None:
        """Put the image's files into `directory`, which is empty."""
        ...


ENGINES = {"docker": Docker, "buildah": Buildah}


def choose_engine(name: str = "auto") -> Engine:
    """The engine of that name; `auto` takes Docker where its daemon answers, else buildah.

    Raises:
        NotHereError: there is none.
    """
    wanted = list(ENGINES) if name == "auto" else [name]
    for candidate in wanted:
        if engine := ENGINES[candidate].find():
            return engine
    raise NotHereError(
        f"no engine that builds images: {' or '.join(wanted)} does not answer here; start Docker (23 or newer), or "
        "`apt-get install --no-install-recommends buildah`"
    )
