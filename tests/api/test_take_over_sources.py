"""Where old accounts are read from: names that a person types, and tables of anybody's making."""

from collections.abc import AsyncIterator

import asyncpg
import pytest
from quart import Quart

from api.db import Database
from api.models.old_account import NotImportedError, Source
from api.take_over import TakenOver, take_over
from local.postgres import PostgresServer

ODD = 'Us"er; DROP TABLE accounts; --'
NAMES = {"email": "email", "password_hash": "hash", "customer": "customer"}


@pytest.fixture
async def old(db: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The database with a schema for a test's own tables."""
    await db.execute("DROP SCHEMA IF EXISTS before CASCADE; CREATE SCHEMA before")
    yield db
    await db.execute("DROP SCHEMA before CASCADE; DROP TABLE IF EXISTS public.users")


@pytest.fixture
def ours(app: Quart) -> Database:
    """The API's own pool."""
    return app.extensions["database"]


def quoted(name: str) -> str:
    """As an identifier."""
    return '"' + name.replace('"', '""') + '"'


def shown(result: TakenOver) -> list[str]:
    """The names of the rows that nobody can log in to: in these tests those are all."""
    assert not result.refused
    return [left.row for left in result.cannot_log_in]


async def test_names_are_taken_literally(ours: Database, old: asyncpg.Connection) -> None:
    """Whatever is in them, capital letters too; nothing of them is carried out."""
    table, columns = f"before.{quoted(ODD)}", [quoted(f"{ODD}{number}") for number in range(3)]
    await old.execute(f"CREATE TABLE {table} ({', '.join(f'{column} text' for column in columns)})")
    await old.execute(f"INSERT INTO {table} VALUES ('ada@example.com', 'x', 'cus_1')")  # noqa: S608
    source = Source(table=f"before.{ODD}", email=f"{ODD}0", password_hash=f"{ODD}1", customer=f"{ODD}2")

    assert shown(await take_over(ours, source)) == ["1"]

    assert await old.fetchval("SELECT stripe_customer_id FROM accounts") == "cus_1"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"table": "user"}, r"there is no table public\.user; there are before\.users, public\.accounts, "),
        ({"table": "before.Users"}, r"there is no table before\.Users; there are before\.users, "),
        ({"table": "pg_catalog.pg_authid"}, r"there is no table pg_catalog\.pg_authid"),
        ({"table": ""}, r"there is no table public\.; "),
        (
            {"email": "mail", "customer": "x"},
            r"before\.users has no column mail, x; it has email, hash, customer, born",
        ),
        ({"email": "ctid"}, r"before\.users has no column ctid; it has "),
        ({"created_at": "born"}, r"born is no time but bigint; leave --created-at out"),
    ],
)
async def test_a_wrong_name_tells_the_right_ones(
    ours: Database, old: asyncpg.Connection, changes: dict[str, str], words: str
) -> None:
    """And nothing is done."""
    await old.execute("CREATE TABLE before.users (email text, hash text, customer text, born bigint)")
    await old.execute("INSERT INTO before.users VALUES ('ada@example.com')")

    with pytest.raises(NotImportedError, match=words):
        await take_over(ours, Source(**{"table": "before.users", **NAMES, **changes}))

    assert await old.fetchval("SELECT count(*) FROM accounts") == 0


@pytest.mark.parametrize(
    ("columns", "values", "row"),
    [
        ("a text, id int, PRIMARY KEY (id, a)", "'x', 7", "7,x"),
        ("id uuid", "'6ba7b810-9dad-11d1-80b4-00c04fd430c8'", "6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
        ("PRIMARY KEY (email)", "", "1"),
        ("number int", "9", "1"),
    ],
)
async def test_a_row_is_named_by_its_key(
    ours: Database, old: asyncpg.Connection, columns: str, values: str, row: str
) -> None:
    """Never by its address."""
    await old.execute(f"CREATE TABLE users (email text, hash text, customer text, {columns})")
    await old.execute(f"INSERT INTO users VALUES ('ada@example.com', NULL, NULL {values and ','} {values})")  # noqa: S608

    assert shown(await take_over(ours, Source(table="users", **NAMES))) == [row]
    assert shown(await take_over(ours, Source(table="public.users", **NAMES), chosen=[row])) == [row]


async def test_a_view_puts_together_what_stood_apart(ours: Database, old: asyncpg.Connection) -> None:
    """The customers in a table of their own, and types that are not text."""
    await old.execute(
        """
        CREATE TABLE before.people (id int PRIMARY KEY, email varchar(99), hash bytea);
        CREATE TABLE before.customers (person int, stripe char(8));
        CREATE VIEW before.users AS
            SELECT p.id, email, hash, stripe AS customer FROM before.people p
            LEFT JOIN before.customers c ON c.person = p.id;
        INSERT INTO before.people VALUES (3, 'ada@example.com', 'x'), (4, 'bob@example.com', 'x');
        INSERT INTO before.customers VALUES (3, 'cus_1')
        """
    )

    assert shown(await take_over(ours, Source(table="before.users", **NAMES))) == ["3", "4"]

    rows = await old.fetch("SELECT stripe_customer_id, password_hash FROM accounts ORDER BY email")
    assert [tuple(row) for row in rows] == [("cus_1", r"\x78"), (None, r"\x78")]


async def test_a_table_of_somebody_else(ours: Database, postgres_server: PostgresServer) -> None:
    """The refusal names its owner and the statement that helps; that one does help."""
    admin = await asyncpg.connect(postgres_server.admin_dsn, database="migrated")
    try:
        await admin.execute("CREATE SCHEMA secret CREATE TABLE users (email text, hash text, customer text)")
        await admin.execute("INSERT INTO secret.users VALUES ('ada@example.com')")
        source = Source(table="secret.users", **NAMES)
        with pytest.raises(NotImportedError, match=r"app may not read secret\.users; as its owner \w+: ") as refused:
            await take_over(ours, source)

        await admin.execute(str(refused.value).partition(": ")[2])
        assert shown(await take_over(ours, source)) == ["1"]
    finally:
        await admin.execute("DROP SCHEMA IF EXISTS secret CASCADE")
        await admin.close()
