"""Whatever goes in, what comes out is a problem document: 4xx for the caller's mistakes, never a 500."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from quart import Quart
from werkzeug.datastructures import Headers

from tests.api.conftest import Client, send

LOGIN = "/api/auth/login"
JSON = {"Content-Type": "application/json"}


async def problem(client: Client, method: str, path: str, **request: Any) -> tuple[int, str, Headers]:
    """Status, code and headers of an answer that must be a complete problem document."""
    answer = await send(client, method, path, **request)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    body = json.loads(await answer.get_data())
    assert {"type", "title", "status", "detail", "code", "request_id"} <= set(body)
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:priceguard:problem:{body['code']}"
    assert body["request_id"] == answer.headers["X-Request-Id"]
    return answer.status_code, body["code"], answer.headers


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "malformed_body"),
        (b"{", 400, "malformed_body"),
        (b"\xff", 400, "malformed_body"),
        (b'{"email": "\xed\xa0\x80", "password": "x"}', 400, "malformed_body"),
        (b'{"email": "\\ud800", "password": "x"}', 400, "malformed_body"),
        (b'{"email": "a@example.com", "password": "x"} {}', 400, "malformed_body"),
        (b"[]", 422, "invalid_fields"),
        (b"[" * 30_000, 422, "invalid_fields"),
        (b'{"email": ' + b"[" * 30_000, 422, "invalid_fields"),
        (b'{"email": ' + b"9" * 30_000 + b"}", 422, "invalid_fields"),
        (b'{"email": null, "password": "x"}', 422, "invalid_fields"),
        (b'{"email": "a@example.com"}', 422, "invalid_fields"),
        (b'{"email": "a@example.com", "password": "x", "admin": true}', 422, "invalid_fields"),
        (b'{"x": "' + b"x" * 65_536 + b'"}', 413, "body_too_large"),
    ],
)
async def test_a_body_that_is_not_what_the_route_takes(client: Client, body: bytes, status: int, code: str) -> None:
    """Bad JSON, wrong types, missing and unknown fields, too much."""
    assert (await problem(client, "POST", LOGIN, data=body, headers=JSON))[:2] == (status, code)


@pytest.mark.parametrize(
    ("body", "field"), [({"email": 1, "password": "x"}, "email"), ({"email": "a"}, "password"), ({"admin": 1}, "admin")]
)
async def test_the_wrong_field_is_named(client: Client, body: dict[str, Any], field: str) -> None:
    """A form can show the message beside its input."""
    answer = await client.post(LOGIN, json=body)
    assert list((await answer.get_json())["fields"]) == [field]


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "\xe4", "json;;;="])
async def test_only_json_is_taken(client: Client, content_type: str | None) -> None:
    """Browsers send forms across origins without asking first; JSON they do not."""
    headers = {"Content-Type": content_type} if content_type else {}
    answer = await problem(client, "POST", LOGIN, data=b"{}", headers=headers)
    assert answer[:2] == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "not_found"),
        ("GET", "/api/auth/me/", 404, "not_found"),
        ("GET", "/api//auth/me", 404, "not_found"),
        ("GET", "/%00%ff", 404, "not_found"),
        ("POST", "/health", 405, "method_not_allowed"),
        ("DELETE", "/api/auth/me", 405, "method_not_allowed"),
    ],
)
async def test_addresses_and_methods_that_do_not_exist(
    client: Client, method: str, path: str, status: int, code: str
) -> None:
    """The framework's own refusals look like ours."""
    answered, answered_code, headers = await problem(client, method, path)
    assert (answered, answered_code) == (status, code)
    assert ("Allow" in headers) == (status == 405)


async def test_a_body_that_does_not_arrive_is_given_up(app: Quart) -> None:
    """408 after the time for a body."""
    app.config["BODY_TIMEOUT"] = 0.05
    async with app.test_client().request(LOGIN, method="POST", headers=JSON) as connection:
        await connection.send(b"{")
        body = json.loads(await connection.receive())
    assert (body["status"], body["code"]) == (408, "request_timeout")


async def test_a_defect_of_ours_reveals_nothing(app: Quart, caplog: pytest.LogCaptureFixture) -> None:
    """500, with nothing of the cause in the answer and all of it in the log."""

    async def fail() -> str:
        raise RuntimeError("the cause")

    app.add_url_rule("/fail", view_func=fail)
    assert (await problem(app.test_client(), "GET", "/fail"))[:2] == (500, "internal_error")
    answer = await app.test_client().get("/fail")
    assert "the cause" not in await answer.get_data(as_text=True)
    assert "RuntimeError: the cause" in caplog.text


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["email", "password"]), inner),
)
CREDENTIALS = st.fixed_dictionaries({"email": ANY_JSON, "password": ANY_JSON})
BODIES = st.binary() | (ANY_JSON | CREDENTIALS).map(lambda value: json.dumps(value).encode())


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(path=st.sampled_from([LOGIN, "/api/auth/register"]), body=BODIES)
async def test_no_body_makes_a_500(app: Quart, path: str, body: bytes) -> None:
    """Random bytes, random JSON, and random values in the right fields."""
    answer = await app.test_client().post(path, data=body, headers=JSON)
    assert answer.status_code in {201, 400, 401, 409, 422}


@examples(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    method=st.sampled_from(["GET", "POST", "HEAD", "OPTIONS", "BREW"]),
    # The test's own client takes what follows two slashes for a host name.
    path=st.text(st.characters(codec="utf-8", exclude_characters="?#"), min_size=1).filter(lambda p: p[0] != "/"),
    header=st.sampled_from(["Authorization", "Origin", "Content-Type", "X-Request-Id", "X-Amzn-Trace-Id"]),
    value=st.text(st.characters(max_codepoint=255, exclude_categories=["Cc"])),
)
async def test_no_address_or_header_makes_a_500(app: Quart, method: str, path: str, header: str, value: str) -> None:
    """Whatever HTTP allows on the first lines of a request."""
    answer = await send(app.test_client(), method, "/" + path, headers={header: value})
    assert answer.status_code in {204, 404, 405, 415}
