"""What a request costs the database: the hot paths ask it once."""

import contextlib
from collections.abc import AsyncGenerator
from typing import Any

import asyncpg
import pytest
from quart import Quart

from api.app import create_app
from api.models import Connection
from api.settings import Settings
from tests.api.billing.events import event
from tests.api.billing.shop import Shop
from tests.api.conftest import eventually, is_healthy


@pytest.fixture
async def app(settings: Settings) -> AsyncGenerator[Quart]:
    """The application alone: what works beside it has statements of its own."""
    app = create_app(settings, background=False)
    async with app.test_app():
        await eventually(lambda: is_healthy(app.test_client()))
        yield app


@pytest.fixture
def statements(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that is sent from now on."""
    sent: list[str] = []
    database = shop.app.extensions["database"]
    connect = database.connection

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        sent.append(record.query)

    @contextlib.asynccontextmanager
    async def noting() -> AsyncGenerator[Connection]:
        async with connect() as connection:
            connection.add_query_logger(note)
            yield connection
            connection.remove_query_logger(note)

    monkeypatch.setattr(database, "connection", noting)
    return sent


@pytest.mark.parametrize("path", ["/api/auth/me", "/api/billing/subscription", "/api/billing/plans"])
async def test_reading_is_one_statement(shop: Shop, statements: list[str], path: str) -> None:
    """Session, account and billing together."""
    await shop.client.get(path, headers=shop.session)  # the first use notes the time
    statements.clear()
    answer = await shop.client.get(path, headers=shop.session)
    assert answer.status_code == 200
    assert len(statements) == 1


async def test_a_webhook_is_one_statement_before_it_is_acknowledged(shop: Shop, statements: list[str]) -> None:
    """Its effect comes later."""
    statements.clear()
    answer = await shop.deliver(event())
    assert answer.status_code == 200
    assert len(statements) == 1


async def test_health_asks_once_or_not_at_all(shop: Shop, statements: list[str]) -> None:
    """The simple one must not depend on the database."""
    counts: dict[str, Any] = {}
    for path in ("/health", "/health?simple=1"):
        statements.clear()
        await shop.client.get(path)
        counts[path] = len(statements)
    assert counts == {"/health": 1, "/health?simple=1": 0}
