"""The engine's resources as they would be if everything that the program declares had been made."""

import re
import uuid
from collections.abc import Callable
from typing import Any

from gitops.engine_result import PropertyChange, ResourceState
from render.manifest import Manifest, ManifestResource
from render.program import text_outputs

NAMED = re.compile(r"\$\{[^}]+\}")


def states(manifest: Manifest) -> tuple[ResourceState, ...]:
    """Each resource of a manifest of `render`, with a value for whatever it names as unknown."""
    root = f"urn:pulumi:{manifest.stack}::priceguard::pulumi:pulumi:Stack::priceguard-{manifest.stack}"
    stack = ResourceState(
        urn=root,
        type="pulumi:pulumi:Stack",
        id="",
        custom=False,
        parent="",
        provider="",
        protect=False,
        inputs={},
        outputs=manifest.outputs,
    )
    return (stack, *map(made, manifest.resources))


def made(resource: ManifestResource) -> ResourceState:
    """One of them."""
    inputs = valued(resource.inputs)
    names = text_outputs(resource.type) if resource.custom else []
    outputs: dict[str, Any] = {name: value_of(f"${{{resource.type}::{resource.name}.{name}}}") for name in names}
    if resource.type == "aws:acm/certificate:Certificate":
        key = f"{resource.type}::{resource.name}.validation"
        domains: list[str] = [inputs["domainName"], *inputs.get("subjectAlternativeNames", [])]
        outputs["domainValidationOptions"] = [
            {
                "domainName": domain,
                "resourceRecordName": value_of(f"${{{key}.{domain}.name}}"),
                "resourceRecordValue": value_of(f"${{{key}.{domain}.value}}"),
            }
            for domain in domains
        ]
    return ResourceState(
        urn=resource.urn,
        type=resource.type,
        id=value_of(f"${{{resource.type}::{resource.name}.id}}") if resource.custom else "",
        custom=resource.custom,
        parent=resource.parent,
        provider=f"{provider}::{uuid.UUID(int=1)}" if (provider := resource.options.get("provider")) else "",
        protect=bool(resource.options.get("protect")),
        inputs={**inputs, "__defaults": []},
        outputs={**outputs, **inputs},
    )


def value_of(name: str) -> str:
    """What a provider gives for `${type::name.output}`; always the same."""
    return f"given-{uuid.uuid5(uuid.NAMESPACE_URL, name)}"


def valued(value: Any) -> Any:
    """A value with everything given that it names; whole numbers as the engine's protocol has them."""
    return _each(value, lambda text: NAMED.sub(lambda name: value_of(name[0]), text))


def _each(value: Any, of_text: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {name: _each(item, of_text) for name, item in value.items()}
    if isinstance(value, list):
        return [_each(item, of_text) for item in value]
    if isinstance(value, str):
        return of_text(value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def changed(path: str, before: Any, after: Any, *, replaces: bool = False) -> PropertyChange:
    """A property that differs."""
    return PropertyChange(path=path, kind="update", before=before, after=after, replaces=replaces)
