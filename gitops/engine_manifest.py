"""The engine's resources as a manifest, so that their cost and their picture come from the same code as the program's.

The engine knows what providers gave: an id, an ARN, a DNS name. Where such a value stands in an input of another
resource it becomes `${type::name.output}` again, as `render` writes it before anything exists.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from gitops.engine_result import UNKNOWN, ResourceState
from render.manifest import Manifest, ManifestResource
from render.program import IMPLEMENTATION
from render.registration import MASK, provider_urn, type_and_name

ROOT = "pulumi:pulumi:Stack"
PROVIDER = "pulumi:providers:"
OWN = {IMPLEMENTATION, "__defaults", "__internal"}
"""Inputs that the engine and the SDKs add for themselves."""
FIRST = ("arn", "id")
"""Outputs that a value is named by before any other: these identify one resource."""
PROOFS = "domainValidationOptions"
"""Output of a certificate: the record that proves each name, whose two values are named like outputs of their own."""
SHORTEST = 8
"""Characters of a value that is taken for one of a kind."""


def from_states(states: Iterable[ResourceState], stack: str) -> Manifest:
    """The resources of a stack; without the stack itself and the providers that nobody declared."""
    known = tuple(states)
    names = _Names(known)
    resources = [
        ManifestResource(
            urn=state.urn,
            type=state.type,
            name=_name(state),
            parent=state.parent,
            custom=state.custom,
            inputs=names.put(state.inputs, state.urn),
            options=_options(state),
        )
        for state in known
        if state.type != ROOT and not _is_default(state)
    ]
    root = next((state for state in known if state.type == ROOT), None)
    outputs = names.put(root.outputs, root.urn) if root else {}
    return Manifest(stack, tuple(sorted(resources, key=lambda resource: resource.urn)), outputs)


class _Names:
    """What each value that a provider gave is called."""

    def __init__(self, states: Iterable[ResourceState]) -> None:
        found: defaultdict[str, list[tuple[int, str, ResourceState]]] = defaultdict(list)
        for state in states:
            for output, value in _given(state):
                rank = FIRST.index(output) if output in FIRST else len(FIRST)
                found[value].append((rank, output, state))
        self._names = {value: name for value, holders in found.items() if (name := _named(holders))}
        longest_first = sorted(self._names, key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first)) or '(?!)'})(?![\w-])")

    def put(self, value: Any, urn: str) -> Any:
        """`value`, which is of the resource `urn`, with names in place of what other resources gave."""
        if isinstance(value, Mapping):
            return {key: self.put(item, urn) for key, item in value.items() if key not in OWN}
        if isinstance(value, list):
            return [self.put(item, urn) for item in value]
        if isinstance(value, str):
            return self._pattern.sub(self._replacement(urn), value)
        return int(value) if isinstance(value, float) and value.is_integer() else value

    def _replacement(self, urn: str) -> Callable[[re.Match[str]], str]:
        def named(match: re.Match[str]) -> str:
            owner, name = self._names[match[0]]
            return match[0] if owner == urn else name

        return named


def _named(holders: list[tuple[int, str, ResourceState]]) -> tuple[str, str] | None:
    """URN and name; nothing for what several resources have without being identified by it, such as their owner."""
    rank, output, state = min(holders, key=lambda one: one[:2])
    if rank == len(FIRST) and len({holder.urn for _, _, holder in holders}) > 1:
        return None
    return state.urn, f"${{{state.type}::{_name(state)}.{output}}}"


def _given(state: ResourceState) -> Iterator[tuple[str, str]]:
    """The outputs of a resource that only its provider can have known, and that are one of a kind."""
    if not state.custom or state.type.startswith(PROVIDER):
        return
    said = set(_texts(state.inputs))
    for output, value in {**state.outputs, **_proofs(state.outputs.get(PROOFS)), "id": state.id}.items():
        if isinstance(value, str) and _is_distinctive(value) and value not in said:
            yield output, value


def _proofs(options: Any) -> dict[str, str]:
    """As `render` names them; without the dot that a name in DNS may end with."""
    known = [one for one in options if isinstance(one, Mapping)] if isinstance(options, list) else []
    return {
        f"validation.{one.get('domainName')}.{word}": str(one.get(f"resourceRecord{word.title()}", "")).rstrip(".")
        for one in known
        for word in ("name", "value")
    }


def _is_distinctive(value: str) -> bool:
    return len(value) >= SHORTEST and not value.isdecimal() and MASK not in value and UNKNOWN not in value


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(item)


def _name(state: ResourceState) -> str:
    return type_and_name(state.urn)[1]


def _is_default(state: ResourceState) -> bool:
    return state.type.startswith(PROVIDER) and _name(state).startswith("default")


def _options(state: ResourceState) -> dict[str, Any]:
    """Those that the engine keeps."""
    provider = provider_urn(state.provider)
    declared = provider and not type_and_name(provider)[1].startswith("default")
    return {**({"protect": True} if state.protect else {}), **({"provider": provider} if declared else {})}
