"""Stripe's OpenAPI document as a judge of what the stand-in returns."""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import jsonschema_rs

Judge = Callable[[Any], None]


def _nullable(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema."""
    if isinstance(schema, list):
        return [_nullable(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    plain = {name: _nullable(value) for name, value in schema.items() if name != "nullable"}
    return {"anyOf": [plain, {"type": "null"}]} if schema.get("nullable") is True else plain


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every Stripe object inside of a JSON value, itself included; lists are looked into."""
    if isinstance(value, list):
        for one in value:
            yield from objects(one)
    elif isinstance(value, dict):
        if isinstance(value.get("object"), str) and value["object"] != "list" and "id" in value:
            yield value
        for one in value.values():
            yield from objects(one)


def judge(document: dict[str, Any]) -> Judge:
    """Make a function that raises AssertionError for JSON with an object that is not as the document says."""
    schemas = document["components"]["schemas"]
    root = {"components": {"schemas": _nullable(schemas)}}

    @cache
    def validator(name: str) -> jsonschema_rs.Draft7Validator:
        return jsonschema_rs.Draft7Validator({**root, "$ref": f"#/components/schemas/{name}"})

    def check(value: Any) -> None:
        for found in objects(value):
            name = f"deleted_{found['object']}" if found.get("deleted") else found["object"]
            wrong = [f"{error.instance_path}: {error.message}" for error in validator(name).iter_errors(found)]
            assert not wrong, f"{name} {found['id']}: {wrong}"
            unknown = found.keys() - schemas[name]["properties"].keys()
            assert not unknown, f"{name} {found['id']}: the document does not have {unknown}"

    return check
