"""Accounts: who may use the API."""

import uuid
from dataclasses import dataclass
from datetime import datetime

from api.models import Connection


@dataclass(frozen=True, slots=True)
class Account:
    """An account as its owner sees it. The password's hash is not part of it, so that no answer can hold it."""

    id: uuid.UUID
    email: str
    created_at: datetime


async def insert_account(connection: Connection, email: str, password_hash: str) -> Account | None:
    """A new account; None when the address has one."""
    row = await connection.fetchrow(
        """
        INSERT INTO accounts (email, password_hash) VALUES ($1, $2)
        ON CONFLICT (lower(email)) DO NOTHING
        RETURNING id, email, created_at
        """,
        email,
        password_hash,
    )
    return Account(**row) if row else None


async def select_account_with_password(connection: Connection, email: str) -> tuple[Account, str] | None:
    """The account of an address, and its password's hash."""
    row = await connection.fetchrow(
        "SELECT id, email, created_at, password_hash FROM accounts WHERE lower(email) = lower($1)", email
    )
    return (Account(row["id"], row["email"], row["created_at"]), row["password_hash"]) if row else None


async def update_password_hash(connection: Connection, account_id: uuid.UUID, *, old: str, new: str) -> None:
    """Replace a password's hash, unless somebody else was quicker."""
    await connection.execute(
        "UPDATE accounts SET password_hash = $3 WHERE id = $1 AND password_hash = $2", account_id, old, new
    )
