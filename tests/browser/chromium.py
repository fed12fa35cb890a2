"""A Chromium of this system, driven by Playwright, that reaches nothing but this machine."""

import os
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
WIDE, NARROW = (1280, 900), (320, 640)
"""Pixels: a laptop's window, and one at 400 %, which is narrower than any telephone (WCAG 1.4.10)."""

Scheme = Literal["light", "dark"]

_ARGUMENTS = [
    # Pages that ask any other machine are then found out, and what the browser itself would ask stays here as well.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
    "--disable-quic",
    "--no-first-run",
]


def executable() -> str | None:
    """The browser that CHROMIUM names, or the first one on the PATH; None without one."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else NAMES)), None)


MISSING = f"no browser: install Chromium, or let CHROMIUM name one; looked for {', '.join(NAMES)}"


@contextmanager
def browser() -> Generator[Browser]:
    """One that runs."""
    with sync_playwright() as playwright:
        # Chromium's own sandbox wants a user other than root, and pages come from this checkout.
        launched = playwright.chromium.launch(
            executable_path=executable(), chromium_sandbox=os.geteuid() != 0, args=_ARGUMENTS
        )
        yield launched
        launched.close()


def window(launched: Browser, size: tuple[int, int] = WIDE, scheme: Scheme = "light") -> BrowserContext:
    """A window with nothing in it: no session, no storage; whatever is animated stands still."""
    width, height = size
    context = launched.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        locale="en-GB",
        timezone_id="UTC",
    )
    context.set_default_timeout(10_000)
    return context
