"""Every page of the shop in each state that looks different: one walk, with a stop at each."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.shop import AUTHENTICATE, EVENTS, Shop

PAGES = {
    "register": "Register",
    "register-refused": "Register, with what is wrong",
    "login": "Log in",
    "plans": "Plans",
    "card": "Your card",
    "card-declined": "A card that is declined",
    "bank": "The bank asks",
    "purchase": "The last question before one pays",
    "confirm": "The bank wants to know who pays",
    "subscription": "Your subscription",
    "cancellation": "How it shall end",
    "past-due": "A payment that could not be made",
    "history": "History",
    "account": "Your account",
    "away": "The API does not answer",
    "not-found": "Not found",
}
"""Name of a stop -> what is there to be seen."""


def walk(shop: Shop) -> Iterator[str]:
    """The names of `PAGES` in this order; at each the page looks so."""
    yield from _come_in(shop)
    yield from _buy(shop)
    yield from _have(shop)
    yield from _fail(shop)


def _come_in(shop: Shop) -> Iterator[str]:
    shop.open("/register")
    shop.is_at("Register")
    yield "register"
    shop.main.get_by_label("E-mail address").fill("ada")
    shop.press("Register")
    shop.sees("must look like")
    yield "register-refused"
    shop.open("/login")
    shop.is_at("Log in")
    yield "login"


def _buy(shop: Shop) -> Iterator[str]:
    shop.register()
    expect(shop.button("Subscribe to Basic")).to_be_visible()
    yield "plans"
    shop.follow("Card")
    expect(shop.main.get_by_label("Card number")).to_be_visible()
    yield "card"
    shop.watch.expect("402 ")
    shop.save_card("4000000000000002")
    shop.sees("declined")
    yield "card-declined"
    shop.save_card(AUTHENTICATE)
    expect(shop.page.get_by_role("dialog", name="Test bank")).to_be_visible()
    yield "bank"
    shop.answer_the_bank()
    shop.sees("Your card is saved.")
    shop.follow("Plans")
    shop.press("Subscribe to Premium")
    shop.sees("You pay $29.00 now.")
    yield "purchase"
    shop.press("Subscribe and pay")
    shop.is_at("Confirm your payment")
    shop.sees("$29.00")
    yield "confirm"


def _have(shop: Shop) -> Iterator[str]:
    shop.press("Confirm payment")
    shop.answer_the_bank()
    shop.status("Active")
    yield "subscription"
    shop.press("Cancel subscription")
    expect(shop.page.get_by_role("dialog")).to_be_visible()
    yield "cancellation"
    shop.press("Keep it")
    shop.strip.press("Next renewal")
    shop.status("Payment failed")
    expect(shop.strip.root.get_by_text("active → past_due").first).to_be_visible(timeout=EVENTS)
    yield "past-due"
    shop.follow("History")
    expect(shop.main.get_by_role("row").nth(2)).to_be_visible()
    yield "history"
    shop.follow("Account")
    shop.sees(shop.email)
    yield "account"


def _fail(shop: Shop) -> Iterator[str]:
    shop.page.route(f"{shop.api_url}/**", lambda route: route.abort())
    shop.watch.expect("ERR_FAILED")
    shop.follow("Plans")
    shop.sees("PriceGuard does not answer.")
    yield "away"
    shop.page.unroute_all()
    shop.open("/no/such/page")
    shop.is_at("Not found")
    yield "not-found"
