"""For who does not see the page: the focus is always somewhere, and what happens is said, once."""

from typing import Any

from playwright.sync_api import Locator, expect

from tests.browser.answers import answer, drawn_again
from tests.browser.customer import Customer
from tests.browser.ear import Ear
from tests.browser.shop import DECLINED, Shop

CHANGED = "document.dispatchEvent(new CustomEvent('priceguard:changed'))"
SUBSCRIPTION = "**/api/billing/subscription"


def focused(shop: Shop) -> Locator:
    """What has the focus, in the page itself."""
    return shop.main.locator(":focus").filter(visible=True)


def test_a_payment_that_is_told_late(shop: Shop, customer: Customer) -> None:
    """From the bank to the subscription the focus stays in the page, and what was confirmed is not asked again."""
    customer.save_card("authenticationRequired")
    customer.ask("POST", "/api/billing/create-subscription", price_id=customer.price("basic"))
    unheard = answer(customer.ask("GET", "/api/billing/subscription"))
    shop.without_strip()
    shop.page.clock.install()
    shop.enter(customer, "/confirm", "Confirm your payment")
    shop.press("Confirm payment")
    expect(shop.bank).to_be_visible()
    shop.page.route(SUBSCRIPTION, unheard)
    shop.answer_the_bank()
    shop.sees("Waiting for Stripe")
    expect(focused(shop)).to_have_count(1)
    while not shop.button("Look again").is_visible():
        shop.page.clock.fast_forward(5000)
    expect(focused(shop)).to_have_count(1)
    with shop.page.expect_response(SUBSCRIPTION):
        shop.page.evaluate(CHANGED)
    drawn_again(shop.page)
    expect(shop.button("Confirm payment")).to_be_hidden()
    shop.press("Look again")
    shop.sees("Waiting for Stripe")
    expect(focused(shop)).to_have_count(1)
    shop.page.unroute(SUBSCRIPTION)
    shop.page.clock.fast_forward(5000)

    shop.is_at("Your subscription")
    shop.status("Active")


def test_no_after_a_decline(shop: Shop, customer: Customer) -> None:
    """The button that asked is gone then; the focus is not."""
    customer.save_card("chargeCustomerFail")
    shop.enter(customer, "/plans", "Plans")
    shop.press("Subscribe to Basic")
    shop.watch.expect("402 .*/create-subscription")
    shop.press("Subscribe and pay")
    expect(shop.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("declined")
    shop.sees("Your first payment is missing.")
    shop.press("Not now")

    expect(shop.page.get_by_role("dialog")).to_have_count(0)
    expect(focused(shop)).to_have_count(1)


def test_a_page_is_announced_once(shop: Shop, customer: Customer) -> None:
    """By its heading, which takes the focus; with what there is to tell."""
    shop.enter(customer, "/subscription", "Your subscription")
    ear = Ear(shop.page)
    for name, heading in (("Plans", "Plans"), ("History", "History"), ("Account", "Your account")):
        shop.follow(name)
        shop.is_at(heading)
        drawn_again(shop.page)
        assert ear.times(heading) == 1, heading
    shop.press("Log out")
    shop.is_at("Log in")

    shop.sees("You have logged out.")
    assert ear.times("You have logged out.") == 1


def test_a_decline_is_said_once(shop: Shop, customer: Customer) -> None:
    """The field says it as well, to who looks at it."""
    shop.enter(customer, "/card", "Your card")
    shop.watch.expect("402 .*/confirm")
    shop.save_card(DECLINED)

    expect(shop.main.get_by_role("alert").filter(has_text="declined")).to_have_count(1)


def test_a_cancellation_and_its_end_are_said(shop: Shop, customer: Customer) -> None:
    """When the question is gone, behind which nothing is read out; the new state has the focus."""
    customer.save_card()
    customer.subscribe()
    shop.enter(customer, "/subscription", "Your subscription")
    ear = Ear(shop.page)
    status = shop.main.locator("[data-part=status]")
    shop.press("Cancel subscription")
    shop.page.get_by_role("dialog").get_by_role("button", name="Cancel subscription").click()
    expect(status).to_contain_text("Active until")
    expect(status).to_be_focused()
    assert ear.times("Active until") == 1
    shop.press("Keep the subscription")

    expect(status).to_have_text("Active")
    expect(status).to_be_focused()
    assert ear.times("Active") == 2


def test_more_of_the_history(shop: Shop, customer: Customer) -> None:
    """What was focused is still there when the page is read again; who asks for more is where that begins."""
    shop.page.route("**/billing-history?limit=10", answer({"items": entries(10), "next": "in_9"}))
    shop.page.route("**/billing-history?limit=10&after=in_9", answer({"items": entries(12)[10:], "next": None}))
    shop.enter(customer, "/history", "History")
    rows = shop.main.get_by_role("row")
    expect(rows).to_have_count(11)
    paper = rows.nth(1).get_by_role("link").first
    paper.focus()
    with shop.page.expect_response("**/billing-history*"):
        shop.page.evaluate(CHANGED)
    drawn_again(shop.page)
    expect(paper).to_be_focused()
    ear = Ear(shop.page)
    shop.press("Show more")

    expect(rows).to_have_count(13)
    expect(rows.nth(11).get_by_role("rowheader")).to_be_focused()
    assert ear.times("2 more.") == 1


def entries(count: int) -> list[dict[str, Any]]:
    """Invoices, as the API tells of them."""
    paper = "https://pay.example/paper"
    same = {"kind": "invoice", "state": "processed", "status": "paid", "amount": 900, "currency": "usd"}
    others = {"description": None, "pdf_url": paper, "hosted_url": paper, "receipt_url": None}
    return [
        {"id": f"in_{number}", "created_at": f"2026-{12 - number:02}-01T00:00:00Z", **same, **others}
        for number in range(count)
    ]
