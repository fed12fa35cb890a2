"""One platform and one browser for the whole folder; a window for each test.

They end with the folder: while Playwright runs, no other loop of asyncio can.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from local.postgres_place import PostgresError, find_binaries
from tests.browser import chromium
from tests.browser.customer import Customer
from tests.browser.shop import Shop
from tests.browser.watch import Watch
from tests.journey.platform import Commands

NewShop = Callable[..., Shop]
"""Opens the shop in a window of its own; takes what `chromium.window` takes."""


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; the tests are skipped, with the reason, where there is none."""
    if chromium.executable() is None:
        pytest.skip(chromium.MISSING)
    with chromium.browser() as launched:
        yield launched


@pytest.fixture(scope="package")
def platform(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:  # noqa: ARG001 - first
    """The platform as `make up` starts it, on free ports."""
    try:
        find_binaries()
    except PostgresError as error:
        pytest.skip(str(error))
    commands = Commands(tmp_path_factory.mktemp("browser") / "local")
    commands.up()
    yield commands
    commands.run("down", "--reset")


@pytest.fixture
def new_shop(browser: Browser, platform: Commands) -> Iterator[NewShop]:
    """Opens windows; each is watched, and in the end nothing may have gone wrong in any."""
    opened: list[Shop] = []

    def new(*arguments: object, **named: object) -> Shop:
        context = chromium.window(browser, *arguments, **named)  # pyright: ignore[reportArgumentType] - passed on
        status = platform.status()
        stripe = next(part["address"] for part in status["parts"] if part["name"] == "stripe")
        watch = Watch(context, {status["shop_url"], status["api_url"], stripe, "data:", "blob:"})
        opened.append(Shop(context.new_page(), platform, watch))
        return opened[-1]

    yield new
    for shop in opened:
        shop.page.context.close()
    for shop in opened:
        shop.watch.verify()


@pytest.fixture
def shop(new_shop: NewShop) -> Shop:
    """The shop in one window, which is empty as yet."""
    return new_shop()


@pytest.fixture
def customer(platform: Commands) -> Customer:
    """Somebody new."""
    return Customer(platform)
