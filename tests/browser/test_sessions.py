"""Sessions that end: by time, elsewhere, in another window."""

import asyncio
import json
import threading

import asyncpg
import boto3
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewShop
from tests.browser.shop import Shop
from tests.journey.platform import Commands


def expire_sessions(platform: Commands) -> None:
    """Let the time of all sessions be over, in the database, as if a month had passed."""
    aws = boto3.client(
        "secretsmanager",
        endpoint_url=platform.part("aws")["address"],
        region_name="us-east-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )
    url = aws.get_secret_value(SecretId="priceguard/dev/database-url")["SecretString"]

    async def expire() -> None:
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("UPDATE sessions SET expires_at = now()")
        finally:
            await connection.close()

    thread = threading.Thread(target=lambda: asyncio.run(expire()))  # in this one Playwright's loop runs
    thread.start()
    thread.join()


def test_a_session_whose_time_is_over(shop: Shop, platform: Commands) -> None:
    """The next thing that one does says so; after the next login one is there again."""
    shop.register()
    expire_sessions(platform)
    shop.watch.expect("401 ")
    shop.follow("History")
    shop.sees("Your session has ended. Log in again.")
    shop.log_in()

    shop.is_at("History")


def test_a_session_that_was_ended_elsewhere(shop: Shop) -> None:
    """What was typed into a form is not sent under a false name."""
    shop.register()
    shop.follow("Card")
    shop.fill_card("4242424242424242")
    shop.ask_api("POST", "/api/auth/logout-all")
    shop.watch.expect("401 ")
    shop.press("Save card")

    shop.sees("Your session has ended. Log in again.")


def test_all_windows_log_out_together(shop: Shop) -> None:
    """And in together."""
    shop.register()
    other: Page = shop.page.context.new_page()
    other.goto(f"{shop.url}/plans")
    expect(other.get_by_role("heading", level=1, name="Plans")).to_be_visible()

    shop.follow("Account")
    shop.press("Log out")
    expect(other.get_by_role("heading", level=1, name="Log in")).to_be_visible()
    shop.log_in()
    expect(other.get_by_role("heading", level=1, name="Log in")).to_have_count(0)


def test_logging_out_everywhere(shop: Shop, new_shop: NewShop) -> None:
    """Also on another device, which hears of it when it asks."""
    shop.register()
    elsewhere = new_shop()
    elsewhere.email = shop.email
    elsewhere.open()
    elsewhere.log_in()
    elsewhere.is_at("Your subscription")
    shop.follow("Account")
    shop.press("Log out everywhere")
    shop.is_at("Log in")

    elsewhere.watch.expect("401 ")
    elsewhere.follow("Plans")
    elsewhere.sees("Your session has ended. Log in again.")


def test_a_broken_memory_is_no_session(shop: Shop) -> None:
    """Whatever stands where the session is kept."""
    shop.open()
    for kept in ("{", "null", json.dumps({"token": 1}), json.dumps([])):
        shop.page.evaluate("kept => localStorage.setItem('priceguard.session', kept)", kept)
        shop.open("/plans")
        shop.is_at("Log in")
