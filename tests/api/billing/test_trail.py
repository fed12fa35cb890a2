"""Why an account is as it is: `python -m api.operations changes`."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from tests.api.api_process import ROOT
from tests.api.billing.events import after_renewal
from tests.api.billing.shop import FAILS_WHEN_CHARGED, GOOD, Shop
from tests.api.billing.test_operations import of, operate

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()


async def account_of(shop: Shop) -> str:
    """The id of whoever is logged in."""
    answer = await shop.client.get("/api/auth/me", headers=shop.session)
    return (await answer.get_json())["account"]["id"]


async def changes(shop: Shop, database: str, folder: Path, *arguments: str) -> list[dict[str, Any]]:
    """What the operation says of a customer or an account, the newest first."""
    return of(await operate(shop, database, folder, "changes", *arguments), "billing_change")


async def test_a_renewal_that_fails_is_told(shop: Shop, database: str, tmp_path: Path) -> None:
    """By the events that brought it; of the subscription only what is different since then."""
    await shop.save_card()
    await shop.subscribe()
    customer = await shop.customer()
    shop.stripe.server.decline_next(customer)
    failed = [one for one in await after_renewal(shop) if one["type"] == "invoice.payment_failed"]
    await shop.booked(failed)

    renewal, *earlier = await changes(shop, database, tmp_path, customer)

    assert (renewal["cause"], renewal["events"]) == ("webhook", [failed[0]["id"]])
    was, now = renewal["before"]["subscription"], renewal["after"]["subscription"]
    assert (was["status"], now["status"]) == ("active", "past_due")
    assert was.keys() == now.keys() == {"status", "current_period_end", "latest_invoice"}
    assert (was["latest_invoice"]["status"], now["latest_invoice"]["status"]) == ("paid", "open")
    assert renewal["before"].keys() == renewal["after"].keys() == {"subscription"}
    assert [(one["cause"], one["events"]) for one in earlier] == [
        ("create_subscription", []),
        ("save_payment_method", []),
    ]
    assert earlier[0]["before"] == {"subscription": None}
    assert earlier[1]["after"]["card"]["last4"] == GOOD[-4:]
    times = [datetime.fromisoformat(one["at"]) for one in (renewal, *earlier)]
    assert times == sorted(times, reverse=True)


async def test_every_cause_is_in_the_runbook(shop: Shop, database: str, tmp_path: Path, db: asyncpg.Connection) -> None:
    """What customers do, what Stripe tells, and what is found later: an operator can look up each."""
    await shop.save_card()
    await shop.subscribe()
    await shop.post("change-plan", {"price_id": shop.stripe.prices[2].id})
    await shop.post("cancel-subscription", {"at_period_end": True})
    await shop.post("resume-subscription")
    await db.execute("UPDATE accounts SET subscription_status = 'incomplete'")
    await shop.post("cancel-subscription", {"at_period_end": True})
    await db.execute("UPDATE accounts SET subscription_status = 'incomplete'")
    await operate(shop, database, tmp_path, "reconcile")
    await shop.save_card(FAILS_WHEN_CHARGED)
    failed = [one for one in await after_renewal(shop) if one["type"].startswith("customer.subscription.")]
    await shop.booked(failed)

    causes = {one["cause"] for one in await changes(shop, database, tmp_path, await shop.customer())}

    assert causes == {
        "save_payment_method",
        "create_subscription",
        "change_plan",
        "cancel_subscription",
        "resume_subscription",
        "request",
        "reconciliation",
        "webhook",
    }
    assert not [cause for cause in causes if f"`{cause}`" not in RUNBOOK]


async def test_an_account_is_meant_by_its_id_as_well(shop: Shop, database: str, tmp_path: Path) -> None:
    """The same answer; only so many, the newest; another's changes are not among them."""
    other = await Shop.open(shop.app, shop.stripe, "bob@example.com")
    for somebody in (shop, other):
        await somebody.save_card()
        await somebody.subscribe()
    await shop.save_card("5555555555554444")

    lines = await operate(shop, database, tmp_path, "changes", await account_of(shop))
    newest = await changes(shop, database, tmp_path, await account_of(shop), "--most", "1")

    found = of(lines, "billing_change")
    assert [one["cause"] for one in found] == ["save_payment_method", "create_subscription", "save_payment_method"]
    assert found[0]["after"]["card"] == {"brand": "mastercard", "last4": "4444"}
    assert found[0]["before"]["card"] == {"brand": "visa", "last4": "4242"}
    assert [(done["account_id"], done["changes"]) for done in of(lines, "done")] == [(await account_of(shop), 3)]
    assert [one["at"] for one in newest] == [found[0]["at"]]
    assert [one["at"] for one in await changes(shop, database, tmp_path, await shop.customer())] == [
        one["at"] for one in found
    ]
    said = str(lines)
    assert "@" not in said
    assert "secret" not in said


async def test_nothing_has_happened_yet(shop: Shop, database: str, tmp_path: Path) -> None:
    """An account without a customer: no change, and that is no failure."""
    lines = await operate(shop, database, tmp_path, "changes", await account_of(shop))

    assert of(lines, "billing_change") == []
    assert [done["changes"] for done in of(lines, "done")] == [0]


@pytest.mark.parametrize(
    ("whose", "reason"),
    [
        ("cus_nobody", "no account has the customer cus_nobody"),
        (str(uuid.UUID(int=1)), "there is no account 00000000-0000-0000-0000-000000000001"),
    ],
)
async def test_who_is_unknown_is_named(shop: Shop, database: str, tmp_path: Path, whose: str, reason: str) -> None:
    """1, and nothing that looks like an answer."""
    lines = await operate(shop, database, tmp_path, "changes", whose, code=1)

    assert [line["reason"] for line in of(lines, "failed")] == [reason]
    assert of(lines, "done") == []


@pytest.mark.parametrize("whose", ["ada@example.com", "evt_1", ""])
async def test_only_a_customer_or_an_account_can_be_meant(
    shop: Shop, database: str, tmp_path: Path, whose: str
) -> None:
    """2, and nothing is done."""
    assert await operate(shop, database, tmp_path, "changes", whose, code=2) == []
