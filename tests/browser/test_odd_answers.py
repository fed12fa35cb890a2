"""What is not as it should be: addresses, answers of another shape, pages that cannot be read, what one types."""

from playwright.sync_api import expect

from tests.browser.answers import Held, answer, drawn_again
from tests.browser.customer import Customer
from tests.browser.shop import Shop

AWAY = "PriceGuard does not answer."
LONG = "correct horse battery " * 60
"""A password of 1320 characters; the API takes 1024."""


def test_a_login_leads_to_no_other_site(shop: Shop, customer: Customer) -> None:
    """Nor to an address that is none; where one is then, a reload leaves one."""
    shop.enter(customer, "/.//evil.example/x", "Your subscription")
    shop.page.reload()
    shop.is_at("Your subscription")
    for elsewhere in ("//evil.example/x", "https://evil.example/x", "/%2e//evil.example"):
        shop.open(f"/login?next={elsewhere}")
        shop.is_at("Your subscription")


def test_a_page_gets_json_of_another_shape(shop: Shop, customer: Customer) -> None:
    """It says that there is no answer, and shows nothing that nobody has said."""
    shop.enter(customer, "/plans", "Plans")
    shop.sees("Subscribe to Basic")
    for odd in ({}, None):
        shop.page.unroute_all()
        shop.page.route("**/api/**", answer(odd))
        for name in ("Subscription", "Plans", "Card", "History", "Account"):
            shop.follow(name)
            expect(shop.main.get_by_role("alert")).to_contain_text(AWAY)
            assert set(shop.main.get_by_role("button").all_inner_texts()) <= {"Try now"}, name
            shop.does_not_see("No subscription")
    shop.page.unroute_all()
    shop.sees(customer.email)
    shop.page.route("**/billing/plans", answer({"plans": {}}))
    shop.watch.expect("exception: .* is not a function")
    shop.follow("Plans")
    expect(shop.main.get_by_role("alert")).to_contain_text("Something went wrong on this page.")

    shop.does_not_see("Monthly")


def test_a_form_gets_json_of_another_shape(shop: Shop, customer: Customer) -> None:
    """It says so, keeps what was typed, and works when there is an answer."""
    shop.email = customer.email
    shop.open("/login")
    shop.watch.expect("503 .*/auth/login")
    for odd, status in (({}, 200), (None, 200), ({"code": "busy", "status": 503}, 503)):
        shop.page.route("**/auth/login", answer(odd, status))
        with shop.page.expect_response("**/auth/login"):
            shop.log_in()
        drawn_again(shop.page)
        expect(shop.main.get_by_role("alert")).to_contain_text(AWAY)
        shop.page.unroute("**/auth/login")
    shop.press("Log in")

    shop.is_at("Your subscription")


def test_a_page_cannot_be_read(shop: Shop, customer: Customer) -> None:
    """It says that it is on its way, then why it does not come; the others are there."""
    shop.enter(customer, "/account", "Your account")
    held = Held(shop.page, "**/pages/plans.html")
    held.asked_by(lambda: shop.follow("Plans"))
    expect(shop.page.get_by_text("Loading…").filter(visible=True)).to_have_count(1)
    shop.watch.expect("503 .*/pages/plans.html")
    held.let_go(lambda route: route.fulfill(status=503, body=""))
    expect(shop.main.get_by_role("alert")).to_be_visible()
    shop.follow("Account")
    shop.is_at("Your account")
    shop.page.unroute("**/pages/plans.html")
    shop.follow("Plans")

    shop.is_at("Plans")


def test_a_password_that_is_too_long(shop: Shop, customer: Customer) -> None:
    """Pasted, it is not cut to one that nobody knows; the API says what is wrong with it."""
    shop.watch.expect("422 .*/auth/register")
    shop.open("/register")
    shop.main.get_by_label("E-mail address").fill(shop.email)
    shop.main.get_by_label("Password", exact=True).focus()
    shop.page.keyboard.insert_text(LONG)
    shop.press("Register")
    shop.sees("1024")
    shop.enter(customer, "/account", "Your account")
    shop.watch.expect("422 .*/auth/change-password")
    shop.main.get_by_label("Current password").fill("correct horse battery")
    shop.main.get_by_label("New password").focus()
    shop.page.keyboard.insert_text(LONG)
    shop.press("Change password")

    shop.sees("1024")
