"""Resources as the rules see them, from a manifest and from literals."""

from collections.abc import Iterable
from typing import Any

from policy.stack import Resource, named_in
from render.manifest import Manifest

Inputs = dict[str, Any]


def from_manifest(manifest: Manifest) -> list[Resource]:
    """Every resource of a manifest; what it names as unknown becomes a reference."""
    return connected(
        Resource(
            type=one.type,
            name=one.name,
            urn=one.urn,
            inputs=one.inputs,
            protect=bool(one.options.get("protect")),
            parent=one.parent,
        )
        for one in manifest.resources
    )


def literal(type_: str, inputs: Inputs, *, name: str = "api", protect: bool = False) -> Resource:
    """One resource of an example."""
    return Resource(type=type_, name=name, urn=f"urn:pulumi:x::y::{type_}::{name}", inputs=inputs, protect=protect)


def connected(resources: Iterable[Resource]) -> list[Resource]:
    """The same resources, each with references to those that its inputs name, as `${type::name.output}`."""
    known = list(resources)
    urns = {f"{one.type}::{one.name}": one.urn for one in known}
    return [
        Resource(
            type=one.type,
            name=one.name,
            urn=one.urn,
            inputs=one.inputs,
            protect=one.protect,
            parent=one.parent,
            references={
                path: frozenset(urns[name] for name in named_in(value) if name in urns)
                for path, value in one.inputs.items()
            },
        )
        for one in known
    ]
