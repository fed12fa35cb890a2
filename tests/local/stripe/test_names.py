"""Under which names the stand-in answers: a page of any other one could read everything, as of its own origin."""

from collections.abc import AsyncGenerator
from urllib.parse import urlsplit

import httpx
import pytest

from local.stripe.stand_in import StandIn

ROUTES = [
    ("GET", "/v1/customers"),
    ("OPTIONS", "/v1/customers"),
    ("POST", "/_stand_in/clock"),
    ("GET", "/_stand_in/deliveries"),
    ("GET", "/stripe.js"),
    ("GET", "/nothing"),
]


@pytest.fixture
async def ask(stand_in: StandIn) -> AsyncGenerator[httpx.AsyncClient]:
    """Asks with a key that is let in."""
    headers = {"Authorization": "Bearer sk_test_x"}
    async with httpx.AsyncClient(base_url=stand_in.url, headers=headers, trust_env=False) as asking:
        yield asking


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.1"])
async def test_any_other_name_is_answered_nothing(
    ask: httpx.AsyncClient, stand_in: StandIn, method: str, path: str, host: str
) -> None:
    """Whatever is asked, with the port or without it: 421, and nothing is done."""
    for name in (host, f"{host}:{urlsplit(stand_in.url).port}"):
        answer = await ask.request(method, path, headers={"Host": name}, json={"advance": 60})

        assert (answer.status_code, answer.text) == (421, "421: Misdirected Request")
    assert stand_in.clock.offset == 0


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])
async def test_its_own_names(ask: httpx.AsyncClient, stand_in: StandIn, host: str) -> None:
    """With the port of the address, as a browser says it."""
    answer = await ask.get("/v1/customers", headers={"Host": f"{host}:{urlsplit(stand_in.url).port}"})

    assert (answer.status_code, answer.json()["data"]) == (200, [])
