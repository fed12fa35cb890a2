"""The OpenAPI document, put together from what the routes say of themselves.

Each view carries its `Operation`; its docstring is summary and description. So the document cannot lag behind the code.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from werkzeug.routing import Map

from api.blueprints.operation import Operation
from api.openapi_errors import Refusal, refusals, response, response_name
from api.openapi_schemas import Schema, Shape, query_parameters, reference, schemas
from api.openapi_text import HEADERS, INFO, OWN_EMAIL, SESSION, TAGS

JSON: Final = "application/json"

_EVERY_ANSWER: Final = ("X-Request-Id",)
_WITH_STATUS: Final[Mapping[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    429: ("Retry-After",),
    503: ("Retry-After",),
}


@dataclass(frozen=True, slots=True)
class Route:
    """A route that has a contract; `group` is its blueprint."""

    method: str
    path: str
    group: str
    name: str
    text: str
    operation: Operation


def routes(url_map: Map, views: Mapping[str, Callable[..., Any]]) -> list[Route]:
    """Every route that has an Operation, in the order of the tags."""
    found: list[Route] = []
    for rule in url_map.iter_rules():
        view = views[rule.endpoint]
        operation = vars(view).get("operation")
        if isinstance(operation, Operation):
            (method,) = (rule.methods or set()) - {"HEAD", "OPTIONS"}
            group, _, name = rule.endpoint.rpartition(".")
            found.append(Route(method.lower(), rule.rule, group, name, inspect.getdoc(view) or "", operation))
    order = list(TAGS)
    return sorted(found, key=lambda route: order.index(route.group))


def document(url_map: Map, views: Mapping[str, Callable[..., Any]]) -> dict[str, Any]:
    """The OpenAPI 3.1 document of an application's routes."""
    found = routes(url_map, views)
    paths: dict[str, dict[str, Any]] = {}
    for route in found:
        paths.setdefault(route.path, {})[route.method] = _described(route)
    return {
        "openapi": "3.1.0",
        "info": INFO,
        "servers": [{"url": "/"}],
        "tags": list(TAGS.values()),
        "paths": paths,
        "components": {
            "schemas": schemas(shape for route in found for shape in _shapes(route.operation)),
            "responses": _shared_responses(found),
            "parameters": {"OwnEmail": OWN_EMAIL},
            "headers": HEADERS,
            "securitySchemes": {"session": SESSION},
        },
    }


def _shapes(operation: Operation) -> list[Shape]:
    """What needs a schema of its own; queries are described field by field."""
    return [shape for shape in (operation.body, *operation.answers.values()) if shape]


def _described(route: Route) -> dict[str, Any]:
    summary, _, description = " ".join(route.text.split()).partition(". ")
    described: dict[str, Any] = {
        "tags": [TAGS[route.group]["name"]],
        "operationId": route.name,
        "summary": summary.removesuffix("."),
        "description": description,
        "security": [{"session": []}] if route.operation.session else [],
        "parameters": _parameters(route.operation),
        "requestBody": _body(route.operation),
        "responses": _responses(route.operation),
    }
    return {name: value for name, value in described.items() if value or name == "security"}


def _parameters(operation: Operation) -> list[Schema]:
    found = query_parameters(operation.query) if operation.query else []
    if operation.session:
        found.append({"$ref": "#/components/parameters/OwnEmail"})
    for name, description in operation.headers.items():
        header = {"name": name, "in": "header", "required": True, "description": description}
        found.append({**header, "schema": {"type": "string"}})
    return found


def _body(operation: Operation) -> Schema | None:
    if operation.raw:
        return {"required": True, "content": {JSON: {"schema": {"type": "object"}}}}
    if operation.body:
        return {"required": not operation.bodiless, "content": {JSON: {"schema": reference(operation.body)}}}
    return None


def _responses(operation: Operation) -> dict[str, Schema]:
    found: dict[str, Schema] = {}
    for status, shape in operation.answers.items():
        found[str(status)] = {
            "description": (inspect.getdoc(shape) or "").partition("\n")[0] if shape else "Done.",
            "headers": _headers(*_EVERY_ANSWER),
            **({"content": {JSON: {"schema": reference(shape)}}} if shape else {}),
        }
    for status, refused in refusals(operation).items():
        found[str(status)] = {"$ref": f"#/components/responses/{response_name(refused)}"}
    return dict(sorted(found.items()))


def _shared_responses(found: list[Route]) -> dict[str, Schema]:
    shared: dict[str, tuple[int, list[Refusal]]] = {}
    for route in found:
        for status, refused in refusals(route.operation).items():
            shared[response_name(refused)] = (status, refused)
    return {
        name: response(status, refused, _headers(*_EVERY_ANSWER, *_WITH_STATUS.get(status, ())))
        for name, (status, refused) in sorted(shared.items())
    }


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}
