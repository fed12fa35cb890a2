"""Statements of IAM policy documents, which AWS allows to be written in many ways."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from policy.stack import UNKNOWN, Resource, as_list, value_at


@dataclass(frozen=True)
class Statement:
    """One statement, every field a list.

    Args:
        allows: false for Deny.
        actions: lower case; `NotAction` counts as `*`.
        resources: patterns; `NotResource` counts as `*`.
        principals: ARNs, services and `*`.
        condition: operator -> key -> value.
    """

    allows: bool
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    principals: tuple[str, ...]
    condition: Mapping[str, Any]


def parsed(text: Any) -> Any:
    """A JSON text as data; `UNKNOWN` when it is not known, or none that its provider would take."""
    if not isinstance(text, str):
        return UNKNOWN if text is not None else None
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return UNKNOWN


def statements(resource: Resource, path: str) -> Iterator[Statement]:
    """The statements of the document at `path`, as far as it is known."""
    for raw in as_list(value_at(parsed(resource.value(path)), "Statement")):
        if isinstance(raw, Mapping):
            yield statement(raw)


def statement(raw: Mapping[str, Any]) -> Statement:
    """One statement from its JSON."""
    condition = raw.get("Condition")
    return Statement(
        allows=raw.get("Effect") == "Allow",
        actions=("*",) if "NotAction" in raw else tuple(action.lower() for action in texts(raw.get("Action"))),
        resources=("*",) if "NotResource" in raw else texts(raw.get("Resource")),
        principals=("*",) if "NotPrincipal" in raw else principals(raw.get("Principal")),
        condition=condition if isinstance(condition, Mapping) else {},
    )


def texts(value: Any) -> tuple[str, ...]:
    """One text or several, as several."""
    return tuple(item for item in as_list(value) if isinstance(item, str))


def principals(value: Any) -> tuple[str, ...]:
    """`"*"`, `{"AWS": …}`, `{"Service": […]}`: all of them."""
    if isinstance(value, Mapping):
        return tuple(text for one in value.values() for text in texts(one))
    return texts(value)
