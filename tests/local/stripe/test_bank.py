"""The customer's bank, as `stripe.js` lets it ask in a page."""

import pytest
from playwright.async_api import Locator, Route, expect

from local.stripe.stand_in import StandIn
from tests.local.stripe.card_page import NEEDS_A_BROWSER, Card, Open, browser, new_card, secret, site
from tests.local.stripe.shop import Shop

__all__ = ["browser", "new_card", "secret", "site"]
pytestmark = NEEDS_A_BROWSER

NO = "setup_intent_authentication_failure"


@pytest.fixture
async def card(new_card: Open) -> Card:
    """A page in which the bank asks, and which was the second one of its site."""
    card = await new_card()
    await card.page.evaluate("history.pushState(null, '', '/card')")
    await card.type("4000002760003184")
    await card.confirm()
    await expect(question(card)).to_be_visible()
    return card


def question(card: Card) -> Locator:
    """The dialog."""
    return card.page.get_by_role("dialog", name="Test bank")


async def status(shop: Shop, secret: str) -> str:
    """Of the setup intent."""
    return str((await shop.client.v1.setup_intents.retrieve_async(secret.partition("_secret_")[0])).status)


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        (["Enter"], None),
        (["Tab", "Enter"], "setup_intent_authentication_failure"),
        (["Escape"], "setup_intent_authentication_failure"),
    ],
)
async def test_the_bank_is_answered_by_keyboard(
    new_card: Open, shop: Shop, secret: str, keys: list[str], code: str | None
) -> None:
    """Its question has a name, and the first button the focus; Escape is a no."""
    card = await new_card()
    await card.type("4000002760003184")
    await card.confirm()
    dialog = card.page.get_by_role("dialog", name="Test bank")
    await expect(dialog).to_have_accessible_description(
        "Your bank wants to know whether this is you. Nothing real happens here."
    )
    await expect(dialog.get_by_role("button", name="Complete authentication")).to_be_focused()

    for key in keys:
        await card.page.keyboard.press(key)

    result = await card.result()
    intent = await shop.client.v1.setup_intents.retrieve_async(secret.partition("_secret_")[0])
    assert result.get("error", {}).get("code") == code
    assert intent.status == ("requires_payment_method" if code else "succeeded")
    await expect(dialog).to_have_count(0)


@pytest.mark.parametrize(
    "way",
    ["history.back()", "history.pushState(null, '', '/login')", "history.replaceState(null, '', '/login?next=1')"],
)
async def test_it_does_not_follow_to_another_page(card: Card, shop: Shop, secret: str, way: str) -> None:
    """Leaving the page of a single-page site is a no: nothing is paid that nobody sees any more."""
    await card.page.evaluate(way)

    await expect(question(card)).to_have_count(0)
    assert (await card.result())["error"]["code"] == NO
    assert await status(shop, secret) == "requires_payment_method"


async def test_it_stays_while_the_page_does(card: Card, shop: Shop, secret: str) -> None:
    """Which may note something in its entry of the history. After the answer nothing listens any more."""
    await card.page.evaluate("history.replaceState({ noted: 1 }, '')")

    await expect(question(card)).to_be_visible()
    await card.page.keyboard.press("Enter")
    assert (await card.result())["setupIntent"]["status"] == "succeeded"
    await card.page.evaluate("history.pushState(null, '', '/plans')")
    assert await status(shop, secret) == "succeeded"
    assert card.said == []


@pytest.mark.parametrize("away", ["**/_stand_in/authentications/*", "**/v1/setup_intents/*"])
async def test_stripe_may_be_away_after_the_answer(card: Card, away: str) -> None:
    """When it should hear the answer, and when it should say what came of it: an error as of any other request."""

    async def cut(route: Route) -> None:
        await route.abort()

    await card.page.route(away, cut)

    await card.page.keyboard.press("Enter")

    error = (await card.result())["error"]
    assert error["type"] == "api_connection_error"
    assert error["message"].startswith("The local Stripe does not answer: ")
    await expect(card.page.get_by_role("alert")).to_have_text(error["message"])


async def test_somebody_else_may_have_answered(card: Card, stand_in: StandIn, secret: str) -> None:
    """In another tab, say: the page gets what came of that, whatever is answered here."""
    stand_in.authenticate(secret.partition("_secret_")[0])

    await card.page.keyboard.press("Escape")

    assert (await card.result())["setupIntent"]["status"] == "succeeded"
