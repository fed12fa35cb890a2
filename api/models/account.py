"""Accounts: who may use the API, and what is known of their billing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from api.models import Connection
from api.payments import BillingState, Card, Invoice, Subscription
from api.prices import Price

COLUMNS: Final = """
    a.id, a.email, a.created_at, a.billing_version, a.stripe_customer_id, a.stripe_default_payment_method_id,
    a.card_brand, a.card_last4, a.card_exp_month, a.card_exp_year,
    a.stripe_subscription_id, a.subscription_status, a.subscription_created_at, a.current_period_end, a.cancel_at,
    a.stripe_latest_invoice_id, a.stripe_latest_invoice_status,
    p.id AS price_id, p.plan, p.interval, p.unit_amount, p.currency
"""
"""What `account_from` needs, of `accounts a LEFT JOIN prices p ON p.id = a.stripe_price_id`."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account. The password's hash is not part of it, so that no answer can hold it.

    `version` rises with each change of `billing`; who writes an older one than there is loses.
    """

    id: uuid.UUID
    email: str
    created_at: datetime
    version: int
    billing: BillingState


def account_from(row: Mapping[str, Any]) -> Account:
    """An account from a row with COLUMNS."""
    billing = BillingState(
        customer_id=row["stripe_customer_id"],
        payment_method_id=row["stripe_default_payment_method_id"],
        card=_card(row) if row["card_last4"] else None,
        subscription=_subscription(row) if row["stripe_subscription_id"] else None,
    )
    return Account(row["id"], row["email"], row["created_at"], row["billing_version"], billing)


def _card(row: Mapping[str, Any]) -> Card:
    return Card(row["card_brand"], row["card_last4"], row["card_exp_month"], row["card_exp_year"])


def _subscription(row: Mapping[str, Any]) -> Subscription:
    invoice_id = row["stripe_latest_invoice_id"]
    return Subscription(
        id=row["stripe_subscription_id"],
        status=row["subscription_status"],
        price=Price(row["price_id"], row["plan"], row["interval"], row["unit_amount"], row["currency"]),
        current_period_end=row["current_period_end"],
        cancel_at=row["cancel_at"],
        latest_invoice=Invoice(invoice_id, row["stripe_latest_invoice_status"]) if invoice_id else None,
        created=row["subscription_created_at"],
    )


async def insert_account(connection: Connection, email: str, password_hash: str) -> Account | None:
    """A new account; None when the address has one."""
    row = await connection.fetchrow(
        """
        INSERT INTO accounts (email, password_hash) VALUES ($1, $2)
        ON CONFLICT (lower(email)) DO NOTHING
        RETURNING id, email, created_at, billing_version
        """,
        email,
        password_hash,
    )
    return Account(row["id"], row["email"], row["created_at"], row["billing_version"], BillingState()) if row else None


async def select_account(connection: Connection, account_id: uuid.UUID) -> Account | None:
    """An account by its id."""
    row = await connection.fetchrow(
        f"SELECT {COLUMNS} FROM accounts a LEFT JOIN prices p ON p.id = a.stripe_price_id WHERE a.id = $1", account_id
    )
    return account_from(row) if row else None


async def lock_account(connection: Connection, account_id: uuid.UUID, version: int) -> bool:
    """Keep the account as it is until the transaction ends; False when it is no longer of this version."""
    found = await connection.fetchval(
        "SELECT true FROM accounts WHERE id = $1 AND billing_version = $2 FOR NO KEY UPDATE", account_id, version
    )
    return bool(found)


async def lock_password(connection: Connection, account_id: uuid.UUID, password_hash: str) -> bool:
    """Keep the password as it is until the transaction ends; False when it was changed."""
    found = await connection.fetchval(
        "SELECT true FROM accounts WHERE id = $1 AND password_hash = $2 FOR SHARE", account_id, password_hash
    )
    return bool(found)


async def select_account_with_password(connection: Connection, email: str) -> tuple[Account, str] | None:
    """The account of an address, and its password's hash."""
    row = await connection.fetchrow(
        f"""
        SELECT {COLUMNS}, a.password_hash
        FROM accounts a LEFT JOIN prices p ON p.id = a.stripe_price_id
        WHERE lower(a.email) = lower($1)
        """,
        email,
    )
    return (account_from(row), row["password_hash"]) if row else None


async def select_password_hash(connection: Connection, account_id: uuid.UUID) -> str | None:
    """The hash of an account's password."""
    return await connection.fetchval("SELECT password_hash FROM accounts WHERE id = $1", account_id)


async def update_password_hash(connection: Connection, account_id: uuid.UUID, *, old: str, new: str) -> bool:
    """Replace a password's hash, unless somebody else was quicker; whether it was replaced."""
    done = await connection.execute(
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2", account_id, old, new
    )
    return done == "UPDATE 1"


async def replace_password_hash(connection: Connection, account_id: uuid.UUID, new: str) -> bool:
    """Replace a password's hash, whatever it was; False when there is no such account."""
    done = await connection.execute("UPDATE accounts SET password_hash = $2 WHERE id = $1", account_id, new)
    return done == "UPDATE 1"
