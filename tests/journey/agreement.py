"""Whether two views of a stack agree: the manifest of render, and the engine's own resources."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from gitops.engine_result import ResourceState
from render.manifest import Manifest
from render.registration import MASK

UNNAMED = re.compile(r"\\?\$\\?\{.+?\\?\}")
ADDED = {
    "aws:iam/rolePolicy:RolePolicy": {"name"},
    "docker-build:index:Image": {"contextHash"},
    "stripe:index/webhookEndpoint:WebhookEndpoint": {"connect", "disabled"},
    "stripe:index/product:Product": {"active"},
    "stripe:index/price:Price": {"active", "taxBehavior", "transferLookupKey"},
}
"""Type -> inputs that its provider adds where the program says nothing."""
OF_ENGINE = {"__provider", "__defaults", "__internal", "version"}
"""Inputs that the engine and the SDKs keep for themselves."""


def differences(manifest: Manifest, states: Iterable[ResourceState]) -> list[str]:
    """Every resource, and every property of one, that the two do not agree on; in words, empty when they agree."""
    engine = {one.urn: one for one in states if counts(one)}
    render = {one.urn: one for one in manifest.resources}
    found = [f"only render has {urn}" for urn in render.keys() - engine.keys()]
    found += [f"only the engine has {urn}" for urn in engine.keys() - render.keys()]
    for urn in render.keys() & engine.keys():
        one, other = render[urn], engine[urn]
        facts = (
            ("type", one.type, other.type),
            ("custom", one.custom, other.custom),
            ("protect", bool(one.options.get("protect")), other.protect),
            ("provider", one.options.get("provider", ""), named_provider(other)),
        )
        found += [f"{urn}: {what} is {a} for render, {b} for the engine" for what, a, b in facts if a != b]
        if one.custom:
            found += [f"{urn}: {text}" for text in unequal(one.inputs, visible(other, one.inputs))]
    return sorted(found)


def counts(state: ResourceState) -> bool:
    """Whether the program declares it: the stack itself and the default providers are the engine's."""
    return state.type != "pulumi:pulumi:Stack" and not is_default_provider(state.urn)


def is_default_provider(urn: str) -> bool:
    """Whether the engine has made the provider, because the program names none."""
    _, _, type_, name = urn.split("::", 3)
    return type_.startswith("pulumi:providers:") and name.startswith("default")


def named_provider(state: ResourceState) -> str:
    """URN of the provider, where the program names one."""
    urn = state.provider.rpartition("::")[0]
    return "" if not urn or is_default_provider(urn) else urn


def visible(state: ResourceState, said: Collection[str]) -> dict[str, Any]:
    """What the program has said, as far as the engine tells it."""
    hidden = OF_ENGINE | (ADDED.get(state.type, set()) - set(said))
    return {name: value for name, value in state.inputs.items() if name not in hidden}


def unequal(render: Any, engine: Any, path: str = "") -> Iterator[str]:
    """Where values differ; what render only names may be anything, a secret is one in both."""
    if isinstance(render, Mapping) and isinstance(engine, Mapping):
        for name in {**render, **engine}:
            yield from unequal(render.get(name), engine.get(name), f"{path}.{name}")
    elif isinstance(render, list) and isinstance(engine, list) and len(render) == len(engine):
        for index, (one, other) in enumerate(zip(render, engine, strict=True)):
            yield from unequal(one, other, f"{path}[{index}]")
    elif not same(render, engine) and not (engine == MASK and MASK in json.dumps(render)):  # it may hide more
        yield f"{path.removeprefix('.')} is {render!r} for render, {engine!r} for the engine"


def same(render: Any, engine: Any) -> bool:
    """Whether one value may be the other."""
    if isinstance(render, str) and isinstance(engine, str) and MASK not in {render, engine}:
        parts = UNNAMED.split(render)
        return re.fullmatch(".+?".join(map(re.escape, parts)), engine, re.DOTALL) is not None or same_json(
            render, engine
        )
    return render == engine


def same_json(render: str, engine: str) -> bool:
    """Whether two texts are JSON that may be the same."""
    try:
        return not list(unequal(json.loads(render), json.loads(engine)))
    except ValueError:
        return False
