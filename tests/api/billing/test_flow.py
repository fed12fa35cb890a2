"""The way of a customer: save a card, subscribe, change, cancel, read the history."""

import asyncio

import pytest

from tests.api.billing.shop import (
    AUTHENTICATE_ALWAYS,
    DECLINED,
    FAILS_WHEN_CHARGED,
    Shop,
)
from tests.api.conftest import send


async def test_from_card_to_cancellation(shop: Shop) -> None:
    """Each answer has its documented content, without a single webhook."""
    assert await shop.get("subscription") == {"subscription": None, "payment_method": None}

    status, saved = await shop.save_card()
    assert status == 200, saved
    card = saved["payment_method"]
    assert (card["brand"], card["last4"], card["exp_month"], card["exp_year"]) == ("visa", "4242", 12, 2040)

    status, made = await shop.subscribe()
    assert (status, made["client_secret"]) == (201, None), made
    subscription = made["subscription"]
    assert {k: subscription[k] for k in ("status", "has_access", "past_due", "plan", "interval", "unit_amount")} == {
        "status": "active",
        "has_access": True,
        "past_due": False,
        "plan": "basic",
        "interval": "month",
        "unit_amount": 900,
    }
    assert subscription["latest_invoice"]["status"] == "paid"
    assert await shop.get("subscription") == {"subscription": subscription, "payment_method": card}

    history = (await shop.get("billing-history"))["items"]
    assert [(i["kind"], i["state"], i["amount"]) for i in history] == [("invoice", "processed", 900)]
    assert history[0]["pdf_url"]

    status, cancelled = await shop.post("cancel-subscription")
    assert (status, cancelled["subscription"]["status"]) == (200, "active")
    assert cancelled["subscription"]["cancel_at"] == subscription["current_period_end"]
    status, resumed = await shop.post("resume-subscription")
    assert (status, resumed["subscription"]["cancel_at"]) == (200, None)

    status, ended = await shop.post("cancel-subscription", {"at_period_end": False})
    assert (status, ended["subscription"]["status"], ended["subscription"]["has_access"]) == (200, "canceled", False)
    status, again = await shop.post("cancel-subscription", {"at_period_end": False})
    assert (status, again["code"]) == (409, "not_subscribed")


async def test_plans(shop: Shop) -> None:
    """What the task definition allows, in its order."""
    plans = (await shop.get("plans"))["plans"]
    assert [(p["plan"], [(x["interval"], x["unit_amount"]) for x in p["prices"]]) for p in plans] == [
        ("basic", [("month", 900), ("year", 9000)]),
        ("premium", [("month", 2900)]),
    ]


async def test_twenty_clicks_make_one_customer(shop: Shop) -> None:
    """Rule: the customer is made once, ever."""
    answers = await asyncio.gather(*(shop.post("create-setup-intent") for _ in range(20)))

    assert {status for status, _ in answers} == {200}
    assert len(await shop.stripe.customers()) == 1


async def test_a_double_click_makes_one_subscription(shop: Shop) -> None:
    """Both tabs see it; another plan meanwhile is a conflict."""
    await shop.save_card()

    same = await asyncio.gather(*(shop.subscribe() for _ in range(5)))
    other_status, other = await shop.subscribe(2)

    assert sorted(status for status, _ in same) == [200, 200, 200, 200, 201]
    assert (other_status, other["code"]) == (409, "already_subscribed")
    assert len(await shop.stripe.subscriptions(await shop.customer())) == 1


async def test_subscribing_needs_a_card_and_an_allowed_price(shop: Shop) -> None:
    """Each refusal says what is missing; nothing is made at Stripe."""
    status, problem = await shop.subscribe()
    assert (status, problem["code"]) == (409, "card_required")
    status, problem = await shop.post("create-subscription", {"price_id": "price_ofSomebodyElse"})
    assert (status, problem["code"]) == (404, "price_not_found")
    assert await shop.stripe.customers() == []


async def test_a_card_of_another_customer_is_not_found(shop: Shop) -> None:
    """Nobody pays with what is not theirs, and nobody learns that it exists."""
    other = await Shop.open(shop.app, shop.stripe, "bob@example.com")
    theirs = await other.confirm()
    await shop.confirm()

    for method in (theirs, "pm_nonexistent"):
        status, problem = await shop.post("save-payment-method", {"payment_method_id": method})
        assert (status, problem["code"]) == (404, "payment_method_not_found")
    assert (await shop.known()).card is None


