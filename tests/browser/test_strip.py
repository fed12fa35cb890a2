"""The control strip itself: what it says when something behind it is away, and that a keyboard stays where it is."""

from playwright.sync_api import Route, expect

from tests.browser.shop import Shop


def test_it_says_that_the_stand_in_is_away_as_long_as_it_is(shop: Shop) -> None:
    """Once, and no longer."""
    shop.register()
    shop.follow("Card")
    shop.save_card()
    expect(shop.strip.event("payment_method.attached")).to_be_visible()
    where = "**/_stand_in/deliveries?*"
    shop.watch.expect("ERR_FAILED .*deliveries")
    shop.page.route(where, lambda route: route.abort())
    expect(shop.strip.said).to_contain_text("The stand-in does not answer")

    shop.page.unroute(where)
    expect(shop.strip.said).to_be_empty()


def test_a_trail_that_could_not_be_read_is_read_again(shop: Shop) -> None:
    """What events changed is told then; and the focus is where it was, whatever comes in above it."""
    failing = [True]

    def once(route: Route) -> None:
        if failing and failing.pop():
            route.fulfill(status=502, json={"error": {"message": "the service does not run here"}})
        else:
            route.continue_()

    shop.page.route("**/local/changes?*", once)
    shop.watch.expect("502 .*/local/changes")
    shop.subscribe()
    shop.status("Active")  # else the page that comes takes the focus
    expect(shop.strip.said).to_have_text("What events changed cannot be told: the service does not run here")
    resend = shop.strip.event("invoice.paid").get_by_role("button")
    resend.focus()
    shop.page.keyboard.press("Enter")
    expect(shop.strip.said).to_have_text("The event is sent again.")
    paid = shop.strip.event("invoice.paid")
    expect(paid).to_contain_text("changed nothing new", timeout=15_000)  # the request that bought it has told all
    expect(resend).to_be_focused()


def test_accounts_that_could_not_be_read_are_told(shop: Shop) -> None:
    """The others were."""
    shop.register()
    shop.page.route("**/local/reconcile", lambda route: route.fulfill(json={"read": 3, "failed": 1}))
    shop.strip.press("Reconcile")

    expect(shop.strip.said).to_have_text("The API has read 3 account(s) at Stripe again, 1 in vain.")
