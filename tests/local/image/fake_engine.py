"""An engine that is made up: what it has and can pull is given, what it unpacks is three files."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from local.image.recipe import Recipe
from local.image.tool import ImageError

CONFIGURATION: dict[str, Any] = {
    "Env": ["PATH=/usr/bin", "FLAGS=a=b"],
    "Cmd": ["python", "-m", "api"],
    "WorkingDir": "/app",
    "User": "10001:10001",
    "layers": [],
}


class FakeEngine:
    """Notes each call in `calls`.

    Args:
        has: images in its storage.
        can_pull: images that it can bring.
        configuration: of every image.
        ids: what its builds give, one after the other.
    """

    name = "made up"

    def __init__(
        self,
        *,
        has: Iterable[str] = (),
        can_pull: Iterable[str] = (),
        configuration: dict[str, Any] = CONFIGURATION,
        ids: Iterable[str] = (),
    ) -> None:
        self._has = set(has)
        self._can_pull = set(can_pull)
        self._configuration = configuration
        self._ids = iter(ids)
        self.calls: list[tuple[str, ...]] = []
        self.interrupted = False

    def has(self, image: str) -> bool:
        """Whether it was given, pulled or loaded."""
        return image in self._has

    def pull(self, reference: str) -> None:
        """Bring what can be pulled."""
        self.calls.append(("pull", reference))
        if reference not in self._can_pull:
            raise ImageError("no route to the registry")
        self._has.add(reference)

    def load(self, archive: Path, image: str) -> None:
        """Have an image."""
        del archive
        self.calls.append(("load", image))
        self._has.add(image)

    def build(self, recipe: Recipe, *, fresh: bool = False) -> str:
        """The next id."""
        self.calls.append(("build", recipe.name, "fresh" if fresh else "cached"))
        return next(self._ids)

    def push(self, image: str, destination: str) -> str:
        """Nothing is pushed."""
        raise NotImplementedError

    def inspect(self, image: str) -> dict[str, Any]:
        """The configuration that was given."""
        self.calls.append(("inspect", image))
        return dict(self._configuration)

    def unpack(self, image: str, directory: Path) -> None:
        """Three files, one in a folder that nobody may write; only some of them when it is `interrupted`."""
        self.calls.append(("unpack", image))
        assert not any(directory.iterdir()), "the directory must be empty"
        closed = directory / "usr" / "closed"
        closed.mkdir(parents=True)
        (closed / "file").write_text("closed")
        closed.chmod(0o500)
        if self.interrupted:
            (directory / "half").write_text("half")
            raise ImageError("the disk is full")
        (directory / "usr" / "program").write_text("program")
        (directory / "usr" / "more").write_text("more")
