"""What the embedded runner made, by URN, on disk while it exists.

It holds secrets in the clear, as the stand-ins do, so the file is readable by its owner only.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from local.private_file import write_private
from local.providers import Resource

REPLACED = "::replaced"
"""Follows the URN of a resource that has a successor and is still to be deleted."""


@dataclass(frozen=True)
class Entry:
    """One resource that exists, with the options that decide how it may go."""

    resource: Resource
    options: dict[str, Any]


@dataclass
class State:
    """Every resource that exists, in the order of its making; `save` writes it as a whole or not at all."""

    path: Path
    entries: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path) -> "State":
        """The state in `path`; an empty one when there is no such file."""
        if not path.exists():
            return cls(path)
        document = json.loads(path.read_text())
        return cls(path, {urn: Entry(Resource(**e["resource"]), e["options"]) for urn, e in document.items()})

    def save(self) -> None:
        """Write all of it to the file."""
        document = {urn: asdict(entry) for urn, entry in self.entries.items()}
        write_private(self.path, json.dumps(document))

    def remove(self, urn: str) -> None:
        """Forget a resource that is gone, on disk too."""
        del self.entries[urn]
        self.save()

    def keep(self, exists: Callable[[Resource], bool]) -> None:
        """Forget every resource that no longer exists, on disk too; the file goes with the last one."""
        self.entries = {urn: entry for urn, entry in self.entries.items() if exists(entry.resource)}
        if self.entries:
            self.save()
        else:
            self.path.unlink(missing_ok=True)

    def of_type(self, type_: str) -> list[Resource]:
        """Every resource of a type token, without those that have a successor."""
        entries = [entry for urn, entry in self.entries.items() if not urn.endswith(REPLACED)]
        return [entry.resource for entry in entries if entry.resource.type == type_]
