"""aws:rds/instance:Instance: a record at AWS, a role and a database in the PostgreSQL of this machine."""

import secrets
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import asyncpg
import pytest

from local.postgres import PostgresServer
from local.providers import ProviderError, Providers, Surroundings

INSTANCE = "aws:rds/instance:Instance"


@pytest.fixture
def inputs() -> dict[str, Any]:
    """An instance of this test's own, with names that need quoting."""
    own = secrets.token_hex(4)
    return {
        "identifier": f"db-{own}",
        "engine": "postgres",
        "engineVersion": "17",
        "instanceClass": "db.t4g.micro",
        "allocatedStorage": 20,
        "dbName": f'App "{own}"',
        "username": f"o'Neill {own}",
        "password": "first 'word' \\ \"quoted\" %L $1",
        "port": 5432,
        "skipFinalSnapshot": True,
    }


@pytest.fixture
def connect(postgres_server: PostgresServer) -> Callable[[dict[str, Any]], Any]:
    """Connect as the API does: as the instance's user, to its database, with its password."""

    async def connect(inputs: dict[str, Any]) -> Any:
        return await asyncpg.connect(postgres_server.dsn(inputs["dbName"], inputs["username"], inputs["password"]))

    return connect


async def test_an_instance_can_be_connected_to(
    providers: Providers, postgres_server: PostgresServer, inputs: dict[str, Any], connect: Callable[..., Any]
) -> None:
    """Where its outputs say, by an ordinary user who owns the database."""
    outputs = providers.create(INSTANCE, "database", inputs).outputs

    assert (outputs["address"], outputs["port"]) == (postgres_server.host, postgres_server.port)
    assert outputs["endpoint"] == f"{postgres_server.host}:{postgres_server.port}"
    assert outputs["identifier"] == inputs["identifier"]
    connection = await connect(inputs)
    await connection.execute("CREATE TABLE account (id int)")
    assert not await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    await connection.close()


async def test_a_new_password_counts_and_the_data_stay(
    providers: Providers, inputs: dict[str, Any], connect: Callable[..., Any]
) -> None:
    """Changed in place, and after a new start of the platform, when AWS has forgotten the instance."""
    first = providers.create(INSTANCE, "database", inputs)
    connection = await connect(inputs)
    await connection.execute("CREATE TABLE account AS SELECT 42 AS id")
    await connection.close()

    second = providers.update(first, changed := {**inputs, "password": "second"})
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(inputs)
    await (await connect(changed)).close()
    assert second.outputs["port"] == first.outputs["port"]

    providers.delete(second)
    await (await connect(changed)).close()
    providers.create(INSTANCE, "database", {**inputs, "password": "third"})
    connection = await connect({**inputs, "password": "third"})
    assert await connection.fetchval("SELECT id FROM account") == 42
    await connection.close()


def test_another_role_does_not_get_the_data(providers: Providers, inputs: dict[str, Any]) -> None:
    """On AWS a new user name is a new, empty instance: nobody shall believe otherwise."""
    providers.create(INSTANCE, "database", inputs)

    with pytest.raises(ProviderError, match="belongs to the role") as refused:
        providers.create(INSTANCE, "database", {**inputs, "username": f"{inputs['username']}2"})
    assert refused.value.property == "username"


def test_the_superuser_stays_one(providers: Providers, inputs: dict[str, Any]) -> None:
    """Its password is the platform's own."""
    with pytest.raises(ProviderError, match="username: is the superuser"):
        providers.create(INSTANCE, "database", {**inputs, "username": "postgres"})


@pytest.mark.parametrize(("name", "reason"), [("username", "is missing"), ("password", "is missing")])
def test_an_instance_needs_a_user(providers: Providers, inputs: dict[str, Any], name: str, reason: str) -> None:
    """A password that AWS would make itself is not to be had here."""
    with pytest.raises(ProviderError, match=f"{name}: {reason}"):
        providers.create(INSTANCE, "database", {k: v for k, v in inputs.items() if k != name})


def test_only_postgresql_is_to_be_had(providers: Providers, inputs: dict[str, Any]) -> None:
    """Another engine is not silently another thing."""
    with pytest.raises(ProviderError, match="engine: must be postgres"):
        providers.create(INSTANCE, "database", {**inputs, "engine": "mysql"})


def test_without_a_server_the_reason_is_told(surroundings: Surroundings, inputs: dict[str, Any]) -> None:
    """No server at all, one that does not answer, one that does not let us in; passwords stay unsaid."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    nobody = f"postgresql://admin:{quote('adm1n-word')}@127.0.0.1:{port}/postgres"
    wrong = (surroundings.database_admin_dsn or "").replace(
        "postgresql://postgres:", "postgresql://postgres:adm1n-word"
    )

    for dsn, reason in ((None, "the platform has none"), (nobody, "PostgreSQL on"), (wrong, "InvalidPassword")):
        providers = Providers(replace(surroundings, database_admin_dsn=dsn))
        with pytest.raises(ProviderError, match=reason) as refused:
            providers.create(INSTANCE, "database", inputs)
        assert "adm1n-word" not in str(refused.value)
        assert inputs["password"] not in str(refused.value)
