"""Taking over the accounts of the set-up before: what becomes of each row."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher, Type
from quart import Quart

from api.db import Database
from api.models.old_account import NotImportedError, Source
from api.take_over import TakenOver, take_over
from tests.api.conftest import PASSWORD, Client, log_in, register

SOURCE = Source(table="before.users", email="email", password_hash="password_hash", customer="stripe_customer_id")
USERS = """
    CREATE TABLE before.users (
        id integer PRIMARY KEY, email varchar, password_hash text, stripe_customer_id text, created_at timestamp
    )
"""
CHEAP = PasswordHasher(time_cost=1, memory_cost=64, parallelism=2)
BCRYPT = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
COUNTS = ("made", "with_customer", "there_already", "refused", "left_out", "cannot_log_in")


@pytest.fixture
async def old(db: asyncpg.Connection) -> AsyncIterator[asyncpg.Connection]:
    """The database with an empty table of old accounts."""
    await db.execute("DROP SCHEMA IF EXISTS before CASCADE; CREATE SCHEMA before")
    await db.execute(USERS)
    yield db
    await db.execute("DROP SCHEMA before CASCADE")


@pytest.fixture
def ours(app: Quart) -> Database:
    """The API's own pool."""
    return app.extensions["database"]


async def add(
    old: asyncpg.Connection, row: int, email: str | None, customer: str | None = None, stored: str | None = BCRYPT
) -> None:
    """One row."""
    await old.execute("INSERT INTO before.users VALUES ($1, $2, $3, $4)", row, email, stored, customer)


def counts(result: TakenOver) -> dict[str, int]:
    """Those that are not 0."""
    values = {name: getattr(result, name) for name in COUNTS}
    return {name: found for name, value in values.items() if (found := value if isinstance(value, int) else len(value))}


def rows(left: list[Any]) -> list[str]:
    """Which rows."""
    return [each.row for each in left]


async def everything(old: asyncpg.Connection) -> list[list[asyncpg.Record]]:
    """All that an import may change, and what it may not."""
    tables = ("accounts", "billing_changes", "before.users")
    return [await old.fetch(f"SELECT * FROM {table} t ORDER BY t::text") for table in tables]  # noqa: S608


@pytest.mark.parametrize("kind", list(Type))
async def test_old_passwords_count_and_are_hashed_anew(
    client: Client, ours: Database, old: asyncpg.Connection, kind: Type
) -> None:
    """Argon2 of every kind and cost, before the first login and after."""
    await add(old, 1, "Ada@Example.com", stored=PasswordHasher(3, 1024, 4, type=kind).hash(PASSWORD))

    assert counts(await take_over(ours, SOURCE)) == {"made": 1}

    for _ in range(2):
        await log_in(client)
        stored = await old.fetchval("SELECT password_hash FROM accounts")
        assert str(stored).startswith("$argon2id$v=19$m=19456,t=2,p=1$")


async def test_a_password_counts_as_it_was_typed(client: Client, ours: Database, old: asyncpg.Connection) -> None:
    """We hash `ﬁ` as `fi`; the hand-made service did not. A short one is no reason either."""
    await add(old, 1, "ada@example.com", stored=CHEAP.hash("ﬁve"))
    await take_over(ours, SOURCE)

    for typed, status in (("five", 401), ("ﬁve", 200), ("five", 200)):
        answer = await client.post("/api/auth/login", json={"email": "ada@example.com", "password": typed})
        assert answer.status_code == status


async def test_twice_is_as_good_as_once(ours: Database, old: asyncpg.Connection) -> None:
    """Nothing changes, in the old table neither, and what is left is told again."""
    for number in range(1201):
        await add(old, number, f"Ada{number}@example.com", f"cus_{number}", CHEAP.hash("") if number else None)
    before = await everything(old)

    tried = await take_over(ours, SOURCE, dry_run=True)
    assert await everything(old) == before
    assert before[0] == before[1] == []
    first = await take_over(ours, SOURCE)
    after = await everything(old)
    second = await take_over(ours, SOURCE)

    assert counts(tried) == counts(first) == {"made": 1201, "with_customer": 1201, "cannot_log_in": 1}
    assert counts(second) == {"there_already": 1201, "cannot_log_in": 1}
    assert await everything(old) == after
    assert after[2] == before[2]
    assert rows(first.cannot_log_in) == rows(second.cannot_log_in) == ["0"]


async def test_two_at_once_make_each_account_once(ours: Database, old: asyncpg.Connection) -> None:
    """Whoever is late is told so, or finds everything there."""
    for number in range(300):
        await add(old, number, f"ada{number}@example.com")

    results = await asyncio.gather(*(take_over(ours, SOURCE) for _ in range(4)), return_exceptions=True)

    made = [result.made for result in results if isinstance(result, TakenOver)]
    late = [result for result in results if not isinstance(result, TakenOver)]
    assert sum(made) == 300 == await old.fetchval("SELECT count(*) FROM accounts")
    assert all(isinstance(error, NotImportedError) and "another import" in str(error) for error in late)


