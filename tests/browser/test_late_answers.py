"""Answers that come late, or never: nothing is said that is not so, and nothing is lost."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.answers import Held, problem
from tests.browser.customer import Customer
from tests.browser.shop import Shop

BUSY = problem(503, "busy", "Too much is going on at once.")


def buyer(shop: Shop) -> Customer:
    """Somebody who has a card, and is asked whether to pay for Basic."""
    customer = Customer(shop.platform)
    customer.save_card()
    shop.enter(customer, "/account", "Your account")
    shop.follow("Plans")
    shop.press("Subscribe to Basic")
    return customer


def test_the_network_goes_after_the_request(shop: Shop) -> None:
    """It was carried out, so it is not said that it was not; another attempt charges nothing more."""
    customer = buyer(shop)

    def lose(route: Route) -> None:
        route.fetch()
        shop.page.context.set_offline(offline=True)
        route.abort()

    shop.watch.expect("ERR_")
    shop.page.route("**/create-subscription", lose)
    shop.press("Subscribe and pay")
    alert = shop.page.get_by_role("dialog").get_by_role("alert")
    expect(alert).to_contain_text("nothing is done or charged twice")
    expect(alert).not_to_contain_text("Nothing was sent")
    shop.page.context.set_offline(offline=False)
    shop.page.unroute("**/create-subscription")
    shop.press("Subscribe and pay")

    shop.status("Active")
    assert customer.invoices == [("processed", 900)]


def test_a_question_stays_until_it_is_answered(shop: Shop) -> None:
    """However often one presses Escape; that it went wrong is said there."""
    buyer(shop)
    held = Held(shop.page, "**/create-subscription", "POST")
    held.asked_by(lambda: shop.press("Subscribe and pay"))
    for _ in range(3):
        shop.page.keyboard.press("Escape")
    expect(shop.page.get_by_role("dialog")).to_be_visible()
    shop.watch.expect("503 ")
    held.let_go(BUSY)

    expect(shop.main.get_by_role("alert")).to_contain_text("Too much is going on at once.")


@pytest.mark.parametrize(
    ("end", "said"),
    [(BUSY, "Too much is going on at once."), (Route.continue_, "Welcome to Basic.")],
    ids=["refused", "done"],
)
def test_a_page_is_left_before_the_answer(shop: Shop, end: Callable[[Route], None], said: str) -> None:
    """What became of it is said on the next one, which one does not leave again for that."""
    buyer(shop)
    held = Held(shop.page, "**/create-subscription", "POST")
    held.asked_by(lambda: shop.press("Subscribe and pay"))
    shop.page.go_back()
    shop.is_at("Your account")
    expect(shop.page.get_by_role("dialog")).to_have_count(0)
    if end is BUSY:
        shop.watch.expect("503 ")
    held.let_go(end)

    shop.sees(said)
    shop.is_at("Your account")


def test_a_page_that_comes_late_is_not_shown(shop: Shop) -> None:
    """Another one was asked for meanwhile."""
    shop.enter(Customer(shop.platform), "/plans", "Plans")
    held = Held(shop.page, "**/pages/history.html")
    held.asked_by(lambda: shop.follow("History"))
    shop.follow("Account")
    shop.is_at("Your account")
    held.let_go()

    shop.is_at("Your account")


def test_a_refusal_of_the_session_before(shop: Shop) -> None:
    """It comes when there is another session, which goes on."""
    shop.enter(Customer(shop.platform), "/plans", "Plans")
    held = Held(shop.page, "**/billing-history*")
    held.asked_by(lambda: shop.follow("History"))
    shop.follow("Account")
    shop.press("Log out")
    shop.log_in()
    shop.is_at("Your subscription")
    shop.watch.expect("401 ")
    held.let_go(problem(401, "session_required", "Log in first."))
    shop.follow("Account")

    shop.sees(shop.email)


def test_it_is_told_where_one_logged_out(shop: Shop) -> None:
    """All windows of a browser have the same session, and this one did not end it."""
    shop.enter(Customer(shop.platform), "/plans", "Plans")
    other = shop.page.context.new_page()
    other.goto(f"{shop.url}/account")
    other.get_by_role("button", name="Log out", exact=True).click()

    shop.is_at("Log in")
    shop.sees("You have logged out in another window.")


def test_the_api_says_when_to_try_again(shop: Shop) -> None:
    """A page waits so long; a form names the time."""
    shop.watch.expect("429 .*/auth/login")
    shop.watch.expect("503 .*/plans")
    shop.page.route("**/auth/login", problem(429, "rate_limited", "Too many attempts.", Retry_After="120"))
    customer = Customer(shop.platform)
    shop.email = customer.email
    shop.open()
    shop.log_in()
    expect(shop.main.get_by_role("alert")).to_contain_text("Try again in 2 minutes.")
    shop.page.unroute("**/auth/login")
    shop.page.route("**/billing/plans", problem(503, "busy", "Too much is going on.", Retry_After="90"))
    shop.log_in()
    shop.is_at("Your subscription")
    shop.follow("Plans")

    expect(shop.main.get_by_text("Trying again in")).to_contain_text("90")
