"""Resources of examples, from literals."""

from typing import Any

from policy.stack import Resource

Inputs = dict[str, Any]


def literal(type_: str, inputs: Inputs, *, name: str = "api", protect: bool = False) -> Resource:
    """One resource of an example."""
    return Resource(type=type_, name=name, urn=f"urn:pulumi:x::y::{type_}::{name}", inputs=inputs, protect=protect)
