"""The types of `local/shop/api.js`: the schemas of docs/openapi.json as JSDoc, which editors and TypeScript read.

`python -m local.api_types` prints them.
"""

import json
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

from render.configuration import ROOT

Schema = Mapping[str, Any]

DOCUMENT: Final = ROOT / "docs" / "openapi.json"
FILE: Final = ROOT / "local" / "shop" / "api_types.js"
NOT_FOR_PAGES: Final = frozenset({"webhook", "health"})
"""Operations that the client leaves out."""

_HEADER: Final = "// Generated from docs/openapi.json by `make docs`.\n"
_PRIMITIVES: Final = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_REFERENCE: Final = re.compile(r"#/components/(?P<kind>\w+)/(?P<name>[\w-]+)")
_WIDTH: Final = 120


class UnknownSchemaError(Exception):
    """The document says something of a value for which there is no rule here."""


def module(document: Schema) -> str:
    """The text of `api_types.js`, the types in the order of the alphabet."""
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    types = [_typedef(name, schemas[name]) for name in sorted(used(document))]
    return "\n".join([_HEADER, *types, "export {};\n"])


def used(document: Schema) -> set[str]:
    """The schemas that the client's operations take and answer, and all that these consist of."""
    operations = [operation for methods in document["paths"].values() for operation in methods.values()]
    waiting = [operation for operation in operations if operation["operationId"] not in NOT_FOR_PAGES]
    found: set[tuple[str, str]] = set()
    while waiting:
        new = set(_references(waiting.pop())) - found
        found |= new
        waiting += [document["components"][kind][name] for kind, name in new]
    return {name for kind, name in found if kind == "schemas"}


def _references(part: Any) -> Iterator[tuple[str, str]]:
    match part:
        case {"$ref": str(target)} if known := _REFERENCE.fullmatch(target):
            yield known["kind"], known["name"]
        case Mapping():
            for value in part.values():
                yield from _references(value)
        case list():
            for value in part:
                yield from _references(value)
        case _:
            pass


def _typedef(name: str, schema: Schema) -> str:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    lines = [
        *_comment(schema.get("description", ""), " * "),
        f" * @typedef {{{'object' if properties else _type(schema)}}} {name}",
    ]
    for key, value in properties.items():
        lines += _property(key, value, is_required=key in required)
    return "\n".join(["/**", *lines, " */\n"])


def _property(name: str, schema: Schema, *, is_required: bool) -> list[str]:
    default = f"={json.dumps(schema['default'])}" if "default" in schema else ""
    shown = name if is_required else f"[{name}{default}]"
    examples = ", ".join(f"`{example}`" for example in schema.get("examples", []))
    text = f"{schema.get('description', '')} {f'E.g. {examples}.' if examples else ''}".strip()
    return _comment(f"@property {{{_type(schema)}}} {shown}{' - ' if text else ''}{text}", " * ", " *   ")


def _comment(text: str, first: str, others: str | None = None) -> list[str]:
    return textwrap.wrap(
        text.replace("*/", "*\\/"),
        _WIDTH,
        initial_indent=first,
        subsequent_indent=others or first,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _type(schema: Schema) -> str:
    return " | ".join(dict.fromkeys(_alternatives(schema)))


def _alternatives(schema: Schema) -> Iterator[str]:
    match schema:
        case {"$ref": str(target)} if known := _REFERENCE.fullmatch(target):
            yield known["name"]
        case {"enum": list(values)}:
            yield from map(json.dumps, values)
        case {"anyOf": list(choices)}:
            yield from map(_type, choices)
        case {"type": list(names)}:
            yield from (_type({**schema, "type": name}) for name in names)
        case {"type": "array", "items": items}:
            yield f"Array<{_type(items)}>"
        case {"type": "object", "additionalProperties": Mapping() as values}:
            yield f"Record<string, {_type(values)}>"
        case {"type": str(name)} if name in _PRIMITIVES:
            yield _PRIMITIVES[name]
        case _:
            raise UnknownSchemaError(f"local/api_types.py has no rule for {json.dumps(schema)}")


def main() -> int:
    """Write the module on standard output."""
    sys.stdout.write(module(json.loads(DOCUMENT.read_text())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
