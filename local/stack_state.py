"""Between the engine's state of a stack and what the platform knows of it.

The platform reads what was made from `State`, whoever made it. The engine keeps its own, encrypted; here one becomes
the other, without secrets, and the engine forgets what ended with the server that it was in.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from local.providers import Resource
from local.state import REPLACED, Entry, State
from render.registration import MASK, SIGNATURE, type_and_name

PROVIDERS = "pulumi:providers:"


def remembered(deployment: Mapping[str, Any], path: Path) -> State:
    """The resources of an exported deployment that a provider has made, with every secret as `[secret]`."""
    entries: dict[str, Entry] = {}
    for one in resources(deployment):
        if made(one):
            _, name = type_and_name(one["urn"])
            inputs, outputs = _masked(one.get("inputs", {})), _masked(one.get("outputs", {}))
            options = {k: True for k in ("protect", "retainOnDelete") if one.get(k)}
            entries[_key(one)] = Entry(Resource(one["type"], name, one["id"], inputs, outputs), options)
    return State(path, entries)


def without_lost(deployment: Mapping[str, Any], exist: Collection[str]) -> dict[str, Any] | None:
    """The deployment without the resources that are not among the URNs in `exist`; None when all of them are.

    What the others need stays: their parents, their providers, the stack. What was under way ended with the rest.
    """
    there = resources(deployment)
    lost = {_key(one) for one in there if made(one)} - {*exist}
    if not lost:
        return None
    by_urn = {_key(one): one for one in there}
    kept: set[str] = {one["urn"] for one in there if one["type"] == "pulumi:pulumi:Stack"}
    for one in there:
        if made(one) and _key(one) not in lost:
            kept |= _needed(one, by_urn)
    stays = [_untied(one, kept) for one in there if _key(one) in kept]
    return {**deployment, "resources": stays, "pending_operations": []}


def resources(deployment: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything in a deployment; an empty one has null there."""
    return list(deployment.get("resources") or ())


def made(resource: Mapping[str, Any]) -> bool:
    """Whether a provider made it, and it is none itself."""
    return bool(resource.get("custom")) and not resource["type"].startswith(PROVIDERS)


def _key(resource: Mapping[str, Any]) -> str:
    """What `State` calls it: one that is still to be deleted has the URN of its successor."""
    return resource["urn"] + (REPLACED if resource.get("delete") else "")


def _needed(one: Mapping[str, Any], by_urn: Mapping[str, Mapping[str, Any]]) -> set[str]:
    """The resource and what it cannot be without: what it is below of, and the provider of each."""
    found = {_key(one)}
    for urn in (one.get("parent"), _provider(one)):
        if urn in by_urn:
            found |= _needed(by_urn[str(urn)], by_urn)
    return found


def _provider(resource: Mapping[str, Any]) -> str:
    """The URN in a reference, which is `<urn>::<id>`."""
    return str(resource.get("provider", "")).rpartition("::")[0]


def _untied(resource: dict[str, Any], kept: Collection[str]) -> dict[str, Any]:
    """The resource without its dependencies on what is no longer there."""
    depends = {name: [urn for urn in urns or () if urn in kept] for name, urns in _property_dependencies(resource)}
    on = [urn for urn in resource.get("dependencies") or () if urn in kept]
    return {**resource, "dependencies": on, "propertyDependencies": depends}


def _property_dependencies(resource: Mapping[str, Any]) -> list[tuple[str, list[str] | None]]:
    return list((resource.get("propertyDependencies") or {}).items())


def _masked(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MASK if SIGNATURE in value else {name: _masked(item) for name, item in value.items()}
    return [_masked(item) for item in value] if isinstance(value, list) else value
