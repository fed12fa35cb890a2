"""Connecting: what goes wrong is logged in words, without the password; and the schema is brought up once."""

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest
from structlog.testing import capture_logs

from api.db import Database, DatabaseState
from api.schema import MIGRATIONS, SchemaError, migrate, read_migrations
from local.postgres_place import Account
from local.postgres_tls import ensure_certificate
from tests.api.conftest import eventually


async def reason(dsn: str) -> str:
    """What the log says when `dsn` does not work."""
    database = Database(dsn)
    with capture_logs() as lines:
        database.start()

        async def is_logged() -> bool:
            return bool(lines)

        await eventually(is_logged)
        await database.stop()
    assert lines[0]["event"] == "database_not_ready"
    assert "s3cret" not in str(lines)
    return lines[0]["reason"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda dsn: re.sub(r"://app:[^@]+@", "://app:wr0ng-s3cret@", dsn), "refuses the user name or password"),
        (lambda dsn: dsn.replace("://app:", "://nobody-s:"), "refuses the user name or password"),
        (lambda dsn: dsn.replace("/migrated?", "/missing?"), "does not have the database"),
        (
            lambda dsn: re.sub(r"sslrootcert=.*", "sslrootcert=/missing", dsn),
            "sslrootcert in DATABASE_URL names does not",
        ),
        (lambda dsn: re.sub(r"@127.0.0.1:\d+", "@127.0.0.1:1", dsn), "ConnectionRefusedError"),
        (lambda dsn: dsn.replace("127.0.0.1", "nowhere.invalid"), "gaierror"),
        (lambda dsn: re.sub(r":\d+/", ":s3cret/", dsn), "DATABASE_URL cannot be read"),
    ],
)
async def test_the_log_says_why_there_is_no_connection(
    database: str, change: Callable[[str], str], expected: str
) -> None:
    """Without the password, whatever is wrong."""
    assert expected in await reason(change(database))


async def test_a_server_that_cannot_prove_itself_is_refused(database: str, tmp_path: Path) -> None:
    """Somebody between us and the database: signed by another authority."""
    foreign = ensure_certificate(tmp_path, Account()) / "ca.crt"
    assert "certificate is not the one expected" in await reason(
        re.sub(r"sslrootcert=.*", f"sslrootcert={foreign}", database)
    )


async def test_tasks_that_start_at_once_migrate_once(empty_database: str) -> None:
    """Each is ready in the end, and nothing was applied twice."""
    tasks = [Database(empty_database) for _ in range(5)]
    with capture_logs() as lines:
        for task in tasks:
            task.start()

        async def are_ready() -> bool:
            return all([await task.state() is DatabaseState.CONNECTED for task in tasks])

        await eventually(are_ready)
    for task in tasks:
        await task.stop()
    events = [line["event"] for line in lines]
    assert events.count("migration_applied") == len(read_migrations(MIGRATIONS))
    assert events.count("database_ready") == 5
    assert "database_not_ready" not in events


@pytest.fixture
def migrations(tmp_path: Path) -> Path:
    """A folder with two migrations."""
    (tmp_path / "0001_first.sql").write_text("CREATE TABLE first ();")
    (tmp_path / "0002_second.sql").write_text("CREATE TABLE second (); INSERT INTO second DEFAULT VALUES;")
    return tmp_path


async def migrate_once(dsn: str, folder: Path) -> list[str]:
    """Migrate as a task does that starts; returns the tables there are."""
    connection = await asyncpg.connect(dsn)
    try:
        await migrate(connection, folder)
    finally:
        rows = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        await connection.close()
    return [row["tablename"] for row in rows]


async def test_only_new_migrations_are_applied(empty_database: str, migrations: Path) -> None:
    """At each start; and a database may be ahead of the code, as after a rollback."""
    tables = ["first", "schema_migrations", "second"]
    assert await migrate_once(empty_database, migrations) == tables
    third = migrations / "0003_third.sql"
    third.write_text("CREATE TABLE third ()")
    assert await migrate_once(empty_database, migrations) == [*tables, "third"]
    third.unlink()
    assert await migrate_once(empty_database, migrations) == [*tables, "third"]


async def test_a_migration_is_applied_whole_or_not_at_all(empty_database: str, migrations: Path) -> None:
    """The earlier ones stay, the failing one leaves nothing, and the next start goes on from there."""
    second = migrations / "0002_second.sql"
    second.write_text("CREATE TABLE second (); SELECT 1 / 0;")
    with pytest.raises(asyncpg.DivisionByZeroError):
        await migrate_once(empty_database, migrations)
    second.write_text("CREATE TABLE second ();")
    assert await migrate_once(empty_database, migrations) == ["first", "schema_migrations", "second"]


async def test_a_changed_migration_is_refused(empty_database: str, migrations: Path) -> None:
    """It would never reach the databases that had it; the error says what to do."""
    await migrate_once(empty_database, migrations)
    (migrations / "0001_first.sql").write_text("CREATE TABLE first (value int);")
    with pytest.raises(SchemaError, match=r"0001 \(first\) was changed.*new migration"):
        await migrate_once(empty_database, migrations)


@pytest.mark.parametrize("name", ["0004_gap.sql", "0002_twice.sql", "three.sql", "0003_Third.sql"])
def test_migrations_are_numbered_without_gaps(migrations: Path, name: str) -> None:
    """Two people who add one at the same time find out before a database does."""
    (migrations / name).write_text("SELECT 1")
    with pytest.raises(SchemaError, match="is not the migration expected here"):
        read_migrations(migrations)


async def test_cancelled_requests_leave_the_connection_usable(database: str) -> None:
    """A caller hangs up in the middle of a query; the pool goes on with what it has."""
    pool = Database(database)
    pool.start()

    async def is_connected() -> bool:
        return await pool.state() is DatabaseState.CONNECTED

    await eventually(is_connected)

    async def query() -> None:
        async with pool.connection() as connection:
            await connection.execute("SELECT pg_sleep(10)")

    tasks = [asyncio.create_task(query()) for _ in range(10)]
    async with asyncpg.create_pool(database, min_size=1, max_size=1) as other:

        async def are_sleeping() -> bool:
            sleeping = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%' AND state = 'active'"
            return await other.fetchval(sleeping) == 10

        await eventually(are_sleeping)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    async with asyncio.timeout(5), pool.connection() as connection:
        assert await connection.fetchval("SELECT 1") == 1
    await pool.stop()
