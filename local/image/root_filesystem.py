"""An image's files on this machine, and commands that run in them."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from local.image import enter
from local.image.engine import Engine
from local.image.tool import NotHereError

_ROOT, _SETTINGS = "rootfs", "image.json"


@dataclass(frozen=True, kw_only=True, slots=True)
class RootFilesystem:
    """An unpacked image.

    Args:
        path: its files.
        environment: the image's ENV.
        command: the image's CMD.
        directory: the image's WORKDIR.
        user: the image's USER, numbers: `10001:10001`.
    """

    path: Path
    environment: dict[str, str]
    command: tuple[str, ...]
    directory: str
    user: str

    @classmethod
    def unpack(cls, engine: Engine, image: str, directory: Path) -> "RootFilesystem":
        """Unpack `image` into `directory`, or take what is there already: it is there as a whole or not at all.

        Raises:
            ImageError: it cannot be unpacked.
        """
        if (directory / _SETTINGS).exists():
            return cls.load(directory)
        directory.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = Path(tempfile.mkdtemp(prefix=f"{directory.name}.", dir=directory.parent))
        try:
            cls._unpack(engine, image, beside)
            with contextlib.suppress(OSError):  # somebody else was faster, and has the same
                beside.rename(directory)
        finally:
            remove(beside)
        return cls.load(directory)

    @classmethod
    def _unpack(cls, engine: Engine, image: str, directory: Path) -> None:
        root = directory / _ROOT
        root.mkdir()
        engine.unpack(image, root)
        found = engine.inspect(image)
        unpacked = cls(
            path=root,
            environment=dict(item.split("=", 1) for item in found.get("Env") or ()),
            command=tuple(found.get("Cmd") or ()),
            directory=found.get("WorkingDir") or "/",
            user=found.get("User") or "0:0",
        )
        settings = asdict(unpacked)
        del settings["path"]
        (directory / _SETTINGS).write_text(json.dumps(settings))

    @classmethod
    def load(cls, directory: Path) -> "RootFilesystem":
        """What `unpack` put into `directory`.

        Raises:
            FileNotFoundError: nothing.
        """
        found = json.loads((directory / _SETTINGS).read_text())
        command: list[str] = found.pop("command")
        return cls(path=directory / _ROOT, command=tuple(command), **found)

    def enter(
        self, command: Sequence[str], *, user: str = "", read_only: bool = True, shared: Sequence[Path] = ()
    ) -> tuple[str, ...]:
        """The command line that runs `command` in these files (Linux); see `local.image.enter`.

        Args:
            command: is looked up on the PATH of the environment that it is started with.
            user: instead of the image's; a name is none, because nothing in the image gives it a number.
            read_only: whether nothing of the image can be written. Memory that is shared by name (`/dev/shm`) can.
            shared: files of this machine that the command may read at the same path.
        """
        plan = {
            "root": str(self.path),
            "user": user or self.user,
            "directory": self.directory,
            "read_only": read_only,
            "shared": [str(path) for path in shared],
            "parent": os.getpid(),
            "command": list(command),
        }
        return sys.executable, "-I", "-S", enter.__file__, json.dumps(plan)


def can_enter() -> None:
    """Find out whether commands can run in an image's files here.

    Raises:
        NotHereError: not on this system, or it refuses the mounts that this takes.
    """
    if sys.platform != "linux":
        raise NotHereError(f"an image's command runs on Linux only, not on {sys.platform}")
    probe = [sys.executable, "-I", "-S", enter.__file__, enter.PROBE]
    done = subprocess.run(probe, capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    if done.returncode != 0:
        raise NotHereError(
            f"this system gives a process no mounts of its own ({done.stderr.strip()}); become root, or allow user "
            "namespaces (on Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0)"
        )


def remove(directory: Path) -> None:
    """Drop what `unpack` made, whatever the modes of its folders are; nothing there is fine, and so is company."""
    while directory.exists():
        with contextlib.suppress(FileNotFoundError):
            directory.chmod(0o700)
            for place, folders, _ in os.walk(directory):
                for folder in (Path(place, name) for name in folders):
                    if not folder.is_symlink():
                        folder.chmod(0o700)
            shutil.rmtree(directory)
