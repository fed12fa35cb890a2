"""What a sample of a resource type is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from local.providers import Resource


@dataclass(frozen=True)
class Sample:
    """One resource; `@name.output` in its inputs stands for an output of another one.

    Args:
        type: type token.
        inputs: what the program gives.
        change: inputs that change in place.
        seen: service, operation, arguments and expression that show the changed value at AWS.
        replaced_by: inputs that can only change by a replacement.
    """

    type: str
    inputs: dict[str, Any]
    change: dict[str, Any] = field(default_factory=dict[str, Any])
    seen: tuple[str, str, dict[str, Any], str] | None = None
    replaced_by: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Drift:
    """One change that somebody makes by hand, in a console or with the AWS command line; `@name.output` as in Sample.

    Args:
        sample: name of the sample that is changed.
        service: by boto3's name; `stripe.<service>` by the name of Stripe's SDK.
        operation: of the service.
        parameters: of the operation.
        changed: property -> value that the program would have to say now; None where it would have to say nothing.
    """

    sample: str
    service: str
    operation: str
    parameters: dict[str, Any]
    changed: dict[str, Any]


def resolved(value: Any, made: Mapping[str, Resource]) -> Any:
    """Return `value` with the outputs of what was made in place of `@name.output`."""
    if isinstance(value, dict):
        return {k: resolved(v, made) for k, v in value.items()}
    if isinstance(value, list):
        return [resolved(v, made) for v in value]
    if isinstance(value, str):
        return re.sub(r"@(\w+)\.(\w+)", lambda found: str(made[found[1]].outputs[found[2]]), value)
    return value
