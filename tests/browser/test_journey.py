"""From registering to the end of a subscription, as a customer lives it."""

from playwright.sync_api import expect

from tests.browser.customer import PASSWORD
from tests.browser.shop import Shop

NEW_PASSWORD = "a better horse battery"


def test_from_register_to_cancelled(shop: Shop) -> None:
    """Everything that one does in the life of a subscription, on one page that is never loaded anew."""
    shop.open()
    shop.is_at("Log in")
    shop.register()
    shop.press("Subscribe to Basic")
    shop.is_at("Your card")
    shop.save_card()
    shop.sees("You pay $9.00 now.")
    shop.press("Subscribe and pay")
    shop.sees("Welcome to Basic. Your subscription is active.")
    shop.status("Active")
    shop.sees("Visa ending in 4242")

    shop.main.get_by_role("link", name="Change plan").click()
    shop.press("Switch to Premium")
    shop.sees("You pay the difference")
    shop.press("Switch plan")
    shop.sees("You have switched to Premium.")
    shop.sees("$29.00 per month")

    shop.press("Cancel subscription")
    shop.page.get_by_role("dialog").get_by_role("button", name="Cancel subscription").click()
    expect(shop.main.locator("[data-part=status]")).to_contain_text("Active until")
    shop.press("Keep the subscription")
    shop.status("Active")

    shop.follow("History")
    rows = shop.main.get_by_role("row")
    expect(rows).to_have_count(3)  # the heading, two invoices
    expect(rows.nth(1)).to_contain_text("Paid")

    shop.follow("Subscription")
    shop.press("Cancel subscription")
    dialog = shop.page.get_by_role("dialog")
    dialog.get_by_label("Now.").check()
    dialog.get_by_role("button", name="Cancel subscription").click()
    shop.status("Ended")
    assert shop.ask_api("GET", "/api/billing/subscription")["subscription"]["status"] == "canceled"


def test_a_password_is_changed(shop: Shop) -> None:
    """The new one counts from then on; whoever is logged in elsewhere has to log in again."""
    shop.register()
    shop.follow("Account")
    shop.main.get_by_label("Current password").fill("not my password")
    shop.main.get_by_label("New password").fill(NEW_PASSWORD)
    shop.watch.expect(r"401 .*change-password")
    shop.press("Change password")
    expect(shop.main.get_by_role("alert")).to_contain_text("password")
    shop.main.get_by_label("Current password").fill(PASSWORD)
    shop.press("Change password")
    expect(shop.main.get_by_role("status")).to_be_visible()

    shop.press("Log out")
    shop.watch.expect(r"401 .*auth/login")
    shop.log_in(PASSWORD)
    expect(shop.main.get_by_role("alert")).to_be_visible()
    shop.log_in(NEW_PASSWORD)
    shop.is_at("Your subscription")


def test_the_plan_is_chosen_by_year_with_the_keyboard_alone(shop: Shop) -> None:
    """Nothing needs a mouse; the focus is always somewhere."""
    shop.register()
    shop.follow("Card")
    shop.save_card()
    shop.sees("Your card is saved.")
    shop.follow("Plans")
    keyboard = shop.page.keyboard
    # What is not to be seen yet takes no focus, and keys go nowhere then.
    expect(shop.main.get_by_label("Monthly")).to_be_visible()
    shop.main.get_by_label("Monthly").focus()
    keyboard.press("ArrowRight")
    shop.sees("$290")
    shop.button("Subscribe to Premium").focus()
    keyboard.press("Enter")
    shop.sees("You pay $290.00 now.")
    keyboard.press("Escape")
    expect(shop.button("Subscribe to Premium")).to_be_focused()
    keyboard.press("Enter")
    shop.button("Subscribe and pay").focus()
    keyboard.press("Enter")
    shop.status("Active")
    expect(shop.page.get_by_role("heading", level=1)).to_be_focused()
    shop.sees("$290.00 per year")


def test_an_address_of_a_page_is_a_page(shop: Shop) -> None:
    """Also the first one that is opened: one logs in, and is where one wanted to be."""
    shop.register()
    shop.follow("Account")
    shop.press("Log out")
    shop.is_at("Log in")
    shop.open("/history")
    shop.log_in()

    shop.is_at("History")
    shop.open("/no/such/page")
    shop.is_at("Not found")
