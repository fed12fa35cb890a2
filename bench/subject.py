"""One of the images that are compared: built twice, pushed, pulled by digest, unpacked."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from local.image.buildah import Buildah
from local.image.engine import Engine
from local.image.recipe import Recipe
from local.image.registry import Registry
from local.image.root_filesystem import RootFilesystem
from local.image.tool import ImageError

_HEALTHCHECK = re.compile(r"^HEALTHCHECK .*?CMD (\[.*\])$", re.MULTILINE)
_STORAGE = "storage"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """An image that was pulled by its digest.

    Args:
        name: what it is called in the table.
        digest: that of its manifest in the registry.
        compressed: bytes that a machine without any of it pulls.
        own_compressed: of these, those above the base.
        unpacked: bytes of its layers on a disk.
        files: its root file system.
        health_check: the command of its HEALTHCHECK.
    """

    name: str
    digest: str
    compressed: int
    own_compressed: int
    unpacked: int
    files: RootFilesystem
    health_check: tuple[str, ...]


def make(
    name: str, recipe: Recipe, engine: Engine, registry: Registry, place: Path, said: Callable[[str], None]
) -> Subject:
    """Build, prove that it can be built again, push, pull by digest into another storage, and unpack.

    Raises:
        ImageError: a step failed, or a second build without a cache was another image.
    """
    image = engine.build(recipe)
    said(f"{name}: built")
    if (again := engine.build(recipe, fresh=True)) != image:
        raise ImageError(f"{name}: built again from nothing it is another image: {again} instead of {image}")
    said(f"{name}: built again without a cache, the same image")
    digest = engine.push(image, f"{registry.address}/{recipe.name}:{recipe.labels.get('REVISION', 'peer')}")
    pulled = f"{registry.address}/{recipe.name}@{digest}"
    files = _pull(pulled, engine, place)
    said(f"{name}: pushed, pulled by digest: {digest}")
    layers = registry.manifest(recipe.name, digest)["layers"]
    of_base = len(engine.inspect(recipe.base)["layers"])
    return Subject(
        name=name,
        digest=digest,
        compressed=sum(layer["size"] for layer in layers),
        own_compressed=sum(layer["size"] for layer in layers[of_base:]),
        unpacked=sum(len(gzip.decompress(registry.blob(recipe.name, layer["digest"]))) for layer in layers),
        files=files,
        health_check=health_check(recipe.context),
    )


def _pull(image: str, engine: Engine, place: Path) -> RootFilesystem:
    """Pull by digest and unpack; with buildah into a storage in which nothing of it is there yet."""
    directory = place / "files" / image.rpartition(":")[2]
    if not isinstance(engine, Buildah):
        engine.pull(image)
        return RootFilesystem.unpack(engine, image, directory)
    other = Buildah(place / _STORAGE)
    try:
        other.pull(image)
        return RootFilesystem.unpack(other, image, directory)
    finally:
        other.drop_all()


def health_check(context: Path) -> tuple[str, ...]:
    """The command of the HEALTHCHECK in a Dockerfile.

    Raises:
        ImageError: there is none in the form of a list.
    """
    text = (context / "Dockerfile").read_text().replace("\\\n", " ")
    if found := _HEALTHCHECK.search(text):
        return tuple(json.loads(found[1]))
    raise ImageError(f'{context / "Dockerfile"}: there is no HEALTHCHECK … CMD ["…"]')
