"""PostgreSQL for tests: one server for each worker process, and a migrated, empty database for each test."""

import secrets
import tempfile
import uuid
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from api.schema import migrate
from local.postgres import PostgresError, PostgresServer

_OWNER = "app"  # like the API's user in AWS: owns its database and is no superuser
_PASSWORD = secrets.token_urlsafe(16)


@pytest.fixture(scope="session")
def postgres_server() -> Generator[PostgresServer]:
    """A running server, for this process only; tests that stop it start it again."""
    with tempfile.TemporaryDirectory(prefix="priceguard-tests-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o711)  # as root, PostgreSQL runs as `nobody`, who has to reach its data
        server = PostgresServer(Path(folder) / "postgres", durable=False)
        try:
            server.start()
        except PostgresError as error:
            if "no PostgreSQL found" not in str(error):
                raise
            pytest.skip(str(error))
        yield server
        server.stop()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_database(postgres_server: PostgresServer) -> str:
    """The DSN of the one database that had every migration; tests take `database`."""
    await _as_admin(postgres_server, f"CREATE ROLE {_OWNER} LOGIN PASSWORD '{_PASSWORD}'")
    await _as_admin(postgres_server, f"CREATE DATABASE migrated OWNER {_OWNER}")
    dsn = postgres_server.dsn("migrated", _OWNER, _PASSWORD)
    owner = await asyncpg.connect(dsn)
    await migrate(owner)
    await owner.close()
    return dsn


@pytest.fixture
async def database(migrated_database: str) -> str:
    """The DSN of a database with every table and no row; emptying one takes a tenth of the time of a copy."""
    owner = await asyncpg.connect(migrated_database)
    tables = await owner.fetchval(
        "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
        "WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
    )
    await owner.execute(f"TRUNCATE {tables} CASCADE")
    await owner.close()
    return migrated_database


@pytest.fixture
async def empty_database(postgres_server: PostgresServer, migrated_database: str) -> AsyncGenerator[str]:
    """The DSN of a database of this test's own, without a table."""
    del migrated_database  # made for its owner
    name = f"test_{uuid.uuid4().hex}"
    await _as_admin(postgres_server, f"CREATE DATABASE {name} OWNER {_OWNER}")
    yield postgres_server.dsn(name, _OWNER, _PASSWORD)
    await _as_admin(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


async def _as_admin(server: PostgresServer, statement: str) -> None:
    admin = await asyncpg.connect(server.admin_dsn)
    await admin.execute(statement)
    await admin.close()
