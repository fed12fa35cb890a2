"""What the processes of a container see as their files: those of the checkout, or those of a built image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from local.image.root_filesystem import RootFilesystem

_SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class ContainerFiles(Protocol):
    """Where the commands of a container run."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that the image sets."""
        ...

    @property
    def directory(self) -> Path:
        """An existing directory of this machine, in which the process is started."""
        ...

    def command_line(self, definition: Mapping[str, Any], command: Sequence[str]) -> tuple[str, ...]:
        """What to start for `command` of the container that `definition` describes."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckoutFiles:
    """The checkout stands for the image: its user, its packages, and everything may be written.

    Args:
        directory: stands for the image's working directory.
        path: directory that comes first in the PATH, so that `python` is the virtual environment's.
    """

    directory: Path
    path: Path

    @property
    def environment(self) -> Mapping[str, str]:
        """What the image would set, as far as it matters here."""
        place = f"{self.path}:{_SYSTEM_PATH}"
        return {"PATH": place, "LANG": "C.UTF-8", "PYTHONUNBUFFERED": "1", "HOME": "/nonexistent"}

    def command_line(self, definition: Mapping[str, Any], command: Sequence[str]) -> tuple[str, ...]:
        """The command itself."""
        del definition
        return tuple(command)


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageFiles:
    """The unpacked image: its own interpreter and packages, user and read-only root as the task definition says.

    Args:
        image: its files.
        shared: files of this machine that the container must read, such as the local database's authority.
    """

    image: RootFilesystem
    shared: tuple[Path, ...]

    @property
    def environment(self) -> Mapping[str, str]:
        """The image's own variables, and the HOME of a user that is in no list."""
        return {"HOME": "/", **self.image.environment}

    @property
    def directory(self) -> Path:
        """The image's files; its working directory is gone to once they are the root."""
        return self.image.path

    def command_line(self, definition: Mapping[str, Any], command: Sequence[str]) -> tuple[str, ...]:
        """The command inside the image."""
        return self.image.enter(
            command,
            user=definition.get("user", ""),
            read_only=definition.get("readonlyRootFilesystem", False),
            shared=self.shared,
        )
