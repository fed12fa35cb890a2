"""Cards that are declined, banks that ask, renewals that fail, and webhooks that are lost or come twice."""

import pytest
from playwright.sync_api import expect

from tests.browser.shop import AUTHENTICATE, DECLINED, EVENTS, LATER_DECLINED, RENEWAL_FAILS, WORKS, Shop


def test_a_card_that_is_declined_when_it_is_saved(shop: Shop) -> None:
    """The field says so, and takes another one."""
    shop.register()
    shop.follow("Card")
    shop.watch.expect(r"402 .*/confirm")
    shop.save_card(DECLINED)
    expect(shop.main.get_by_role("alert").filter(has_text="declined").first).to_be_visible()

    shop.save_card(WORKS)
    shop.sees("Visa ending in 4242")


def test_a_card_that_is_declined_when_it_is_charged(shop: Shop) -> None:
    """Nothing begins; with another card it does."""
    shop.register()
    shop.follow("Card")
    shop.save_card(LATER_DECLINED)
    shop.sees("Your card is saved.")
    shop.follow("Plans")
    shop.watch.expect(r"402 .*/create-subscription")
    shop.choose("Basic", "$9.00")
    expect(shop.page.get_by_role("dialog").get_by_role("alert")).to_contain_text("declined")
    shop.press("Not now")

    shop.follow("Subscription")
    shop.status("Not begun yet")
    shop.main.get_by_role("link", name="Use another card").click()
    shop.save_card(WORKS)
    shop.sees("Your card is saved, and everything is paid.")
    shop.status("Active")


def test_a_renewal_that_fails_and_the_recovery(shop: Shop) -> None:
    """Who acts as Stripe declines it; the page shows it by itself, and another card mends it."""
    shop.subscribe(RENEWAL_FAILS)
    shop.status("Active")
    shop.strip.press("Next renewal")
    shop.status("Payment failed")
    shop.strip.shows("invoice.payment_failed", "arrived")

    shop.main.get_by_role("link", name="Use another card").click()
    shop.sees("What is owed is paid with this card at once.")
    shop.save_card(WORKS)
    shop.sees("Your card is saved, and everything is paid.")
    shop.status("Active")


def test_the_next_payment_is_declined_by_the_strip(shop: Shop) -> None:
    """Whatever the card; a renewal before that works. The strip says what each event has changed."""
    shop.subscribe()
    shop.status("Active")
    shop.strip.press("Next renewal")
    shop.strip.shows("invoice.paid", "arrived")
    shop.status("Active")
    shop.strip.press("Decline the next payment")
    shop.strip.press("Next renewal")
    shop.status("Payment failed")

    expect(shop.strip.root.get_by_text("status: active → past_due").first).to_be_visible(timeout=EVENTS)


@pytest.mark.parametrize("reloads", [False, True], ids=["at-once", "after-a-reload"])
def test_a_bank_that_wants_to_know_who_pays(shop: Shop, *, reloads: bool) -> None:
    """The subscription begins when the customer has said so, also after the page was loaded anew."""
    shop.subscribe(AUTHENTICATE)
    shop.is_at("Confirm your payment")
    if reloads:
        shop.page.reload()
        shop.is_at("Confirm your payment")
    shop.sees("$9.00")
    shop.press("Confirm payment")
    shop.answer_the_bank()

    shop.is_at("Your subscription")
    shop.sees("Your payment is confirmed.")
    shop.status("Active")


def test_a_customer_whom_the_bank_does_not_know(shop: Shop) -> None:
    """Nothing is paid; another attempt works."""
    shop.subscribe(AUTHENTICATE)
    shop.is_at("Confirm your payment")
    shop.press("Confirm payment")
    shop.answer_the_bank("Fail authentication")
    expect(shop.main.get_by_role("alert")).to_be_visible()
    shop.press("Try again")
    shop.answer_the_bank()

    shop.status("Active")


def test_events_that_are_lost(shop: Shop) -> None:
    """What happens at Stripe is unknown, until the API reads it there again."""
    shop.subscribe(RENEWAL_FAILS)
    shop.status("Active")
    lose = shop.strip.root.get_by_role("switch", name="Lose events")
    lose.check()
    expect(shop.strip.said).to_contain_text("lost")
    shop.strip.press("Next renewal")
    shop.strip.shows("invoice.payment_failed", "lost")
    lose.uncheck()
    expect(shop.strip.said).to_have_text("Events arrive again.")
    shop.page.reload()
    shop.status("Active")

    shop.strip.press("Reconcile")
    shop.status("Payment failed")


def test_an_event_that_comes_twice(shop: Shop) -> None:
    """It changes nothing the second time."""
    shop.subscribe()
    shop.status("Active")
    paid = shop.strip.event("invoice.paid")
    shop.strip.shows("invoice.paid", "arrived, 200")
    before = shop.ask_api("GET", "/api/billing/subscription")
    paid.get_by_role("button", name="Send invoice.paid again").click()
    expect(shop.strip.said).to_have_text("The event is sent again.")
    shop.strip.shows("invoice.paid", "sent again")
    shop.strip.shows("invoice.paid", "arrived, 200")

    assert shop.ask_api("GET", "/api/billing/subscription") == before
