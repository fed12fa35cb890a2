"""The shop as a person sees it: headings, labels and buttons, and what may be done with them."""

import secrets
from typing import Any
from urllib.parse import urlencode

import httpx
from playwright.sync_api import Locator, Page, expect

from tests.browser.customer import PASSWORD, Customer
from tests.browser.watch import Watch
from tests.journey.platform import Commands

WORKS, DECLINED, LATER_DECLINED = "4242424242424242", "4000000000000002", "4000000000000341"
AUTHENTICATE = "4000002760003184"
RENEWAL_FAILS = "4000000000005126"

# Milliseconds. An event has to come, the API to book it, and the strip to look; what changed it asks of the API with a
# process of its own, twice with 2.5 s between where the first says nothing. On a machine that is busy this takes long.
EVENTS = 30_000


class Shop:
    """One page of a browser, and whoever sits before it.

    Args:
        page: a page.
        platform: whose shop it is.
        watch: looks on.

    Attributes:
        email: of the account.
    """

    def __init__(self, page: Page, platform: Commands, watch: Watch) -> None:
        self.page, self.platform, self.watch = page, platform, watch
        self.strip = Strip(page)
        status = platform.status()
        self.url, self.api_url = str(status["shop_url"]), str(status["api_url"])
        self.email = f"ada+{secrets.token_hex(4)}@example.com"

    def open(self, path: str = "/") -> None:
        """Go to an address."""
        self.page.goto(f"{self.url}{path}")

    def follow(self, name: str) -> None:
        """Follow a link of the navigation."""
        self.page.get_by_role("navigation").get_by_role("link", name=name, exact=True).click()

    def press(self, name: str) -> None:
        """Press a button."""
        self.button(name).click()

    def button(self, name: str) -> Locator:
        """A button of the page, or of the dialog that is open."""
        return self.main.get_by_role("button", name=name, exact=True)

    @property
    def main(self) -> Locator:
        """What is not navigation."""
        return self.page.get_by_role("main")

    def sees(self, text: str) -> None:
        """The page says this, now or in a moment."""
        expect(self.main.get_by_text(text).first).to_be_visible()

    def does_not_see(self, text: str) -> None:
        """The page does not say this, or no longer in a moment."""
        expect(self.main.get_by_text(text).filter(visible=True)).to_have_count(0)

    def is_at(self, heading: str) -> None:
        """This page is there."""
        expect(self.page.get_by_role("heading", level=1, name=heading, exact=True)).to_be_visible()

    def without_strip(self) -> None:
        """From the next page that is loaded, there is no control strip to say that something has changed."""
        self.page.route("**/strip/strip.js", lambda route: route.fulfill(body="", content_type="text/javascript"))

    def register(self) -> None:
        """Make an account, which logs in, and look at the plans."""
        self.open("/register")
        self._fill(email=self.email, password=PASSWORD)
        self.press("Register")
        self.is_at("Plans")

    def log_in(self, password: str = PASSWORD) -> None:
        """Log in; where one is then, the page decides."""
        self.is_at("Log in")
        self._fill(email=self.email, password=password)
        self.press("Log in")

    def enter(self, customer: Customer, path: str, heading: str) -> None:
        """Log in as somebody who has an account, and go on to a page."""
        self.email = customer.email
        self.open(f"/login?{urlencode({'next': path})}")
        self.log_in()
        self.is_at(heading)

    def _fill(self, email: str, password: str) -> None:
        self.main.get_by_label("E-mail address").fill(email)
        self.main.get_by_label("Password", exact=True).fill(password)

    def fill_card(self, number: str) -> None:
        """Fill in a card."""
        self.main.get_by_label("Card number").fill(number)
        self.main.get_by_label("Expiry").fill("1240")
        self.main.get_by_label("CVC").fill("123")

    def save_card(self, number: str = WORKS) -> None:
        """Fill in a card and save it."""
        self.fill_card(number)
        self.press("Save card")

    @property
    def bank(self) -> Locator:
        """What the bank asks with."""
        return self.page.get_by_role("dialog", name="Test bank")

    def answer_the_bank(self, button: str = "Complete authentication") -> None:
        """Answer what the bank asks."""
        self.bank.get_by_role("button", name=button).click()

    def choose(self, plan: str, price: str) -> None:
        """Choose a plan, and agree to what is paid."""
        self.press(f"Subscribe to {plan}")
        self.sees(f"You pay {price} now.")
        self.press("Subscribe and pay")

    def subscribe(self, number: str = WORKS) -> None:
        """Register, save a card, and subscribe to the cheapest plan."""
        self.register()
        self.follow("Card")
        self.save_card(number)
        if number == AUTHENTICATE:
            self.answer_the_bank()
        self.sees("Your card is saved.")
        self.follow("Plans")
        self.choose("Basic", "$9.00")

    def status(self, words: str) -> None:
        """The subscription is so, by its page."""
        expect(self.main.locator("[data-part=status]")).to_have_text(words, timeout=EVENTS)

    def ask_api(self, method: str, path: str, **body: str) -> Any:
        """Ask the API beside the page, with the session of the page."""
        session = self.page.evaluate("JSON.parse(localStorage.getItem('priceguard.session'))")
        headers = {"Authorization": f"Bearer {session['token']}"}
        answer = httpx.request(method, f"{self.api_url}{path}", json=body or None, headers=headers, trust_env=False)
        answer.raise_for_status()
        return answer.json() if answer.content else None


class Strip:
    """The control strip, with which a person is Stripe.

    Args:
        page: where it is.
    """

    def __init__(self, page: Page) -> None:
        self.root = page.get_by_role("complementary", name="Local only")

    def press(self, name: str) -> None:
        """Press one of its buttons, and wait until it is done."""
        self.root.get_by_role("button", name=name, exact=True).click()
        expect(self.said).not_to_have_text("…", timeout=EVENTS)
        expect(self.said).not_to_contain_text("Not done")

    @property
    def said(self) -> Locator:
        """What came of the last button."""
        return self.root.get_by_role("status")

    def shows(self, type_: str, text: str) -> None:
        """It says this of the newest event of a type, now or when it has looked again."""
        expect(self.event(type_)).to_contain_text(text, timeout=EVENTS)

    def event(self, type_: str) -> Locator:
        """The newest event of a type."""
        return self.root.get_by_role("listitem").filter(has=self.root.page.get_by_text(type_, exact=True)).first
