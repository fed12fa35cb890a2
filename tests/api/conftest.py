"""The API in this process, with a database of its own for each test."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from quart import Quart, Response
from quart.typing import TestClientProtocol as Client

from api.app import create_app
from api.settings import Settings
from tests.api.sample_settings import make_settings

PASSWORD = "correct horse"


@pytest.fixture
def settings(database: str) -> Settings:
    """Valid settings."""
    return make_settings(database_url=database)


@pytest.fixture
async def app(settings: Settings) -> AsyncGenerator[Quart]:
    """The started application, whose database is ready."""
    app = create_app(settings)
    async with app.test_app():
        await eventually(lambda: is_healthy(app.test_client()))
        yield app


@pytest.fixture
def client(app: Quart) -> Client:
    """A client of the application."""
    return app.test_client()


@pytest.fixture
async def db(database: str) -> AsyncGenerator[asyncpg.Connection]:
    """The test's own connection to the application's database."""
    connection = await asyncpg.connect(database)
    yield connection
    await connection.close()


async def send(client: Any, method: str, path: str, **request: Any) -> Response:
    """The answer to any method."""  # Quart's types want `json` for this, although its client does not
    return await client.open(path, method=method, **request)


async def eventually(holds: Callable[[], Awaitable[bool]], seconds: float = 10) -> None:
    """Return as soon as `holds`; fail after `seconds`."""
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 — what is awaited happens elsewhere
            await asyncio.sleep(0.01)


async def is_healthy(client: Client) -> bool:
    """Whether the deep health check passes."""
    return (await client.get("/health")).status_code == 200


async def register(client: Client, email: str = "ada@example.com") -> None:
    """An account with PASSWORD."""
    answer = await client.post("/api/auth/register", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 201


async def log_in(client: Client, email: str = "ada@example.com") -> dict[str, str]:
    """The headers of a new session of that account."""
    answer = await client.post("/api/auth/login", json={"email": email, "password": PASSWORD})
    assert answer.status_code == 200
    return {"Authorization": f"Bearer {(await answer.get_json())['token']}"}