async def test_a_bank_that_wants_authentication(shop: Shop) -> None:
    """The client secret goes to the page; the subscription waits, and the same one is used again."""
    await shop.save_card(AUTHENTICATE_ALWAYS)
    status, made = await shop.subscribe()
    assert (status, made["subscription"]["status"]) == (201, "incomplete")
    intent, _, rest = made["client_secret"].partition("_secret_")
    assert rest

    status, again = await shop.subscribe()
    assert (status, again["client_secret"], again["subscription"]["id"]) == (
        200,
        made["client_secret"],
        made["subscription"]["id"],
    )

    shop.stripe.server.authenticate(intent)
    await shop.booked(await shop.stripe.events())
    assert (await shop.get("subscription"))["subscription"]["status"] == "active"


async def test_a_card_that_is_authenticated_once(shop: Shop) -> None:
    """When it is saved; then it can be charged."""
    assert (await shop.save_card("4000002500003155"))[0] == 200
    assert (await shop.subscribe())[1]["subscription"]["status"] == "active"


async def test_a_declined_first_payment_is_healed_by_another_card(shop: Shop) -> None:
    """402 with the bank's words; the next card pays the same subscription at once."""
    await shop.save_card(FAILS_WHEN_CHARGED)
    status, problem = await shop.subscribe()
    assert (status, problem["code"]) == (402, "card_declined")
    assert (await shop.get("subscription"))["subscription"]["status"] == "incomplete"

    status, saved = await shop.save_card()

    assert (status, saved["subscription"]["status"]) == (200, "active")
    assert len(await shop.stripe.subscriptions(await shop.customer())) == 1


async def test_a_card_that_is_declined_when_it_is_saved_changes_nothing(shop: Shop) -> None:
    """Stripe refuses it on the page; the API never hears of it."""
    with pytest.raises(Exception, match="declined"):
        await shop.confirm(DECLINED)
    assert (await shop.get("subscription"))["payment_method"] is None


async def test_change_plan(shop: Shop) -> None:
    """The difference is paid at once; to say it twice is fine; a declined one changes nothing."""
    await shop.save_card()
    await shop.subscribe()

    status, changed = await shop.post("change-plan", {"price_id": shop.stripe.prices[2].id})
    assert (status, changed["subscription"]["plan"], changed["client_secret"]) == (200, "premium", None)
    status, same = await shop.post("change-plan", {"price_id": shop.stripe.prices[2].id})
    assert (status, same["subscription"]) == (200, changed["subscription"])

    shop.stripe.server.decline_next(await shop.customer())
    status, problem = await shop.post("change-plan", {"price_id": shop.stripe.prices[1].id})
    assert (status, problem["code"]) == (402, "card_declined")
    assert (await shop.get("subscription"))["subscription"]["plan"] == "premium"
    assert await shop.known() == await shop.true()


async def test_a_change_that_the_bank_wants_authenticated(shop: Shop) -> None:
    """The old plan holds until it is; a decline drops the change with its invoice."""
    await shop.save_card(AUTHENTICATE_ALWAYS)
    _, made = await shop.subscribe()
    shop.stripe.server.authenticate(made["client_secret"].partition("_secret_")[0])

    status, changed = await shop.post("change-plan", {"price_id": shop.stripe.prices[2].id})
    assert (status, changed["subscription"]["plan"], changed["subscription"]["status"]) == (200, "basic", "active")

    shop.stripe.server.authenticate(changed["client_secret"].partition("_secret_")[0])
    await shop.booked(await shop.stripe.events())
    assert (await shop.get("subscription"))["subscription"]["plan"] == "premium"


async def test_a_subscription_after_the_last_one(shop: Shop) -> None:
    """Cancelled and come back: the new one counts."""
    await shop.save_card()
    _, first = await shop.subscribe()
    await shop.post("cancel-subscription", {"at_period_end": False})

    status, second = await shop.subscribe()

    assert status == 201
    assert second["subscription"]["id"] != first["subscription"]["id"]
    assert second["subscription"]["status"] == "active"


@pytest.mark.parametrize("where", ["query", "body"])
async def test_another_ones_address_is_refused(shop: Shop, where: str) -> None:
    """403 on every route of billing, wherever it stands; the own address is fine."""
    routes = [r for r in shop.app.url_map.iter_rules() if r.rule.startswith("/api/billing/")]
    assert len(routes) == 9
    for rule in routes:
        (method,) = (rule.methods or set()) & {"GET", "POST"}
        if method == "GET" and where == "body":
            continue
        for email, refused in (("bob@example.com", True), ("ADA@example.com", False)):
            query = f"?email={email}" if where == "query" else ""
            body = {"email": email} if where == "body" else {}
            body |= {"payment_method_id": "pm_x"} if "save" in rule.rule else {}
            body |= {"price_id": "price_x"} if rule.rule.endswith(("create-subscription", "change-plan")) else {}
            answer = await send(shop.client, method, rule.rule + query, json=body, headers=shop.session)
            assert (answer.status_code == 403) == refused, (rule.rule, await answer.get_data())
            if refused:
                assert (await answer.get_json())["code"] == "not_your_account"
