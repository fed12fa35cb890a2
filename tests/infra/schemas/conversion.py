"""From the inputs of a Pulumi resource to the properties of a CloudFormation resource.

A name is the same in both but for its case, which the schema knows; what differs otherwise stands in a table of
conversions, one for each input. A conversion takes the value of the input and gives properties.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

REGION = "us-east-1"
SUFFIX = "20261124120000000000000000"
"""As long as what the provider appends to the prefix of a name."""

Properties = dict[str, Any]
Conversion = Callable[["Names", Any], Properties]
Conversions = Mapping[str, str | Conversion]


def schema_of(twin: str) -> dict[str, Any]:
    """CloudFormation's schema of a type."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER  # noqa: PLC0415 - takes long, and every worker collects this

    return PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, twin).schema


class Names:
    """How one CloudFormation type spells its properties, at whatever depth."""

    def __init__(self, twin: str) -> None:
        self._spelling = {name.lower(): name for name in property_names(schema_of(twin))}

    def of(self, name: str) -> str:
        """The property of that name in any case; one that the schema does not have is left for cfn-lint to refuse."""
        return self._spelling.get(name.lower(), name[:1].upper() + name[1:])


names_of = cache(Names)


def property_names(schema: Any) -> Iterator[str]:
    """Every name below a `properties`, wherever in the schema."""
    if isinstance(schema, list):
        for part in schema:
            yield from property_names(part)
    elif isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        for part in schema.values():
            yield from property_names(part)


def properties_of(names: Names, inputs: Mapping[str, Any], conversions: Conversions) -> Properties:
    """All inputs of an object as properties; several may give parts of the same list or object."""
    found: Properties = {}
    for name, value in inputs.items():
        conversion = conversions.get(name, name)
        made = {names.of(conversion): plain(names, value)} if isinstance(conversion, str) else conversion(names, value)
        for key, part in made.items():
            found[key] = joined(found[key], part) if key in found else part
    return found


def joined(first: Any, second: Any) -> Any:
    """Two lists, or two objects, as one.

    Raises:
        ValueError: they are neither, so two inputs give the same property.
    """
    match first, second:
        case list(), list():
            return [*first, *second]
        case dict(), dict():
            return first | {key: joined(first[key], second[key]) if key in first else second[key] for key in second}
        case _:
            raise ValueError(f"two inputs give one property: {first!r} and {second!r}")


def plain(names: Names, value: Any) -> Any:
    """A value whose objects need no conversion but of their names."""
    match value:
        case dict():
            return properties_of(names, value, {})
        case list():
            return [plain(names, part) for part in value]
        case _:
            return value


def data(name: str) -> Conversion:
    """An object whose keys are no names of properties."""
    return lambda _, value: {name: value}


def document(name: str) -> Conversion:
    """JSON text that is an object in CloudFormation."""
    return lambda _, text: {name: json.loads(text)}


def parsed(name: str, conversions: Conversions) -> Conversion:
    """JSON text with names as Pulumi has them."""
    return lambda names, text: each(name, conversions)(names, json.loads(text))


def each(name: str, conversions: Conversions) -> Conversion:
    """An object, or a list of objects, with conversions of its own."""

    def convert(names: Names, value: Any) -> Properties:
        if isinstance(value, list):
            return {name: [properties_of(names, part, conversions) for part in value]}
        return {name: properties_of(names, value, conversions)}

    return convert


def only(name: str) -> Conversion:
    """A list that can have one element, and is that element in CloudFormation."""

    def convert(names: Names, value: Any) -> Properties:
        (element,) = value
        return {name: plain(names, element)}

    return convert


def within(name: str, conversion: Conversion) -> Conversion:
    """What the conversion gives, as an object of that name."""
    return lambda names, value: {name: conversion(names, value)}


def flat(conversions: Conversions) -> Conversion:
    """An object whose members are properties of the resource itself."""
    return lambda names, value: properties_of(names, value, conversions)


def inside(*path: str) -> Conversion:
    """A value that lies deeper; a part of the path that ends in `[]` is a list of one."""

    def convert(names: Names, value: Any) -> Properties:
        made = plain(names, value)
        for part in reversed(path):
            name = names.of(part.removesuffix("[]"))
            made = {name: [made] if part.endswith("[]") else made}
        return made

    return convert


def attribute(name: str, key: str) -> Conversion:
    """One of a list of keys and values, all of them text."""
    return lambda _, value: {name: [{"Key": key, "Value": text(value)}]}


def text(value: Any) -> str:
    """As CloudFormation writes it: `true`, `60`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def pairs(name: str, key: str, value: str) -> Conversion:
    """An object whose keys are data, as a list of pairs."""
    return lambda _, entries: {name: [{key: entry, value: entries[entry]} for entry in sorted(entries)]}


def prefix(name: str) -> Conversion:
    """The beginning of a name that the provider completes."""
    return lambda _, value: {name: value + SUFFIX}


def choice(name: str, yes: str, no: str) -> Conversion:
    """True and false by other names."""
    return lambda _, value: {name: yes if value else no}


TAGS = pairs("Tags", "Key", "Value")
