"""Programs that are made up: small shell scripts, which note what they are called with."""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Tools:
    """A folder of made-up programs; their scripts may use what is built into the shell only."""

    folder: Path

    def put(self, name: str, script: str) -> None:
        """Make the program `name`, which runs `script`."""
        calls = self._calls(name)
        note = f"for word in \"$@\"; do printf '%s\\037' \"$word\"; done >> '{calls}'\nprintf '\\n' >> '{calls}'\n"
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{note}{script}\n")
        path.chmod(0o755)

    def calls(self, name: str) -> list[list[str]]:
        """The arguments of every call so far."""
        calls = self._calls(name)
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [line.split("\037")[:-1] for line in lines]

    def _calls(self, name: str) -> Path:
        return self.folder.parent / f"{name}.calls"


def values(arguments: list[str], option: str) -> list[str]:
    """What follows each `option` in the arguments of a call."""
    return [value for name, value in pairwise(arguments) if name == option]
