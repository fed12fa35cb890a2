"""The statements of docs/cutover.md, carried out."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import pytest
from argon2 import PasswordHasher
from quart import Quart

from api.models.old_account import Source
from api.schema import migrate
from api.take_over import take_over
from tests.api.conftest import PASSWORD, Client, log_in, register

DOCUMENT = (Path(__file__).parents[2] / "docs" / "cutover.md").read_text()
CLASH, SET_ASIDE, BACK = re.findall(r"^```sql\n(.+?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
USERS = "CREATE TABLE users (id serial PRIMARY KEY, email text, password_hash text, {}, created_at timestamptz)"


@pytest.fixture
async def old(db: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The database with old accounts in `public`: Ada, Bob who has a customer, and Eve."""
    await db.execute(USERS.format("stripe_customer_id text UNIQUE"))
    for email, customer in (("Ada@example.com", None), ("bob@example.com", "cus_bob"), ("eve@example.com", None)):
        stored = PasswordHasher(1, 64, 1).hash(PASSWORD)
        await db.execute(
            "INSERT INTO users (email, password_hash, stripe_customer_id) VALUES ($1, $2, $3)", email, stored, customer
        )
    yield db
    await db.execute("DROP TABLE users")


async def test_the_names_that_may_clash_are_all_of_ours(database: str) -> None:
    """A migration with a new table belongs into that list; a database without ours clashes with none."""
    connection = await asyncpg.connect(database)
    tables = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
    assert [row["clash"] for row in await connection.fetch(CLASH)] == [row["tablename"] for row in tables]
    await connection.close()


async def test_old_tables_can_be_set_aside(empty_database: str) -> None:
    """So that ours can be made, and back again."""
    connection = await asyncpg.connect(empty_database)
    await connection.execute("CREATE TABLE accounts (id serial PRIMARY KEY)")
    assert await connection.fetchval(CLASH) == "accounts"

    await connection.execute(SET_ASIDE)
    assert await connection.fetch(CLASH) == []
    await migrate(connection)
    assert await connection.fetchval("SELECT to_regclass('before.accounts')")
    await connection.execute("DROP TABLE accounts CASCADE")
    (back,) = re.findall(r"`(ALTER TABLE before.+?)`", DOCUMENT)
    await connection.execute(back)

    assert await connection.fetchval(CLASH) == "accounts"
    assert await connection.fetchval("INSERT INTO accounts DEFAULT VALUES RETURNING id") == 1
    await connection.close()


async def test_the_way_back_takes_everybody_along(client: Client, app: Quart, old: asyncpg.Connection) -> None:
    """A new password, a first customer and a new account are in the old table; nothing else has changed."""
    source = Source(table="users", email="email", password_hash="password_hash", customer="stripe_customer_id")
    await take_over(app.extensions["database"], source)
    body = {"current_password": PASSWORD, "new_password": "another horse battery"}
    await client.post("/api/auth/change-password", json=body, headers=await log_in(client))
    await old.execute("UPDATE accounts SET stripe_customer_id = 'cus_ada' WHERE lower(email) = 'ada@example.com'")
    await register(client, "joe@example.com")
    before = {row["email"]: row for row in await old.fetch("SELECT * FROM users")}

    for _ in range(2):
        await old.execute(BACK)

    after = {row["email"]: row for row in await old.fetch("SELECT * FROM users")}
    assert after.keys() == {*before, "joe@example.com"}
    assert {name: after[name] for name in ("bob@example.com", "eve@example.com")} == {
        name: before[name] for name in ("bob@example.com", "eve@example.com")
    }
    assert after["Ada@example.com"]["stripe_customer_id"] == "cus_ada"
    for email, password in (("Ada@example.com", "another horse battery"), ("joe@example.com", PASSWORD)):
        assert PasswordHasher().verify(after[email]["password_hash"], password)
