"""A page with what `stripe.js` puts into it, in a real browser: a strict policy, a keyboard, a narrow window."""

import os
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from local.stripe.stand_in import StandIn
from tests.browser import chromium
from tests.browser.chromium import Scheme
from tests.local.stripe.shop import Shop

HTML = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/shop.css">
<script src="{script}" defer></script>
<main><h1>Shop</h1><form id="card"></form><button>Save</button></main></html>"""
CSS = ":root { color-scheme: light dark; background: light-dark(#f6f6f9, #16161d); color: light-dark(#223, #eef) }"
MOUNT = """secret => {
  window.shop = Stripe("pk_test_x");
  window.elements = shop.elements({ clientSecret: secret });
  elements.create("payment").mount("#card");
}"""
CONFIRM = """() => { window.result = shop.confirmSetup({ elements, redirect: "if_required" }); }"""

NEEDS_A_BROWSER = pytest.mark.skipif(chromium.executable() is None, reason=chromium.MISSING)


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium.executable(), chromium_sandbox=os.geteuid() != 0
        )
        yield launched
        await launched.close()


class Card:
    """A page of a shop with the card field, which saves a card.

    Attributes:
        page: the page.
        said: what the browser said on the console.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.said: list[str] = []
        page.on("console", lambda message: self.said.append(message.text))

    async def type(self, number: str, expiry: str = "1240", cvc: str = "123") -> None:
        """Fill in the fields as a keyboard does, from the first on."""
        await self.page.get_by_label("Card number").focus()
        for text in (number, expiry, cvc):
            await self.page.keyboard.type(text)
            await self.page.keyboard.press("Tab")

    async def confirm(self) -> None:
        """Begin to save it."""
        await self.page.evaluate(CONFIRM)

    async def result(self) -> Any:
        """What the page gets."""
        return await self.page.evaluate("result")

    async def complaints(self) -> list[str]:
        """What shuts people out of the page as it is, by axe; and whether something sticks out of the window."""
        found = (await Axe().run(self.page)).response["violations"]
        wide = await self.page.evaluate("document.documentElement.scrollWidth > innerWidth")
        return [f"{one['id']}: {one['nodes']}" for one in found] + ["too wide"] * wide


@pytest.fixture
async def secret(shop: Shop) -> str:
    """Of a setup intent."""
    customer = await shop.customer(None)
    return str((await shop.client.v1.setup_intents.create_async({"customer": customer})).client_secret)


@pytest.fixture
async def site(stand_in: StandIn) -> AsyncGenerator[str]:
    """A shop's page, whose policy lets scripts come from Stripe and styles from the shop's own files only."""
    policy = f"default-src 'none'; script-src {stand_in.url}; connect-src {stand_in.url}; style-src 'self'"
    html = HTML.format(script=f"{stand_in.url}/endive/stripe.js")

    async def answer(_: web.Request) -> web.Response:
        headers = {"Content-Security-Policy": policy, "Referrer-Policy": "no-referrer"}
        return web.Response(text=html, content_type="text/html", headers=headers)

    app = web.Application()

    async def style(_: web.Request) -> web.Response:
        return web.Response(text=CSS, content_type="text/css")

    app.router.add_get("/{page:|plans}", answer)
    app.router.add_get("/shop.css", style)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    await runner.cleanup()


Open = Callable[..., Awaitable[Card]]


@pytest.fixture
async def new_card(browser: Browser, site: str, secret: str) -> Open:
    """Opens the page in a window that is as narrow as they get: `new_card(scheme="light")`."""

    async def opened(scheme: Scheme = "light") -> Card:
        width, height = chromium.NARROW
        page = await browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
        page.set_default_timeout(10_000)
        card = Card(page)
        await page.goto(site)
        await page.evaluate(MOUNT, secret)
        return card

    return opened
