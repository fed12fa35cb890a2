"""Sessions end when they should, and cost one round trip to the database."""

from collections.abc import AsyncGenerator, Callable

import asyncpg
import pytest
from quart import Quart

from local.postgres import PostgresServer
from tests.api.conftest import Client, log_in, register

ME = "/api/auth/me"


@pytest.fixture
async def session(client: Client) -> dict[str, str]:
    """The headers of a valid session."""
    await register(client)
    return await log_in(client)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRhOnB3",
        "Bearer " + "x" * 42,
        "Bearer " + "x" * 43,
        "Bearer " + "x" * 5000,
        "Bearer \u00e4" + "x" * 42,
        "Bearer " + "x" * 43 + ", Bearer " + "x" * 43,
    ],
)
async def test_without_a_valid_token_there_is_no_access(client: Client, header: str | None) -> None:
    """401, and the scheme to use."""
    answer = await client.get(ME, headers={} if header is None else {"Authorization": header})
    assert (answer.status_code, (await answer.get_json())["code"]) == (401, "session_required")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_the_scheme_is_not_case_sensitive(client: Client, session: dict[str, str]) -> None:
    """RFC 9110, 11.1."""
    header = session["Authorization"].replace("Bearer", "bearer")
    assert (await client.get(ME, headers={"Authorization": header})).status_code == 200


@pytest.mark.parametrize(
    ("column", "age", "status"),
    [
        ("expires_at", "1 second", 401),
        ("expires_at", "-1 minute", 200),
        ("last_used_at", "14 days 1 second", 401),
        ("last_used_at", "13 days 23 hours", 200),
    ],
)
async def test_sessions_end(
    client: Client, session: dict[str, str], db: asyncpg.Connection, column: str, age: str, status: int
) -> None:
    """After their whole life, and when nobody used them for two weeks."""
    await db.execute(f"UPDATE sessions SET {column} = now() - interval '{age}'")  # noqa: S608 — literals above
    assert (await client.get(ME, headers=session)).status_code == status


async def test_use_keeps_a_session_alive(client: Client, session: dict[str, str], db: asyncpg.Connection) -> None:
    """The last use is noted, though not more than once in a few minutes."""
    await db.execute("UPDATE sessions SET last_used_at = now() - interval '6 minutes'")
    await client.get(ME, headers=session)
    noted = await db.fetchval("SELECT last_used_at FROM sessions WHERE last_used_at > now() - interval '1 minute'")
    assert noted is not None
    await client.get(ME, headers=session)
    assert await db.fetchval("SELECT last_used_at FROM sessions") == noted


async def test_login_takes_ended_sessions_away(client: Client, session: dict[str, str], db: asyncpg.Connection) -> None:
    """The table does not grow for ever."""
    await db.execute("UPDATE sessions SET expires_at = now() - interval '1 day'")
    await log_in(client)
    assert await db.fetchval("SELECT count(*) FROM sessions") == 1
    assert (await client.get(ME, headers=session)).status_code == 401


async def test_a_session_ends_with_its_account(client: Client, session: dict[str, str], db: asyncpg.Connection) -> None:
    """Deleting an account leaves nobody logged in."""
    await db.execute("DELETE FROM accounts")
    assert (await client.get(ME, headers=session)).status_code == 401


@pytest.fixture
async def statements_logged(
    postgres_server: PostgresServer, db: asyncpg.Connection
) -> AsyncGenerator[Callable[[], str]]:
    """PostgreSQL's log, with every statement that new connections to the application's database send."""
    name = await db.fetchval("SELECT current_database()")
    admin = await asyncpg.connect(postgres_server.admin_dsn)
    await admin.execute(f"ALTER DATABASE {name} SET log_statement = 'all'")
    yield postgres_server.log_file.read_text
    await admin.execute(f"ALTER DATABASE {name} RESET log_statement")
    await admin.close()


async def test_who_is_logged_in_takes_one_round_trip(
    statements_logged: Callable[[], str], session: dict[str, str], app: Quart
) -> None:
    """One statement for each request, and nothing around it."""
    client = app.test_client()
    await client.get(ME, headers=session)  # prepares the statement
    before = len(statements_logged())
    for _ in range(5):
        assert (await client.get(ME, headers=session)).status_code == 200
    lines = statements_logged()[before:].splitlines()
    statements = [line for line in lines if " LOG: " in line]
    assert len(statements) == 5
    assert all("execute" in line for line in statements)
