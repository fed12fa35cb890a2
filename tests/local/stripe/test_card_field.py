"""What `stripe.js` puts into a page: the card field."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import Scheme
from tests.local.stripe.card_page import MOUNT, NEEDS_A_BROWSER, Open, browser, new_card, secret, site

__all__ = ["browser", "new_card", "secret", "site"]
pytestmark = NEEDS_A_BROWSER


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_nobody_is_shut_out(new_card: Open, scheme: Scheme) -> None:
    """The empty field, one with an error, and the bank's question: at 360 pixels, in the page's colours."""
    card = await new_card(scheme)

    assert await card.complaints() == []
    await card.confirm()
    await expect(card.page.get_by_text("Your card number is incomplete.")).to_be_visible()
    assert await card.complaints() == []
    await card.type("4000002760003184")
    await card.confirm()
    await expect(card.page.get_by_role("dialog")).to_be_visible()
    assert await card.complaints() == []


async def test_a_strict_policy_lets_it_look_as_it_should(new_card: Open, secret: str) -> None:
    """No style of it is refused, nothing is said on the console, and a second card field changes nothing of that."""
    card = await new_card()
    await card.page.evaluate(MOUNT, secret)

    style = "getComputedStyle(document.querySelector('.stand-in-card')).display"

    assert await card.page.evaluate(style) == "grid"
    assert await card.page.evaluate("document.adoptedStyleSheets.length") == 1
    assert card.said == []


@pytest.mark.parametrize(
    ("typed", "label", "message"),
    [
        (("4242",), "Card number", "Your card number is incomplete."),
        (("4000000000000002",), "Card number", "Your card was declined."),
        (("4242424242424242", "13"), "Expiry (MM / YY)", "Your card's expiry is incomplete."),
        (("4242424242424242", "0120"), "Expiry (MM / YY)", "Your card's expiration year is invalid."),
        (("4000000000000127",), "CVC", "Your card's security code is incorrect."),
    ],
)
async def test_an_error_leads_to_its_field(new_card: Open, typed: tuple[str, ...], label: str, message: str) -> None:
    """The field gets the focus, is marked as wrong and described by the message, until somebody types again.

    So it is read out once: nothing is announced besides.
    """
    card = await new_card()
    await card.type(*typed)
    await card.confirm()

    field = card.page.get_by_label(label)
    await expect(field).to_be_focused()
    await expect(field).to_have_accessible_description(message)
    await expect(card.page.get_by_text(message)).to_be_visible()
    await expect(card.page.get_by_role("alert")).to_be_empty()
    assert await card.page.locator("[aria-invalid=true]").count() == 1
    await card.page.keyboard.press("End")
    await card.page.keyboard.type("1")
    await expect(card.page.get_by_text(message)).to_have_count(0)
    await expect(field).to_have_accessible_description("")
    assert await card.page.locator("[aria-invalid=true]").count() == 0


async def test_an_error_of_the_field_one_is_in_is_announced(new_card: Open) -> None:
    """It gets no focus that it has already, so nobody would hear of it."""
    card = await new_card()
    await card.type("4242424242424242", cvc="1")
    await card.page.get_by_label("CVC").focus()

    await card.confirm()

    await expect(card.page.get_by_role("alert")).to_have_text("Your card's security code is incomplete.")
    await expect(card.page.get_by_label("CVC")).to_have_accessible_description(
        "Your card's security code is incomplete."
    )


async def test_an_error_of_no_field_is_announced(new_card: Open) -> None:
    """And leaves the focus where it is."""
    card = await new_card()
    await card.type("4000000000000119")

    await card.confirm()

    await expect(card.page.get_by_role("alert")).to_contain_text("An error occurred while processing your card.")
    await expect(card.page.get_by_role("button", name="Save")).to_be_focused()
    assert await card.page.locator("[aria-invalid=true]").count() == 0


async def test_the_fields_are_one_group(new_card: Open) -> None:
    """With a name, and a hint which cards there are; each field has its label and what a browser may fill in."""
    card = await new_card()

    group = card.page.get_by_role("group", name="Card")

    await expect(group).to_have_accessible_description("Test cards only, such as 4242 4242 4242 4242.")
    for label, filled in {"Card number": "cc-number", "Expiry (MM / YY)": "cc-exp", "CVC": "cc-csc"}.items():
        await expect(group.get_by_label(label)).to_have_attribute("autocomplete", filled)
