"""docs/openapi.json as these tests ask it: its operations, samples of its schemas, and whether JSON is valid by it."""

import json
from dataclasses import dataclass
from typing import Any, Final

import jsonschema_rs

from render.configuration import ROOT

Schema = dict[str, Any]

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
DOCUMENT: Final[Schema] = json.loads((ROOT / "docs" / "openapi.json").read_text())
NOT_FOR_PAGES: Final = {"webhook", "health"}
PLAIN: Final = {
    ("string", "uuid"): "0c8f2c1e-6f0e-4f0e-9d55-0a8f5d3f8a11",
    ("string", None): "Zoë & Söhne",
    ("integer", None): 7,
    ("boolean", None): True,
}
"""Type and format -> a sample."""


def resolved(item: Schema) -> Schema:
    """What a reference stands for; anything else stands for itself."""
    if "$ref" not in item:
        return item
    _, kind, name = item["$ref"].removeprefix("#/").split("/")
    return DOCUMENT["components"][kind][name]


def name_of(schema: Schema) -> str:
    """The name of the schema that is referred to."""
    return schema["$ref"].rpartition("/")[2]


def validate(value: Any, schema: Schema) -> None:
    """Raise jsonschema_rs.ValidationError for a value that is not valid."""
    whole = {**schema, "components": DOCUMENT["components"]}
    jsonschema_rs.validator_for(whole, validate_formats=True).validate(value)


@dataclass(frozen=True)
class Operation:
    """One operation; `described` is what the document says of it."""

    method: str
    path: str
    described: Schema

    @property
    def id(self) -> str:
        """Its name."""
        return self.described["operationId"]

    @property
    def body(self) -> Schema | None:
        """The reference to its body's schema."""
        return self.described["requestBody"]["content"][JSON]["schema"] if "requestBody" in self.described else None

    @property
    def query(self) -> dict[str, Schema]:
        """The schema of each parameter."""
        parameters = map(resolved, self.described.get("parameters", []))
        return {parameter["name"]: parameter["schema"] for parameter in parameters if parameter["in"] == "query"}

    @property
    def answers(self) -> dict[int, Schema | None]:
        """The reference to the schema of each answer that is no refusal; None: it has no content."""
        return {
            int(status): response.get("content", {}).get(JSON, {}).get("schema")
            for status, response in self.described["responses"].items()
            if int(status) < 400
        }

    @property
    def refusals(self) -> dict[tuple[int, str], tuple[Schema, bool]]:
        """Status and code -> the problem's schema, and whether `Retry-After` comes with it."""
        found: dict[tuple[int, str], tuple[Schema, bool]] = {}
        for status, response in self.described["responses"].items():
            whole = resolved(response)
            if PROBLEM in whole.get("content", {}):
                schema = whole["content"][PROBLEM]["schema"]
                for code in schema["allOf"][1]["properties"]["code"]["enum"]:
                    found[int(status), code] = schema, "Retry-After" in whole["headers"]
        return found


OPERATIONS: Final = {
    (operation := Operation(method.upper(), path, described)).id: operation
    for path, methods in DOCUMENT["paths"].items()
    for method, described in methods.items()
    if described["operationId"] not in NOT_FOR_PAGES
}


def sample(schema: Schema, *, nulls: bool = False) -> Any:
    """A valid value, made from the schema's examples where it has any; with `nulls` everything that may be null is."""
    match resolved(schema):
        case {"anyOf": [*_, {"type": "null"}]} | {"type": [*_, "null"]} if nulls:
            return None
        case {"examples": [first, *_]} | {"enum": [first, *_]}:
            return first
        case {"anyOf": [first, *_]}:
            return sample(first, nulls=nulls)
        case {"type": [first, *_], **others}:
            return sample({**others, "type": first})
        case whole:
            return _made(whole, nulls=nulls)


def _made(schema: Schema, *, nulls: bool) -> Any:
    match schema:
        case {"properties": dict(properties)}:
            return {name: sample(value, nulls=nulls) for name, value in properties.items()}
        case {"additionalProperties": dict(values)}:
            return {"email": sample(values)}
        case {"type": "array", "items": items}:
            return [sample(items, nulls=nulls)]
        case _:
            return PLAIN[schema["type"], schema.get("format")]
