"""Accounts that come from another table, with the hash and the customer that they had there."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from api.models import Connection
from api.models.old_account import OldAccount

CAUSE = "import"
"""In the trail of billing changes: the account got its customer here."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The account that has a row's address.

    Attributes:
        password_hash: as it is now.
        has_customer: whether the row's customer is this account's, or was when it was imported; True without one.
    """

    id: uuid.UUID
    password_hash: str
    has_customer: bool


async def insert_accounts(connection: Connection, rows: Sequence[OldAccount]) -> set[str]:
    """Make an account of each row whose address and customer no account has; the rows that were made."""
    made = await connection.fetch(
        """
        WITH given AS (
            SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
                AS g (row, email, password_hash, customer, created_at)
        ), made AS (
            INSERT INTO accounts (email, password_hash, stripe_customer_id, created_at)
            SELECT email, password_hash, customer, coalesce(created_at, now()) FROM given
            ON CONFLICT DO NOTHING
            RETURNING id, email, stripe_customer_id
        ), noted AS (
            INSERT INTO billing_changes (account_id, cause, before, after)
            SELECT id, $6, '{"customer_id": null}', jsonb_build_object('customer_id', stripe_customer_id)
            FROM made WHERE stripe_customer_id IS NOT NULL
        )
        SELECT row FROM given JOIN made USING (email)
        """,
        *_columns(rows),
        CAUSE,
    )
    return {each["row"] for each in made}


async def select_holders(connection: Connection, rows: Sequence[OldAccount]) -> dict[str, Holder]:
    """Of each row the account that has its address; none for an address without an account."""
    found = await connection.fetch(
        """
        SELECT g.row, a.id, a.password_hash,
               g.customer IS NULL OR a.stripe_customer_id IS NOT DISTINCT FROM g.customer OR EXISTS (
                   SELECT FROM billing_changes c
                   WHERE c.account_id = a.id AND c.cause = $4 AND c.after ->> 'customer_id' = g.customer
               ) AS has_customer
        FROM unnest($1::text[], $2::text[], $3::text[]) AS g (row, email, customer)
        JOIN accounts a ON lower(a.email) = lower(g.email)
        """,
        [row.row for row in rows],
        [row.email for row in rows],
        [row.customer for row in rows],
        CAUSE,
    )
    return {each["row"]: Holder(each["id"], each["password_hash"], each["has_customer"]) for each in found}


def _columns(rows: Sequence[OldAccount]) -> list[list[object]]:
    names = ("row", "email", "password_hash", "customer", "created_at")
    return [[getattr(row, name) for row in rows] for name in names]
