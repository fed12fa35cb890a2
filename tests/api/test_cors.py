"""Browsers of our own origins may read answers, others may not; every answer carries the safe headers."""

import pytest
from quart import Quart

from tests.api.conftest import send
from tests.api.sample_settings import ORIGIN

PREFLIGHT = {"Access-Control-Request-Method": "GET", "Access-Control-Request-Headers": "authorization"}


@pytest.mark.parametrize("origin", [ORIGIN, "http://localhost:5173"])
async def test_a_preflight_of_our_own_origin(app: Quart, origin: str) -> None:
    """The browser may send the session and JSON."""
    answer = await app.test_client().options("/api/auth/me", headers={"Origin": origin, **PREFLIGHT})
    assert (answer.status_code, await answer.get_data()) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == origin
    assert {"Authorization", "Content-Type"} <= set(answer.headers["Access-Control-Allow-Headers"].split(", "))
    assert {"GET", "POST"} <= set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert "Access-Control-Allow-Credentials" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", ORIGIN + ".evil.example", ORIGIN + ":8443", "http://shop.example", ""]
)
async def test_other_origins_get_no_permission(app: Quart, origin: str) -> None:
    """Neither in a preflight nor in an answer."""
    for headers in ({"Origin": origin, **PREFLIGHT}, {"Origin": origin}):
        method = "OPTIONS" if len(headers) > 1 else "GET"
        answer = await send(app.test_client(), method, "/api/auth/me", headers=headers)
        assert not [name for name in answer.headers if name[0].lower().startswith("access-control")]
        assert answer.headers["Vary"] == "Origin"


@pytest.mark.parametrize(("path", "status"), [("/health?simple=1", 200), ("/api/auth/me", 401), ("/nowhere", 404)])
async def test_our_own_origins_can_read_errors_too(app: Quart, path: str, status: int) -> None:
    """Else the frontend could only say that something failed; and every answer is safe to show in a browser."""
    answer = await app.test_client().get(path, headers={"Origin": ORIGIN})
    assert answer.status_code == status
    assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "X-Request-Id" in answer.headers["Access-Control-Expose-Headers"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"
