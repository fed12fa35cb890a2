"""Pulumi's property values, and plain data.

The engine's numbers are all floating-point; what is whole becomes an int here. A value that a preview does not know
yet travels as one fixed text.
"""

from collections.abc import Mapping
from typing import Any

from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.runtime.rpc import UNKNOWN

__all__ = ["UNKNOWN", "holds_unknown", "to_plain", "to_values"]


def to_plain(values: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """Property values as plain data; null is left out, as providers do."""
    return {name: _plain(value) for name, value in values.items() if value.value is not None}


def to_values(properties: Mapping[str, Any]) -> dict[str, PropertyValue]:
    """The opposite of `to_plain`."""
    return {name: _value(value) for name, value in properties.items() if value is not None}


def holds_unknown(value: Any) -> bool:
    """Whether something that is not known yet stands anywhere in plain data."""
    if isinstance(value, Mapping):
        return any(map(holds_unknown, value.values()))
    if isinstance(value, list):
        return any(map(holds_unknown, value))
    return value == UNKNOWN


def _plain(value: PropertyValue) -> Any:
    inner = value.value
    if isinstance(inner, float) and inner.is_integer():
        return int(inner)
    if isinstance(inner, Mapping):
        return to_plain(inner)
    if isinstance(inner, tuple):
        return [_plain(item) for item in inner]
    return inner


def _value(value: Any) -> PropertyValue:
    if isinstance(value, Mapping):
        return PropertyValue(to_values(value))
    if isinstance(value, list | tuple):
        return PropertyValue([_value(item) for item in value])
    if isinstance(value, int) and not isinstance(value, bool):
        return PropertyValue(float(value))
    return PropertyValue(value)
