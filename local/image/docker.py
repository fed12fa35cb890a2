"""Images by Docker."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from local.image.recipe import Recipe
from local.image.tool import ImageError, run

_OLDEST = 23  # the first that builds with a BuildKit which knows SOURCE_DATE_EPOCH


class Docker:
    """Docker, whose daemon answers."""

    def __init__(self, version: str) -> None:
        self.name = f"Docker {version}"

    @classmethod
    def find(cls) -> "Docker | None":
        """Docker, if a daemon answers that is new enough; the command alone builds nothing."""
        if shutil.which("docker") is None:
            return None
        try:
            version = run(["docker", "version", "--format", "{{.Server.Version}}"], seconds=20)
        except ImageError:
            return None
        major = version.partition(".")[0]
        return cls(version) if major.isdigit() and int(major) >= _OLDEST else None

    def has(self, image: str) -> bool:
        """Whether the daemon has `image`."""
        try:
            _inspect(image)
        except ImageError:
            return False
        return True

    def pull(self, reference: str) -> None:
        """Bring an image from its registry; Docker speaks to loopback without TLS by itself."""
        run(["docker", "pull", "--quiet", reference])

    def load(self, archive: Path, image: str) -> None:
        """Make an image of one layer from a tar archive."""
        run(["docker", "import", archive, image])

    def build(self, recipe: Recipe, *, fresh: bool = False) -> str:
        """Build; the image's id."""
        arguments = {**recipe.arguments, "SOURCE_DATE_EPOCH": "0"}
        # Attestations inside the image would hold the time of the build, and so would its id.
        options = ["--provenance=false", "--sbom=false", "--network", "host", *(["--no-cache"] if fresh else [])]
        for name, value in arguments.items():
            options += ["--build-arg", f"{name}={value}"]
        with tempfile.TemporaryDirectory() as folder:
            id_file = Path(folder) / "id"
            result = ["--iidfile", id_file, "--tag", f"localhost/{recipe.name}"]
            run(["docker", "build", *options, *result, recipe.context])
            return id_file.read_text().strip()

    def push(self, image: str, destination: str) -> str:
        """Push to a registry on loopback; the digest that the image has there."""
        run(["docker", "tag", image, destination])
        run(["docker", "push", "--quiet", destination])
        repository = destination.rpartition(":")[0]
        known: list[str] = json.loads(_inspect(image))[0]["RepoDigests"]
        return next(name.rpartition("@")[2] for name in known if name.startswith(f"{repository}@"))

    def inspect(self, image: str) -> dict[str, Any]:
        """The image's configuration, and the digests of its `layers`."""
        found = json.loads(_inspect(image))[0]
        return {**found["Config"], "layers": found["RootFS"]["Layers"]}

    def unpack(self, image: str, directory: Path) -> None:
        """Put the image's files into `directory`."""
        container = run(["docker", "create", image])
        try:
            with tempfile.TemporaryDirectory() as folder:
                archive = Path(folder) / "files.tar"
                run(["docker", "export", "--output", archive, container])
                run(["tar", "--extract", "--file", archive, "--directory", directory, "--exclude", "dev/*"])
        finally:
            run(["docker", "rm", container])


def _inspect(image: str) -> str:
    return run(["docker", "image", "inspect", image])
