"""The document as a page for people: HTML and CSS only, made on the server."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

_FOLDER: Final = Path(__file__).parent / "docs"
STYLE: Final = (_FOLDER / "style.css").read_bytes()

Object = Mapping[str, Any]

# How a constraint reads, in this order.
_CONSTRAINTS: Final[Mapping[str, str]] = {
    "const": "always `{}`",
    "enum": "one of {}",
    "format": "format `{}`",
    "minLength": "length at least {}",
    "maxLength": "length at most {}",
    "minimum": "at least {}",
    "maximum": "at most {}",
    "pattern": "pattern `{}`",
    "default": "default `{}`",
    "examples": "for example {}",
}

# What an operation of the document leaves out when it has none.
_NOTHING: Final[Object] = {"description": "", "parameters": (), "requestBody": None}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: a parameter of a request, or a field of a shape."""

    name: str
    schema: Object
    description: str
    required: bool
    place: str = ""


def page(document: Object) -> str:
    """The HTML of an OpenAPI document that `api.openapi` made."""
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    resolve = partial(_resolved, document)
    filters: dict[str, Any] = {
        "text": _text,
        "paragraphs": _paragraphs,
        "type": _type,
        "constraints": _constraints,
        "fields": _fields,
        "resolve": resolve,
        "parameters": lambda operation: [_parameter(resolve(item)) for item in operation["parameters"]],
        "curl": partial(_curl, resolve),
    }
    environment.filters.update(filters)
    return environment.get_template("page.html").render(document=document, groups=list(_groups(document)))


def _groups(document: Object) -> Iterator[tuple[Object, list[Object]]]:
    """Each tag with its operations, which know their method and path."""
    operations = [
        {**_NOTHING, "method": method.upper(), "path": path, **operation}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    for tag in document["tags"]:
        yield tag, [operation for operation in operations if tag["name"] in operation["tags"]]


def _resolved(document: Object, item: Object) -> Object:
    """What a reference stands for; anything else stands for itself."""
    if "$ref" not in item:
        return item
    found: Any = document
    for step in item["$ref"].removeprefix("#/").split("/"):
        found = found[step]
    return found


def _text(written: str) -> Markup:
    """A line of the document's Markdown, which knows `code` and **strong**."""
    marked = Markup()
    for index, part in enumerate(written.split("`")):
        if index % 2:
            marked += Markup("<code>{}</code>").format(part)
        else:
            for inner, plain in enumerate(part.split("**")):
                marked += Markup("<strong>{}</strong>").format(plain) if inner % 2 else escape(plain)
    return marked


def _paragraphs(written: str) -> list[Markup]:
    return [_text(" ".join(paragraph.split())) for paragraph in written.strip().split("\n\n") if paragraph]


def _type(schema: Object) -> Markup:
    """The type of a value, with a link where it has a section of its own."""
    match schema:
        case {"$ref": str(target)}:
            name = target.rpartition("/")[2]
            return Markup('<a href="#{0}">{0}</a>').format(name)
        case {"anyOf": [*choices]}:
            return Markup(" or ").join(_type(choice) for choice in choices)
        case {"type": "array", "items": items}:
            return Markup("list of ") + _type(items)
        case {"type": "object", "additionalProperties": {"type": inner}}:
            return Markup("object of {}s").format(inner)
        case {"type": [*types]}:
            return Markup(" or ").join(types)
        case _:
            return escape(schema.get("type", "boolean" if schema.get("enum") == [True] else "any"))


def _constraints(schema: Object) -> list[Markup]:
    return [_text(said.format(_value(schema[name]))) for name, said in _CONSTRAINTS.items() if name in schema]


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(f"`{item}`" for item in value)
    return value if isinstance(value, str) else json.dumps(value)


def _fields(schema: Object) -> list[Row]:
    required = schema.get("required", ())
    return [
        Row(name, field, field.get("description", ""), name in required)
        for name, field in schema.get("properties", {}).items()
    ]


def _parameter(parameter: Object) -> Row:
    needed = parameter.get("required", False)
    return Row(parameter["name"], parameter["schema"], parameter["description"], needed, parameter["in"])


def _curl(resolve: Callable[[Object], Object], operation: Object) -> str:
    """A command that calls the operation, with the examples of what it must be given."""
    method = "" if operation["method"] == "GET" else f"-X {operation['method']} "
    parts = [f'curl {method}"$API{operation["path"]}"']
    if operation["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    parts.extend(f"-H '{item['name']}: ...'" for item in map(resolve, operation["parameters"]) if item.get("required"))
    if body := operation["requestBody"]:
        ((media_type, content),) = body["content"].items()
        example = {row.name: row.schema["examples"][0] for row in _fields(resolve(content["schema"])) if row.required}
        parts.extend((f"-H 'Content-Type: {media_type}'", f"-d '{json.dumps(example)}'"))
    return " \\\n  ".join(parts)
