"""The role and the database that stand for an RDS instance, in the PostgreSQL of this machine."""

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg

from local.providers.errors import Refusal

# The server quotes names and the password itself; %I is an identifier, %L a literal.
_CREATE_ROLE = "CREATE ROLE %I WITH LOGIN NOSUPERUSER PASSWORD %L"
_ALTER_ROLE = "ALTER ROLE %I WITH LOGIN PASSWORD %L"
_CREATE_DATABASE = "CREATE DATABASE %I OWNER %I"

# A statement that fails is not written to the server's log: it may hold the password.
_SESSION = {"log_min_error_statement": "panic", "log_statement": "none"}


def ensure(admin_dsn: str | None, instance: Mapping[str, Any]) -> None:
    """Make the instance's role and database, or keep those that are there and set the role's password.

    Idempotent: AWS's emulator forgets everything when it stops, the data of a developer stay.

    Args:
        admin_dsn: URL of a superuser.
        instance: inputs of the RDS instance: `username`, `password` and, unless there shall be no database, `dbName`.

    Raises:
        Refusal: there is no PostgreSQL, it refuses, the role is a superuser, or the database is another role's.
    """
    if not admin_dsn:
        raise Refusal("an RDS instance needs a PostgreSQL server on this machine, and the platform has none")
    for name in ("username", "password"):
        if not instance.get(name):
            raise Refusal("is missing; only an instance with a user and a password can be had here", name)
    try:
        with ThreadPoolExecutor(1) as thread:  # the caller may be inside an event loop of its own
            thread.submit(asyncio.run, _ensure(admin_dsn, instance)).result()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        raise Refusal(f"PostgreSQL on this machine: {type(error).__name__}: {error}") from None


async def _ensure(admin_dsn: str, instance: Mapping[str, Any]) -> None:
    role, password, database = instance["username"], instance["password"], instance.get("dbName")
    connection = await asyncpg.connect(admin_dsn, server_settings=_SESSION, timeout=10, command_timeout=30)
    try:
        superuser = await connection.fetchval("SELECT rolsuper FROM pg_roles WHERE rolname = $1", role)
        if superuser:
            raise Refusal("is the superuser of PostgreSQL on this machine: choose another", "username")
        await _run(connection, _CREATE_ROLE if superuser is None else _ALTER_ROLE, role, password)
        if database:
            await _ensure_database(connection, database, role)
    finally:
        await connection.close()


async def _ensure_database(connection: Any, database: str, role: str) -> None:
    owner = await connection.fetchval("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = $1", database)
    if owner is None:
        await _run(connection, _CREATE_DATABASE, database, role)
    elif owner != role:
        # AWS would replace the instance and lose the data; here they would be there, and closed to the new role.
        raise Refusal(f"the database {database!r} on this machine belongs to the role {owner!r}", "username")


async def _run(connection: Any, statement: str, *values: str) -> None:
    await connection.execute(await connection.fetchval(f"SELECT format($1, {_places(values)})", statement, *values))


def _places(values: tuple[str, ...]) -> str:
    return ", ".join(f"${i}::text" for i in range(2, len(values) + 2))
