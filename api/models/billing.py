"""What is known of an account's billing, and the trail of its changes."""

import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import msgspec

from api.models import Connection
from api.payments import BillingState


@dataclass(frozen=True, slots=True)
class Unread:
    """An account with a customer, and when it was last tried to read the customer's state; never is long ago."""

    read_at: datetime
    account_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class BillingChange:
    """An entry of the trail: what led to a change, and those members of BillingState that it changed, as JSON has them.

    `cause` is an operation, `reconciliation`, `import`, or `webhook` and the ids of its events.
    """

    at: datetime
    cause: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]


async def update_billing(connection: Connection, account_id: uuid.UUID, version: int, state: BillingState) -> bool:
    """Store what is true now; False when somebody stored something after `version` was read."""
    card, subscription = state.card, state.subscription
    price = subscription.price if subscription else None
    invoice = subscription.latest_invoice if subscription else None
    done = await connection.execute(
        """
        WITH price AS (
            INSERT INTO prices (id, plan, interval, unit_amount, currency)
            SELECT $12, $13, $14, $15, $16 WHERE $12::text IS NOT NULL
            ON CONFLICT (id) DO NOTHING
        ), renamed AS (
            UPDATE prices SET plan = $13 WHERE id = $12 AND plan IS DISTINCT FROM $13
        )
        UPDATE accounts SET
            stripe_customer_id = $3, stripe_default_payment_method_id = $4,
            card_brand = $5, card_last4 = $6, card_exp_month = $7, card_exp_year = $8,
            stripe_subscription_id = $9, subscription_status = $10, subscription_created_at = $11,
            stripe_price_id = $12, current_period_end = $17, cancel_at = $18,
            stripe_latest_invoice_id = $19, stripe_latest_invoice_status = $20, past_due = $21,
            billing_version = billing_version + 1, billing_checked_at = now()
        WHERE id = $1 AND billing_version = $2
        """,
        account_id,
        version,
        state.customer_id,
        state.payment_method_id,
        *((card.brand, card.last4, card.exp_month, card.exp_year) if card else (None,) * 4),
        *((subscription.id, subscription.status, subscription.created) if subscription else (None,) * 3),
        *((price.id, price.plan, price.interval, price.unit_amount, price.currency) if price else (None,) * 5),
        *((subscription.current_period_end, subscription.cancel_at) if subscription else (None,) * 2),
        *((invoice.id, invoice.status) if invoice else (None,) * 2),
        subscription.past_due if subscription else False,
    )
    return done == "UPDATE 1"


async def update_customer(connection: Connection, account_id: uuid.UUID, customer_id: str) -> None:
    """Store the account's new customer, unless it has one."""
    await connection.execute(
        """
        UPDATE accounts SET stripe_customer_id = $2, billing_version = billing_version + 1
        WHERE id = $1 AND stripe_customer_id IS NULL
        """,
        account_id,
        customer_id,
    )


async def select_account_id(connection: Connection, customer_id: str) -> uuid.UUID | None:
    """Whose customer this is."""
    return await connection.fetchval("SELECT id FROM accounts WHERE stripe_customer_id = $1", customer_id)


async def select_unread(connection: Connection, *, after: Unread | None, before: datetime, most: int) -> list[Unread]:
    """Accounts with a customer whose state was last read before a time, the longest unread first, from `after` on."""
    rows = await connection.fetch(
        """
        SELECT read_at, id FROM (
            SELECT coalesce(billing_checked_at, 'epoch') AS read_at, id FROM accounts
            WHERE stripe_customer_id IS NOT NULL
        ) known
        WHERE read_at < $1 AND ($2::timestamptz IS NULL OR (read_at, id) > ($2, $3::uuid))
        ORDER BY read_at, id LIMIT $4
        """,
        before,
        after.read_at if after else None,
        after.account_id if after else None,
        most,
    )
    return [Unread(row["read_at"], row["id"]) for row in rows]


async def note_unreadable(connection: Connection, account_id: uuid.UUID) -> None:
    """It was tried to read the customer's state, in vain: others come first the next time."""
    await connection.execute("UPDATE accounts SET billing_checked_at = now() WHERE id = $1", account_id)


async def insert_billing_change(
    connection: Connection, account_id: uuid.UUID, cause: str, old: BillingState, new: BillingState
) -> None:
    """Add to the trail what changed from `old` to `new`; nothing when nothing did."""
    before, after = _plain(old), _plain(new)
    changed = sorted(name for name in before if before[name] != after[name])
    if changed:
        await connection.execute(
            "INSERT INTO billing_changes (account_id, cause, before, after) VALUES ($1, $2, $3, $4)",
            account_id,
            cause,
            *(msgspec.json.encode({name: side[name] for name in changed}).decode() for side in (before, after)),
        )


async def select_billing_changes(connection: Connection, account_id: uuid.UUID, *, most: int) -> list[BillingChange]:
    """The newest entries of an account's trail, the newest first."""
    rows = await connection.fetch(
        """
        SELECT changed_at, cause, before, after FROM billing_changes
        WHERE account_id = $1 ORDER BY id DESC LIMIT $2
        """,
        account_id,
        most,
    )
    sides = [(msgspec.json.decode(row["before"]), msgspec.json.decode(row["after"])) for row in rows]
    return [BillingChange(row["changed_at"], row["cause"], *both) for row, both in zip(rows, sides, strict=True)]


def _plain(state: BillingState) -> Mapping[str, Any]:
    return asdict(state)
