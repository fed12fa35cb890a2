"""The shapes as JSON Schema, in the form that readers and generators of clients like best."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from api.blueprints.problems import Problem
from api.openapi_text import PROBLEM_FIELDS

Schema = dict[str, Any]
Shape = type[msgspec.Struct]

TEMPLATE: Final = "#/components/schemas/{name}"


def schemas(shapes: Iterable[Shape]) -> dict[str, Schema]:
    """The schema of each shape and of all that they consist of, by name."""
    _, found = msgspec.json.schema_components([*shapes, Problem], ref_template=TEMPLATE)
    tidied = {name: _tidied(schema) for name, schema in sorted(found.items())}
    for name, description in PROBLEM_FIELDS.items():
        tidied[Problem.__name__]["properties"][name]["description"] = description
    return tidied


def reference(shape: Shape) -> Schema:
    """Where the schema of `shape` stands."""
    return {"$ref": TEMPLATE.format(name=shape.__name__)}


def query_parameters(shape: Shape) -> list[Schema]:
    """The fields of `shape` as parameters of a query, where nothing is null: what is not there is left out."""
    (schema,) = msgspec.json.schema_components([shape], ref_template=TEMPLATE)[1].values()
    return [_parameter(name, _without_null(_tidied(field))) for name, field in schema["properties"].items()]


def _parameter(name: str, schema: Schema) -> Schema:
    description = schema.pop("description", "")
    return {"name": name, "in": "query", "description": description, "schema": schema}


def _tidied(schema: Any) -> Any:
    """The same meaning without what says nothing: empty lists, defaults of null, titles that repeat the name."""
    if isinstance(schema, list):
        return [_tidied(item) for item in schema]
    if not isinstance(schema, Mapping):
        return schema
    tidied = {name: _tidied(value) for name, value in schema.items() if name != "title" or not isinstance(value, str)}
    if tidied.get("required") == []:
        del tidied["required"]
    if tidied.get("default", "") is None:
        del tidied["default"]
    if all(isinstance(value, str) for value in tidied.get("enum", [1])):
        tidied = {"type": "string", **tidied}
    return _merged_null(tidied)


def _merged_null(schema: Schema) -> Schema:
    """`anyOf` of one type and null as a list of two types."""
    match schema.get("anyOf"):
        case [{"type": str(type_), **rest}, {"type": "null"}]:
            del schema["anyOf"]
            return {"type": [type_, "null"], **rest, **schema}
        case _:
            return schema


def _without_null(schema: Schema) -> Schema:
    match schema.get("type"):
        case [str(type_), "null"]:
            return {**schema, "type": type_}
        case _:
            return schema
