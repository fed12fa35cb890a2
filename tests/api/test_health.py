"""The health check: what a load balancer is told before, during and after trouble with the database."""

import asyncio
import contextlib
import time
from collections.abc import Generator

import psutil

from api.app import create_app
from api.db import Database
from api.settings import Settings
from local.postgres import PostgresServer
from tests.api.conftest import Client, eventually, is_healthy, log_in, register


async def health(client: Client, path: str = "/health") -> tuple[int, str, str | None]:
    """Status code, status and database of the answer."""
    answer = await client.get(path)
    body = await answer.get_json()
    assert body["revision"] == "0123abc"
    return answer.status_code, body["status"], body.get("database")


async def answers(client: Client, expected: tuple[int, str, str | None]) -> bool:
    """Whether the deep check gives `expected` now."""
    return await health(client) == expected


async def assert_unavailable(client: Client, session: dict[str, str]) -> None:
    """What needs the database says so, and when to come back."""
    session = session or {"Authorization": "Bearer " + "x" * 43}
    answer = await client.get("/api/auth/me", headers=session)
    assert (answer.status_code, (await answer.get_json())["code"]) == (503, "database_unavailable")
    assert int(answer.headers["Retry-After"]) > 0


async def test_the_deep_check_asks_the_database_and_the_simple_one_does_not(client: Client) -> None:
    """Both name the revision that really runs."""
    assert await health(client) == (200, "ok", "connected")
    assert await health(client, "/health?simple=1") == (200, "ok", None)


async def test_an_outage_of_the_database(settings: Settings, postgres_server: PostgresServer) -> None:
    """A start without it, its coming, a short outage, a long one, and its return; sessions survive it all."""
    postgres_server.stop()
    app = create_app(settings, database=Database(settings.database_url, tolerated_outage=0.3))
    client = app.test_client()
    async with app.test_app():
        try:
            assert await health(client) == (503, "starting", "connecting")
            assert await health(client, "/health?simple=1") == (200, "ok", None)
            await assert_unavailable(client, {})

            postgres_server.start()
            await eventually(lambda: is_healthy(client))
            await register(client)
            session = await log_in(client)

            postgres_server.stop()
            assert await health(client) == (200, "degraded", "interrupted")
            await assert_unavailable(client, session)
            await eventually(lambda: answers(client, (503, "unavailable", "unreachable")))
        finally:
            postgres_server.start()
        await eventually(lambda: answers(client, (200, "ok", "connected")))
        assert (await client.get("/api/auth/me", headers=session)).status_code == 200


@contextlib.contextmanager
def frozen(server: PostgresServer) -> Generator[None]:
    """The server accepts connections and answers nothing, as when its machine has gone without a word."""
    main = psutil.Process(server.pid)
    processes = [main, *main.children()]
    for process in processes:
        process.suspend()
    try:
        yield
    finally:
        for process in processes:
            process.resume()


async def test_checks_at_the_same_time_share_one_bounded_question(
    client: Client, postgres_server: PostgresServer
) -> None:
    """A database that hangs costs two seconds, however many ask; afterwards all is well again."""
    with frozen(postgres_server):
        begun = time.monotonic()
        seen = await asyncio.gather(*(health(client) for _ in range(20)))
        assert time.monotonic() - begun < 4
    assert set(seen) == {(200, "degraded", "interrupted")}
    await eventually(lambda: answers(client, (200, "ok", "connected")))
