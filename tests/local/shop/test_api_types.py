"""The types of the client are the document's."""

import re
from typing import Any

import pytest

from local.api_types import FILE, UnknownSchemaError, module, used
from tests.local.shop.client import imported_types
from tests.local.shop.document import DOCUMENT

OPERATION = {"operationId": "show", "responses": {"200": {"schema": {"$ref": "#/components/schemas/Thing"}}}}


def made(thing: dict[str, Any], **others: dict[str, Any]) -> str:
    """The types of a document whose only operation answers a `Thing`."""
    schemas = {"Thing": thing, "Unused": {"type": "object"}, **others}
    return module({"paths": {"/thing": {"get": OPERATION}}, "components": {"schemas": schemas}})


def test_the_file_is_what_the_document_says() -> None:
    """So a pull request that changes the API shows what it changes for the frontend."""
    assert FILE.read_text() == module(DOCUMENT), "local/shop/api_types.js is not of this docs/openapi.json: `make docs`"


def test_the_types_are_those_that_the_client_needs() -> None:
    """What its comments import and what that consists of; nothing of webhooks and health."""
    text = FILE.read_text()
    types = dict(re.findall(r"@typedef \{object\} (\w+)\n(.*?)\*/", text, re.DOTALL))
    needed: set[str] = set()
    waiting = imported_types()
    while waiting:
        name = waiting.pop()
        needed.add(name)
        in_braces = " ".join(re.findall(r"@property \{(.*?)\} ", types[name]))
        waiting |= (set(re.findall(r"\b[A-Z]\w+", in_braces)) - {"Array", "Record"}) - needed
    assert set(types) == needed == used(DOCUMENT)


@pytest.mark.parametrize(
    ("schema", "type_"),
    [
        ({"type": "string", "format": "date-time"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": ["integer", "null"]}, "number | null"),
        ({"type": "string", "enum": ["a", "b"]}, '"a" | "b"'),
        ({"enum": [True, None]}, "true | null"),
        ({"anyOf": [{"$ref": "#/components/schemas/Other"}, {"type": "null"}]}, "Other | null"),
        ({"type": "array", "items": {"type": ["string", "null"]}}, "Array<string | null>"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
    ],
)
def test_a_value_of_each_kind(schema: dict[str, Any], type_: str) -> None:
    """As a property that is always there, and as a type of its own."""
    other = {"type": "object", "properties": {"id": {"type": "string"}}}

    assert f" * @property {{{type_}}} value\n" in made(
        {"type": "object", "properties": {"value": schema}, "required": ["value"]}, Other=other
    )
    assert f" * @typedef {{{type_}}} Thing\n" in made(schema, Other=other)


def test_what_the_comments_say() -> None:
    """Descriptions, examples, what may be left out and what is then taken; text cannot end the comment."""
    text = made(
        {
            "description": "What */ it is.",
            "type": "object",
            "properties": {
                "name": {"type": "string", "description": "Its name.", "examples": ["Ada", "Zoë"]},
                "size": {"type": "integer", "default": 20},
            },
        }
    )

    assert text == (
        "// Generated from docs/openapi.json by `make docs`.\n\n"
        "/**\n"
        " * What *\\/ it is.\n"
        " * @typedef {object} Thing\n"
        " * @property {string} [name] - Its name. E.g. `Ada`, `Zoë`.\n"
        " * @property {number} [size=20]\n"
        " */\n\n"
        "export {};\n"
    )


def test_long_descriptions_are_wrapped() -> None:
    """As everything else is, at 120 characters."""
    value = {"type": "string", "description": "word " * 60}

    lines = made({"type": "object", "properties": {"value": value}}).splitlines()

    assert max(map(len, lines)) <= 120
    assert " ".join(line.removeprefix(" *").strip() for line in lines).count("word") == 60


def test_what_there_is_no_rule_for_is_refused() -> None:
    """Instead of becoming a type that allows everything."""
    with pytest.raises(UnknownSchemaError, match=r'no rule for \{"type": "tuple"\}'):
        made({"type": "object", "properties": {"value": {"type": "tuple"}}})
