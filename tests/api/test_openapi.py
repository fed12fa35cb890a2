"""The OpenAPI document and its page: what a stranger relies on who builds a client from them."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate
from quart import Quart

from api import errors
from api.blueprints.problems import FRAMEWORK
from tests.api.conftest import PASSWORD, Client, log_in, register, send
from tests.api.test_routes import routes

DOCUMENTATION = {"GET /openapi.json", "GET /docs", "GET /docs/style.css"}
COMMITTED = Path(__file__).parents[2] / "docs/openapi.json"


@pytest.fixture
async def document(client: Client) -> dict[str, Any]:
    """The document as it is served."""
    return await (await client.get("/openapi.json")).get_json()


def look_up(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """What a reference of the document stands for; anything else stands for itself."""
    if "$ref" not in item:
        return item
    _, kind, name = item["$ref"].removeprefix("#/").split("/")
    return document["components"][kind][name]


def operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every operation by `METHOD /path`."""
    return {
        f"{method.upper()} {path}": operation
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


def subclasses(kind: type[errors.ApiError]) -> set[type[errors.ApiError]]:
    """All of them, however deep."""
    return {kind}.union(*(subclasses(child) for child in kind.__subclasses__()))


async def test_the_committed_document_is_the_one_that_is_served(client: Client) -> None:
    """So a pull request shows what it changes for callers."""
    served = await (await client.get("/openapi.json")).get_data()
    assert COMMITTED.read_bytes() == served, "docs/openapi.json is not what the API serves: run `make docs`"


def test_the_document_is_valid_openapi(document: dict[str, Any]) -> None:
    """By the specification's own schema; and nothing in it is described twice."""
    validate(document)
    assert document["openapi"] == "3.1.0"
    names = [operation["operationId"] for operation in operations(document).values()]
    assert len(names) == len(set(names))


async def test_the_document_has_every_route_and_no_other(app: Quart, document: dict[str, Any]) -> None:
    """Each with a summary and a tag."""
    described = operations(document)
    assert set(described) == routes(app) - DOCUMENTATION
    tags = {tag["name"] for tag in document["tags"]}
    assert all(operation["summary"] and set(operation["tags"]) <= tags for operation in described.values())


async def test_what_wants_a_session_says_so(app: Quart, document: dict[str, Any]) -> None:
    """The lock in the document is the one on the door."""
    for route, operation in operations(document).items():
        method, path = route.split(" ")
        answer = await send(app.test_client(), method, path)
        code = json.loads(await answer.get_data()).get("code")
        assert (code == "session_required") == bool(operation["security"]), route


def test_every_error_is_documented_and_every_documented_error_exists(document: dict[str, Any]) -> None:
    """Each under its own status."""
    found: set[tuple[int, str]] = set()
    for operation in operations(document).values():
        for status, answer in operation["responses"].items():
            for media_type, content in look_up(document, answer).get("content", {}).items():
                if media_type == "application/problem+json":
                    codes = content["schema"]["allOf"][1]["properties"]["code"]["enum"]
                    found |= {(int(status), code) for code in codes}
    ours = {(kind.status, kind.code) for kind in subclasses(errors.ApiError) if hasattr(kind, "code")}
    assert found >= ours
    assert found - ours <= {(status, code) for status, (code, _) in FRAMEWORK.items()}


def test_requests_refuse_what_they_do_not_know(document: dict[str, Any]) -> None:
    """A generated client then does so as well."""
    for route, operation in operations(document).items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            schema = look_up(document, content["schema"])
            assert (schema.get("additionalProperties") is False) == (route != "POST /api/stripe/webhook")


async def conforms(document: dict[str, Any], answer: Any, route: str) -> int:
    """The status of an answer that is as documented."""
    described = operations(document)[route]["responses"][str(answer.status_code)]
    described = look_up(document, described)
    assert all(name in answer.headers for name in described["headers"])
    if "content" not in described:
        assert await answer.get_data() == b""
        return answer.status_code
    schema = described["content"][answer.headers["Content-Type"]]["schema"]
    validator = jsonschema_rs.validator_for({**schema, "components": document["components"]}, validate_formats=True)
    validator.validate(json.loads(await answer.get_data()))
    return answer.status_code


async def test_answers_are_as_documented(client: Client, document: dict[str, Any]) -> None:
    """The way of a new customer, with some detours."""
    ada = {"email": "ada@example.com", "password": PASSWORD}
    await register(client)
    session = await log_in(client)
    path: dict[str, Any] = {"headers": session}
    steps: list[tuple[str, dict[str, Any], int]] = [
        ("GET /health", {}, 200),
        ("POST /api/auth/register", {"json": {**ada, "email": "bob@example.com"}}, 201),
        ("POST /api/auth/register", {"json": ada}, 409),
        ("POST /api/auth/register", {"json": {"email": "ada"}}, 422),
        ("POST /api/auth/register", {"data": b"{", "headers": {"Content-Type": "application/json"}}, 400),
        ("POST /api/auth/register", {"data": b"{}"}, 415),
        ("POST /api/auth/login", {"json": ada}, 200),
        ("POST /api/auth/login", {"json": {**ada, "password": "wrong"}}, 401),
        ("GET /api/auth/me", path, 200),
        ("GET /api/auth/me", {}, 401),
        ("GET /api/auth/me", {**path, "query_string": {"email": "bob@example.com"}}, 403),
        ("GET /api/billing/plans", path, 200),
        ("GET /api/billing/subscription", path, 200),
        ("GET /api/billing/billing-history", path, 200),
        ("POST /api/billing/create-setup-intent", path, 503),
        ("POST /api/billing/save-payment-method", {**path, "json": {"payment_method_id": "pm_x"}}, 404),
        ("POST /api/billing/create-subscription", {**path, "json": {"price_id": "price_basicMonthly"}}, 409),
        ("POST /api/billing/cancel-subscription", path, 409),
        ("POST /api/stripe/webhook", {"data": b"{}", "headers": {"Stripe-Signature": "t=1,v1=0"}}, 400),
        ("POST /api/auth/logout", path, 204),
    ]
    for route, request, status in steps:
        method, url = route.split(" ")
        assert await conforms(document, await send(client, method, url, **request), route) == status, route


class Page(HTMLParser):
    """What a page refers to, and the ids that it has."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.references: set[str] = set()
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note one element."""
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.add(name)
            if name in {"href", "src", "action"}:
                self.references.add(value or "")
            if name == "id":
                self.ids.append(value or "")


async def test_the_page_shows_everything_and_loads_nothing_from_elsewhere(
    client: Client, document: dict[str, Any]
) -> None:
    """Every operation, every shape, every code; links that lead somewhere; no script, no inline style."""
    html = await (await client.get("/docs")).get_data(as_text=True)
    page = Page(html)
    shown = set(re.findall(r"<code>(.*?)</code>", html))
    assert set(document["paths"]) <= shown
    assert {kind.code for kind in subclasses(errors.ApiError) if hasattr(kind, "code")} <= shown
    assert set(document["components"]["schemas"]) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))
    assert page.references <= {"data:,", "/openapi.json", "/docs/style.css", *(f"#{id_}" for id_ in page.ids)}
    assert not page.tags & {"script", "style", "iframe", "img"}
    assert not {name for name in page.attributes if name == "style" or name.startswith("on")}


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        ("/openapi.json", "application/json"),
        ("/docs", "text/html; charset=utf-8"),
        ("/docs/style.css", "text/css; charset=utf-8"),
    ],
)
async def test_headers_of_the_documentation(client: Client, path: str, content_type: str) -> None:
    """Everyone may keep it for a while, and a browser may load nothing but the style sheet."""
    answer = await client.get(path)
    assert answer.headers["Content-Type"] == content_type
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    assert answer.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'none'"
    )
    assert answer.headers.getlist("X-Content-Type-Options") == ["nosniff"]


async def test_the_style_sheet_loads_nothing(client: Client) -> None:
    """Neither fonts nor pictures."""
    style = await (await client.get("/docs/style.css")).get_data(as_text=True)
    assert "url(" not in style
    assert "@import" not in style
