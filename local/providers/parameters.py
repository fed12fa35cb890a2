"""From Pulumi's properties to AWS's parameters, by the service's own model.

Pulumi and AWS mostly use the same words in another spelling (`dbSubnetGroupName`, `DBSubnetGroupName`), so a name is
looked up in the model without regard to case; only what differs stands in a row's `names`. The model also tells what
a value must look like: a lone value where a list is expected, or a boolean where AWS says ENABLED.
"""

from collections.abc import Mapping
from typing import Any

from local.providers.errors import Refusal

INLINE = "."
"""Target in `names`: the members of this object stand beside it, not inside."""


def accepts(shape: Any, name: str, names: Mapping[str, str]) -> bool:
    """Whether the structure `shape` has a place for the top-level property `name`."""
    target = names.get(name, name)
    return target == INLINE or target.split(".")[0].lower() in _members(shape)


def parameters(shape: Any, properties: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Return `properties` as the structure `shape` wants them; None is left out.

    Args:
        shape: botocore's model of the structure.
        properties: camelCase names and plain values.
        names: path of a property (dots inside objects, lists not counted) -> where it goes: a member, a path of
            members, or INLINE.

    Raises:
        Refusal: the model has no place for a property; it names the property's path.
    """
    return _structure(shape, properties, "", names)


def _structure(shape: Any, value: Mapping[str, Any], path: str, names: Mapping[str, str]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for name, item in value.items():
        here = f"{path}.{name}" if path else name
        target = names.get(here, name)
        if item is None:
            continue
        if target == INLINE:
            result |= _structure(shape, item, here, names)
        else:
            _put(result, shape, target.split("."), item, here, names)
    return result


def _put(into: dict[str, Any], shape: Any, target: list[str], item: Any, path: str, names: Mapping[str, str]) -> None:
    """Set the member that `target` leads to, making the structures on the way."""
    member = _members(shape).get(target[0].lower())
    if member is None:
        raise Refusal(f"AWS's {shape.name} has no such parameter", path)
    inner = shape.members[member]
    if target[1:]:
        _put(into.setdefault(member, {}), inner, target[1:], item, path, names)
    else:
        into[member] = _value(inner, item, path, names)


def _members(shape: Any) -> dict[str, str]:
    return {name.lower(): name for name in shape.members}


def _value(shape: Any, value: Any, path: str, names: Mapping[str, str]) -> Any:
    convert = _CONVERSIONS.get(shape.type_name)
    return convert(shape, value, path, names) if convert else value


def _object(shape: Any, value: Any, path: str, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return _structure(shape, value, path, names)
    if len(shape.members) == 1 and not isinstance(value, list):
        return {name: _value(inner, value, path, names) for name, inner in shape.members.items()}
    return value


def _list(shape: Any, value: Any, path: str, names: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping) and len(getattr(shape.member, "members", ())) == 2:
        key, item = sorted(shape.member.members)  # Key, Value; key, value; TagKey, TagValue
        return [{key: k, **({} if v is None else {item: v})} for k, v in value.items()]
    items = value if isinstance(value, list) else [value]
    return [_value(shape.member, item, path, names) for item in items]


def _map(shape: Any, value: Any, path: str, _: Mapping[str, str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {k: _value(shape.value, v, path, {}) for k, v in value.items() if v is not None}


def _text(shape: Any, value: Any, _path: str, _names: Mapping[str, str]) -> Any:
    if isinstance(value, bool):
        on_off = {"ENABLED", "DISABLED"} <= {word.upper() for word in shape.enum}
        return ("ENABLED" if value else "DISABLED") if on_off else str(value).lower()
    return str(_whole_number(shape, value, "", {})) if isinstance(value, int | float) else value


def _whole_number(_shape: Any, value: Any, _path: str, _names: Mapping[str, str]) -> Any:
    """The engine's numbers are all floating-point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


_CONVERSIONS = {
    "structure": _object,
    "list": _list,
    "map": _map,
    "string": _text,
    "integer": _whole_number,
    "long": _whole_number,
}
