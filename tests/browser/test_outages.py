"""An API that is away, or does not let a page in; a Stripe that does not answer."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.customer import PASSWORD
from tests.browser.mirror import mirror
from tests.browser.shop import Shop
from tests.journey.platform import Commands

AWAY = "PriceGuard does not answer."
ATTEMPTS = 2  # that the API makes at Stripe before it gives up


@pytest.fixture
def service(platform: Commands) -> Iterator[Commands]:
    """The platform, whose service a test takes away; in the end it is there again."""
    yield platform
    if not any(part["name"].startswith("api/") for part in platform.status()["parts"]):
        platform.up()


def test_the_api_is_away_and_comes_back(shop: Shop, service: Commands) -> None:
    """A page says so and goes on by itself; a form keeps what was typed."""
    shop.register()
    shop.follow("Account")
    service.up("--set", "image=none")
    shop.watch.expect("blocked by CORS policy|ERR_|503")
    shop.main.get_by_label("Current password").fill("correct horse battery")
    shop.main.get_by_label("New password").fill("another horse battery")
    shop.press("Change password")
    expect(shop.main.get_by_role("alert")).to_contain_text(AWAY)
    expect(shop.main.get_by_label("New password")).to_have_value("another horse battery")
    shop.follow("Plans")
    expect(shop.main.get_by_role("alert")).to_contain_text(AWAY)

    service.up()
    expect(shop.button("Subscribe to Basic")).to_be_visible(timeout=20_000)
    shop.follow("Account")
    shop.press("Log out")
    shop.log_in()
    shop.is_at("Your subscription")


def test_an_origin_that_is_not_allowed(shop: Shop) -> None:
    """The browser keeps the API's answers from it, whatever its pages do."""
    with mirror(shop.url) as elsewhere:
        shop.watch.allow(elsewhere)
        shop.watch.expect(r"blocked by CORS policy.*register")
        shop.watch.expect(r"ERR_FAILED .*register")
        shop.page.goto(f"{elsewhere}/register")
        shop.main.get_by_label("E-mail address").fill(shop.email)
        shop.main.get_by_label("Password", exact=True).fill(PASSWORD)
        shop.press("Register")
        expect(shop.main.get_by_role("alert")).to_contain_text(AWAY)

    new = {"email": shop.email, "password": PASSWORD}
    made = httpx.post(f"{shop.api_url}/api/auth/register", json=new, trust_env=False)
    assert made.status_code == 201, "the request had reached the API"


def test_stripe_does_not_answer_the_api(shop: Shop) -> None:
    """It says for how long one should wait; then it works."""
    shop.register()
    shop.follow("Card")
    stripe = shop.platform.part("stripe")["address"]
    fault = {"match": "POST /v1/setup_intents", "status": 503, "count": ATTEMPTS}
    httpx.post(f"{stripe}/_stand_in/faults", json=fault, trust_env=False).raise_for_status()
    shop.watch.expect(r"50\d .*create-setup-intent")
    shop.save_card()
    expect(shop.main.get_by_role("alert").filter(has_text="Try again")).to_be_visible()
    shop.press("Save card")
    shop.sees("Your card is saved.")


def test_two_clicks_buy_once(shop: Shop) -> None:
    """The button is busy while the first one is under way."""
    shop.register()
    shop.follow("Card")
    shop.save_card()
    shop.sees("Your card is saved.")
    shop.follow("Plans")
    shop.press("Subscribe to Basic")
    stripe = shop.platform.part("stripe")["address"]
    slow = {"match": "POST /v1/subscriptions", "latency": 1}
    httpx.post(f"{stripe}/_stand_in/faults", json=slow, trust_env=False).raise_for_status()
    buy = shop.button("Subscribe and pay")
    buy.dblclick()
    expect(buy).to_have_attribute("aria-busy", "true")
    shop.status("Active")

    bought = [request for request in shop.watch.asked if request.url.endswith("/create-subscription")]
    assert [request.method for request in bought if request.method == "POST"] == ["POST"]


def test_a_real_key_asks_the_real_stripe(shop: Shop, service: Commands) -> None:
    """Its own script, which nobody can reach from here: the page says so, and so would it with Stripe away."""
    service.up("--set", "stripePublishableKey=pk_test_51RealKeysLookLikeThis")
    try:
        shop.watch.allow("https://js.stripe.com")
        shop.watch.expect(r"ERR_NAME_NOT_RESOLVED .*https://js\.stripe\.com/endive/stripe\.js")
        shop.register()
        shop.follow("Card")
        expect(shop.main.get_by_role("alert")).to_contain_text("Stripe")
        assert not shop.page.get_by_role("complementary", name="Local only").is_visible()
    finally:
        service.up()
