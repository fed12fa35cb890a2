"""PostgreSQL for tests: one server for each worker process, and a fresh, migrated database for each test."""

import contextlib
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
_TEMPLATE = "migrated"


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
async def template_database(postgres_server: PostgresServer) -> str:
    """The name of a database that had every migration; copied for each test, never connected to."""
    admin = await asyncpg.connect(postgres_server.admin_dsn)
    await admin.execute(f"CREATE ROLE {_OWNER} LOGIN PASSWORD '{_PASSWORD}'")
    await admin.execute(f"CREATE DATABASE {_TEMPLATE} OWNER {_OWNER}")
    await admin.close()
    owner = await asyncpg.connect(postgres_server.dsn(_TEMPLATE, _OWNER, _PASSWORD))
    await migrate(owner)
    await owner.close()
    return _TEMPLATE


@pytest.fixture
async def database(postgres_server: PostgresServer, template_database: str) -> AsyncGenerator[str]:
    """The DSN of a migrated, empty database of this test's own."""
    async with _database(postgres_server, f"TEMPLATE {template_database}") as dsn:
        yield dsn


@pytest.fixture
async def empty_database(postgres_server: PostgresServer, template_database: str) -> AsyncGenerator[str]:
    """The DSN of a database of this test's own that had no migration."""
    del template_database  # made for its role
    async with _database(postgres_server, "") as dsn:
        yield dsn


@contextlib.asynccontextmanager
async def _database(server: PostgresServer, options: str) -> AsyncGenerator[str]:
    name = f"test_{uuid.uuid4().hex}"
    await _as_admin(server, f"CREATE DATABASE {name} OWNER {_OWNER} {options}")
    yield server.dsn(name, _OWNER, _PASSWORD)
    await _as_admin(server, f"DROP DATABASE {name} WITH (FORCE)")


async def _as_admin(server: PostgresServer, statement: str) -> None:
    admin = await asyncpg.connect(server.admin_dsn)
    await admin.execute(statement)
    await admin.close()
