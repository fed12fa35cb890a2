"""The take-over whole: accounts of the set-up before, their customers at Stripe, and payments meanwhile."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from argon2 import PasswordHasher, Type
from quart import Quart

from tests.api.billing.shop import Shop, Stripe
from tests.api.billing.test_operations import Lines, of, operate
from tests.api.conftest import PASSWORD, log_in

IMPORT = ("import-accounts", "--table=before.users", "--email=email", "--password-hash=hash", "--customer=customer")
OF_NODE = PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4)
OF_PHP = PasswordHasher(time_cost=2, memory_cost=1024, parallelism=1, type=Type.I)
BCRYPT = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"
MONTH = 32 * 24 * 3600
COUNTS = ("made", "with_customer", "there_already", "refused", "left_out", "cannot_log_in")


@pytest.fixture
async def shop(app: Quart, stripe: Stripe) -> Shop:
    """Nobody is logged in, and there is no account."""
    return Shop(app, app.test_client(), stripe, {})


@pytest.fixture
async def customers(stripe: Stripe) -> dict[str, str]:
    """Two who pay a price of the set-up before, monthly."""
    product = await stripe.api.v1.products.create_async({"name": "Guard"})
    price = await stripe.api.v1.prices.create_async(
        {"product": product.id, "currency": "usd", "unit_amount": 700, "recurring": {"interval": "month"}}
    )
    card: Any = {
        "type": "card",
        "card": {"number": "4242424242424242", "exp_month": 12, "exp_year": 2040, "cvc": "123"},
    }
    made: dict[str, str] = {}
    for name in ("ada", "eve"):
        customer = await stripe.api.v1.customers.create_async({"email": f"{name}@example.com"})
        method = await stripe.api.v1.payment_methods.create_async(card)
        await stripe.api.v1.payment_methods.attach_async(method.id, {"customer": customer.id})
        await stripe.api.v1.customers.update_async(
            customer.id, {"invoice_settings": {"default_payment_method": method.id}}
        )
        await stripe.api.v1.subscriptions.create_async({"customer": customer.id, "items": [{"price": price.id}]})
        made[name] = customer.id
    return made


@pytest.fixture
async def old(db: asyncpg.Connection, customers: dict[str, str]) -> AsyncIterator[asyncpg.Connection]:
    """The database with the accounts of the set-up before."""
    await db.execute("DROP SCHEMA IF EXISTS before CASCADE; CREATE SCHEMA before")
    await db.execute("CREATE TABLE before.users (id int PRIMARY KEY, email text, hash text, customer text)")
    await db.executemany(
        "INSERT INTO before.users VALUES ($1, $2, $3, $4)",
        [
            (1, "ada@example.com", OF_NODE.hash(PASSWORD), customers["ada"]),
            (2, "Bob@Example.com", OF_PHP.hash(PASSWORD), None),
            (3, "eve@example.com", BCRYPT, customers["eve"]),
            (4, "joe@example.com", OF_NODE.hash(PASSWORD), "cus_unknown"),
            (5, "Zoe@example.com", OF_PHP.hash(PASSWORD), "cus_zoe"),
            (6, "zoe@example.com", OF_PHP.hash(PASSWORD), None),
        ],
    )
    yield db
    await db.execute("DROP SCHEMA before CASCADE")


def counts(lines: Lines) -> dict[str, int]:
    """What `done` says, without what is 0."""
    (done,) = of(lines, "done")
    return {name: done[name] for name in COUNTS if done[name]}


async def subscription(shop: Shop, email: str) -> dict[str, Any] | None:
    """What somebody sees who logs in with the old password."""
    shop.session = await log_in(shop.client, email)
    return (await shop.get("subscription"))["subscription"]


async def test_nobody_and_no_payment_is_lost(
    shop: Shop, old: asyncpg.Connection, database: str, tmp_path: Path
) -> None:
    """A renewal before the import, one after it, and everybody logs in."""
    ops = shop, database, tmp_path
    # Stripe renews while the accounts are under way: the new endpoint hears of it, and knows nobody.
    shop.stripe.server.advance(MONTH)
    before = await shop.stripe.events()
    await shop.booked(before)
    assert {row["state"] for row in await old.fetch("SELECT state FROM webhook_events")} == {"ignored"}

    tried = await operate(*ops, *IMPORT, "--dry-run", code=1)
    assert await old.fetchval("SELECT count(*) FROM accounts") == 0
    imported = await operate(*ops, *IMPORT, "--row=5", code=1)
    reconciled = await operate(*ops, "reconcile", code=1)

    assert counts(tried) == {"made": 4, "with_customer": 3, "refused": 2, "cannot_log_in": 1}
    assert counts(imported) == {"made": 5, "with_customer": 4, "left_out": 1, "cannot_log_in": 1}
    assert [(line["row"], line["reason"]) for line in of(tried, "account_refused")] == [
        (row, "several rows have its address") for row in ("5", "6")
    ]
    # Customers that this Stripe does not know stay with their accounts, and are told each time.
    assert of(reconciled, "done")[0]["read"] == 2
    assert len(of(reconciled, "reconciliation_failed")) == 2

    paid = await subscription(shop, "ada@example.com")
    assert paid
    assert (paid["status"], await shop.known()) == ("active", await shop.true())
    for email in ("bob@example.com", "joe@example.com", "ZOE@example.com"):
        assert await subscription(shop, email) is None

    shop.stripe.server.advance(MONTH)
    await shop.booked((await shop.stripe.events())[len(before) :])
    renewed = await subscription(shop, "ada@example.com")
    assert renewed
    assert renewed["current_period_end"] > paid["current_period_end"]


@pytest.mark.usefixtures("old")
async def test_a_new_password_for_who_cannot_log_in(
    shop: Shop, customers: dict[str, str], database: str, tmp_path: Path
) -> None:
    """It ends the sessions of this account only; what is no account or no hash is refused."""
    ops = shop, database, tmp_path
    (left,) = of(await operate(*ops, *IMPORT, "--row=5", code=1), "account_cannot_log_in")
    assert (left["row"], left["customer"]) == ("3", customers["eve"])
    eve, ada = left["account_id"], await log_in(shop.client, "ada@example.com")

    await operate(*ops, "set-password", eve, OF_PHP.hash(PASSWORD))
    first = await log_in(shop.client, "eve@example.com")
    assert counts(await operate(*ops, *IMPORT, "--row=5")) == {"there_already": 5, "left_out": 1}
    await operate(*ops, "set-password", eve, OF_PHP.hash("another horse"))

    statuses = [(await shop.client.get("/api/auth/me", headers=session)).status_code for session in (first, ada)]
    assert statuses == [401, 200]
    body = {"email": "eve@example.com", "password": "another horse"}
    assert (await shop.client.post("/api/auth/login", json=body)).status_code == 200
    nobody = await operate(*ops, "set-password", "6ba7b810-9dad-11d1-80b4-00c04fd430c8", OF_PHP.hash("x"), code=1)
    assert "there is no account" in of(nobody, "failed")[0]["reason"]
    assert await operate(*ops, "set-password", eve, BCRYPT, code=2) == []


async def test_a_source_that_is_not_there(shop: Shop, old: asyncpg.Connection, database: str, tmp_path: Path) -> None:
    """The reason is a line, and names what is there."""
    lines = await operate(shop, database, tmp_path, *IMPORT, "--table=users", code=1)

    assert "there is no table public.users; there are before.users, " in of(lines, "failed")[0]["reason"]
    assert await old.fetchval("SELECT count(*) FROM accounts") == 0
