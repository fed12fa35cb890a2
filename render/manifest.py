"""The program's resources as plain data, the same bytes for the same program and configuration."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ManifestResource:
    """One resource.

    Args:
        urn: the engine's URN.
        type: type token.
        name: logical name.
        parent: URN of the parent; the stack's for those on top.
        custom: false for components.
        inputs: camelCase; secrets are `[secret]`, what only a provider can know is `${type::name.output}`.
        options: those that are set; URNs in `dependsOn`, `provider` and `providers`.
    """

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    options: dict[str, Any]


@dataclass(frozen=True)
class Manifest:
    """Every resource of one stack, sorted by URN, and the stack outputs."""

    stack: str
    resources: tuple[ManifestResource, ...]
    outputs: dict[str, Any]

    def of_type(self, type_: str) -> list[ManifestResource]:
        """All resources of a type token."""
        return [resource for resource in self.resources if resource.type == type_]

    def one(self, type_: str, name: str | None = None) -> ManifestResource:
        """The only resource of a type, or the one with that logical name.

        Raises:
            LookupError: none, or several.
        """
        found = [resource for resource in self.of_type(type_) if name in {None, resource.name}]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources of type {type_}" + (f" named {name}" if name else ""))
        return found[0]

    def parent_of(self, resource: ManifestResource) -> ManifestResource | None:
        """The parent, unless that is the stack itself."""
        return next((r for r in self.resources if r.urn == resource.parent), None)

    def ancestors(self, resource: ManifestResource) -> Iterator[ManifestResource]:
        """Parent, its parent, and so on, up to below the stack."""
        while parent := self.parent_of(resource):
            yield parent
            resource = parent

    def to_json(self) -> str:
        """The manifest as text, keys sorted, two spaces deep, a newline at the end."""
        return json.dumps(asdict(self), indent=2, sort_keys=True) + "\n"
