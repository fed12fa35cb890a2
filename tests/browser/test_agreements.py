"""What is agreed to and owed is what is really paid, and by whom, whatever else happens meanwhile."""

import re

from playwright.sync_api import expect

from tests.browser.answers import answer
from tests.browser.conftest import NewShop
from tests.browser.customer import Customer
from tests.browser.shop import Shop

CONFIRM = "Confirm your payment"
NOTHING = "There is nothing to confirm"
DATE = re.compile(r"[A-Z][a-z]+ \d{1,2}, \d{4}")


def ask_for_premium(shop: Shop, customer: Customer) -> None:
    """Subscribe to Basic, and be on the way to Premium: the bank wants to know who pays."""
    customer.save_card("authenticationRequired")
    customer.subscribe()
    shop.enter(customer, "/plans", "Plans")
    shop.press("Switch to Premium")
    shop.press("Switch plan")
    shop.is_at(CONFIRM)
    shop.sees("$20.00")


def ended(customer: Customer) -> object:
    """What the API says of somebody, but that the subscription has just ended."""
    now = customer.ask("GET", "/api/billing/subscription")
    return {**now, "subscription": {**now["subscription"], "status": "canceled"}}


def test_nobody_is_asked_to_pay_for_what_is_gone(shop: Shop, customer: Customer) -> None:
    """A switch waits for the bank, and the subscription is cancelled elsewhere; the bank may not know it yet."""
    ask_for_premium(shop, customer)
    shop.page.route("**/api/billing/subscription", answer(ended(customer)))
    shop.page.reload()
    shop.sees(NOTHING)
    shop.page.unroute_all()
    customer.cancel(at_period_end=False)
    shop.page.reload()
    shop.sees(NOTHING)

    shop.does_not_see("$20.00")
    expect(shop.button("Confirm payment")).to_be_hidden()
    assert ("processed", 2000) not in customer.invoices


def test_nobody_waits_for_what_has_ended(shop: Shop, customer: Customer) -> None:
    """It ends while the bank asks, which is told instead of a payment that shall show some time."""
    ask_for_premium(shop, customer)
    shop.press("Confirm payment")
    expect(shop.bank).to_be_visible()
    shop.page.route("**/api/billing/subscription", answer(ended(customer)))
    shop.answer_the_bank()

    shop.sees("your subscription has ended")
    shop.does_not_see("Waiting for Stripe")


def test_the_end_of_what_was_cancelled_and_is_paid_by_the_year_now(shop: Shop, customer: Customer) -> None:
    """It still ends, but with the year that is paid for, and not with the month before."""
    customer.save_card()
    customer.subscribe()
    customer.cancel(at_period_end=True)
    shop.enter(customer, "/plans", "Plans")
    shop.main.get_by_text("Yearly").click()
    shop.press("Switch to yearly")
    shop.sees("$90.00 now")
    said = shop.page.get_by_role("dialog").inner_text()
    shop.press("Switch plan")
    shop.is_at("Your subscription")
    of_the_end = [sentence for sentence in re.split(r"\.\s", said) if re.search(r"\bends?\b", sentence)]
    shop.sees("Ends on")
    ends = shop.main.locator("[data-part=date]").inner_text()

    assert of_the_end, f"that it ends is not said: {said}"
    assert set(DATE.findall(" ".join(of_the_end))) <= {ends}


def test_what_is_owed_is_not_the_price(shop: Shop, customer: Customer) -> None:
    """What was paid too much before counts: of $29.00 no more than $17.00 is owed."""
    customer.save_card("renewalFail")
    customer.subscribe("enterprise")
    customer.switch("premium")
    customer.renew_until("past_due")
    shop.enter(customer, "/confirm", CONFIRM)
    shop.sees("The payment for Premium is missing.")

    shop.does_not_see("$29.00")
    assert customer.owed == 1700


def test_a_session_that_ends_before_the_bank_is_asked(shop: Shop, customer: Customer) -> None:
    """After the next login the same switch waits, and can be paid."""
    ask_for_premium(shop, customer)
    customer.ask("POST", "/api/auth/logout-all")
    shop.watch.expect("401 ")
    shop.page.reload()
    shop.log_in()
    shop.is_at(CONFIRM)
    shop.sees("Premium")
    shop.press("Confirm payment")
    shop.answer_the_bank()

    shop.sees("Your payment is confirmed.")
    shop.sees("$29.00 per month")


def test_a_payment_is_no_one_elses(shop: Shop, customer: Customer) -> None:
    """Who logs in after another customer, and goes back, is not asked to pay for that one."""
    ask_for_premium(shop, customer)
    shop.follow("Account")
    shop.press("Log out")
    other = Customer(shop.platform)
    other.save_card()
    other.subscribe()
    shop.email = other.email
    shop.log_in()
    shop.status("Active")
    for _ in range(6):
        if "/confirm" not in shop.page.url:
            shop.page.go_back()
    shop.is_at(CONFIRM)
    shop.sees(NOTHING)

    expect(shop.button("Confirm payment")).to_be_hidden()


def test_the_bank_is_left(shop: Shop, customer: Customer) -> None:
    """Back from there, its question is gone, and it is said that nothing was paid."""
    ask_for_premium(shop, customer)
    shop.press("Confirm payment")
    expect(shop.bank).to_be_visible()
    shop.page.go_back()
    shop.is_at("Plans")
    expect(shop.bank).to_have_count(0)

    shop.sees("Nothing was paid.")
    assert customer.subscription["plan"] == "basic"


def test_a_year_that_was_chosen_before_the_card(shop: Shop, customer: Customer) -> None:
    """With the card saved, the year is asked for; who says no still sees the prices by the year."""
    shop.enter(customer, "/plans", "Plans")
    shop.main.get_by_text("Yearly").click()
    shop.press("Subscribe to Basic")
    shop.save_card()
    shop.sees("You pay $90.00 now.")
    shop.press("Not now")

    expect(shop.main.get_by_label("Yearly")).to_be_checked()
    shop.sees("$290")


def test_a_plan_that_one_has_is_not_offered_again(shop: Shop, customer: Customer) -> None:
    """Who comes back with a card, for a plan that was subscribed to meanwhile, sees that they have it."""
    customer.save_card()
    customer.subscribe()
    shop.enter(customer, f"/plans?price={customer.price('basic')}", "Plans")
    shop.sees("Your plan")

    expect(shop.page.get_by_role("dialog")).to_have_count(0)


def test_what_is_done_in_another_tab(shop: Shop, new_shop: NewShop, customer: Customer) -> None:
    """A refusal takes outdated terms away; who looks at a page again sees what is true now."""
    customer.save_card()
    shop.without_strip()
    shop.enter(customer, "/plans", "Plans")
    shop.press("Subscribe to Premium")
    customer.subscribe()
    shop.watch.expect("409 .*/create-subscription")
    shop.press("Subscribe and pay")
    shop.sees("There is a subscription.")
    expect(shop.button("Subscribe and pay")).to_be_hidden()
    expect(shop.button("Switch to Premium")).to_be_attached()

    elsewhere = new_shop()
    elsewhere.without_strip()
    elsewhere.enter(customer, "/subscription", "Your subscription")
    elsewhere.status("Active")
    customer.cancel(at_period_end=False)
    elsewhere.page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when a tab is shown
    elsewhere.status("Ended")