@pytest.mark.parametrize(
    ("email", "customer", "reason"),
    [
        (None, None, "its address is none"),
        ("ada", None, "its address is none"),
        (" ada@example.com", None, "its address is none"),
        ("a@" + "b" * 250 + ".com", None, "its address is none"),
        ("ada@example.com", "ada", "its customer is no id"),
        ("ada@example.com", "cus_1 ", "its customer is no id"),
    ],
)
async def test_what_cannot_be_an_account_is_told(
    ours: Database, old: asyncpg.Connection, email: str | None, customer: str | None, reason: str
) -> None:
    """By its row, and the others are made."""
    await add(old, 7, email, customer)
    await add(old, 8, "bob@example.com", "")

    result = await take_over(ours, SOURCE)

    assert counts(result) == {"made": 1, "refused": 1, "cannot_log_in": 1}
    assert (rows(result.refused), rows(result.cannot_log_in)) == (["7"], ["8"])
    assert reason in result.refused[0].reason


async def test_of_several_rows_a_person_chooses(ours: Database, old: asyncpg.Connection) -> None:
    """One address in two spellings, or one customer twice: neither is an account until it is said which counts."""
    await add(old, 1, "Ada@example.com", "cus_1")
    await add(old, 2, "ada@example.com")
    await add(old, 3, "bob@example.com", "cus_3")
    await add(old, 4, "eve@example.com", "cus_3")

    first = await take_over(ours, SOURCE)
    both = await take_over(ours, SOURCE, chosen=["1", "2"])
    chosen = await take_over(ours, SOURCE, chosen=["1", "4"])
    with pytest.raises(NotImportedError, match=r"before\.users has no row 5"):
        await take_over(ours, SOURCE, chosen=["1", "5"])

    assert rows(first.refused) == rows(both.refused) == ["1", "2", "3", "4"]
    assert {left.reason for left in first.refused} == {
        "several rows have its address",
        "several rows have its customer",
    }
    assert counts(chosen) == {"made": 2, "with_customer": 2, "left_out": 2, "cannot_log_in": 2}
    assert rows(chosen.left_out) == ["2", "3"]
    emails = await old.fetch("SELECT email, stripe_customer_id FROM accounts ORDER BY email")
    assert [tuple(row) for row in emails] == [("Ada@example.com", "cus_1"), ("eve@example.com", "cus_3")]


async def test_an_account_that_was_made_otherwise_gets_no_customer(
    client: Client, ours: Database, old: asyncpg.Connection
) -> None:
    """Whoever registers with somebody's address must not see what that one pays."""
    await register(client)
    await add(old, 1, "ADA@example.com", "cus_1")
    await add(old, 2, "bob@example.com", "cus_2")
    await old.execute(
        "INSERT INTO accounts (email, password_hash, stripe_customer_id) VALUES ('eve@b.de', '', 'cus_2')"
    )

    result = await take_over(ours, SOURCE)

    assert [(left.row, left.reason) for left in result.refused] == [
        ("1", "an account with its address was not made from it, and has no such customer"),
        ("2", "another account has its customer"),
    ]
    assert await old.fetchval("SELECT stripe_customer_id FROM accounts WHERE email = 'ada@example.com'") is None


async def test_what_happened_since_stays(client: Client, ours: Database, old: asyncpg.Connection) -> None:
    """A password that was changed, a customer that was deleted at Stripe: an import brings neither back."""
    await add(old, 1, "ada@example.com", "cus_1", CHEAP.hash(PASSWORD))
    await take_over(ours, SOURCE)
    body = {"current_password": PASSWORD, "new_password": "another horse battery"}
    await client.post("/api/auth/change-password", json=body, headers=await log_in(client))
    await old.execute("UPDATE accounts SET stripe_customer_id = NULL")
    before = await everything(old)

    assert counts(await take_over(ours, SOURCE)) == {"there_already": 1}
    assert await everything(old) == before


async def test_when_an_account_was_made(ours: Database, old: asyncpg.Connection) -> None:
    """A time without a zone is in UTC; what cannot be one is now."""
    times = {1: "'2020-02-03 04:05:06'", 2: "'infinity'", 3: "NULL", 4: "'0044-01-01 BC'"}
    for row, time in times.items():
        await add(old, row, f"ada{row}@example.com")
        await old.execute(f"UPDATE before.users SET created_at = {time} WHERE id = {row}")  # noqa: S608
    source = Source(
        table="before.users", email="email", password_hash="email", customer="password_hash", created_at="created_at"
    )
    await old.execute("UPDATE before.users SET password_hash = NULL")

    await take_over(ours, source)

    made = await old.fetch("SELECT created_at, created_at > now() - interval '1 minute' FROM accounts ORDER BY email")
    assert made[0][0].isoformat() == "2020-02-03T04:05:06+00:00"
    assert [row[1] for row in made] == [False, True, True, True]
