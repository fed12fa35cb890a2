"""`python -m tests.browser.screenshots`: a picture of every page, in both colour schemes, for the documents.

They are taken anew when what they show has changed, or one is missing; `make docs` runs this.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from render.configuration import ROOT
from tests.browser import chromium
from tests.browser.scenes import PAGES, walk
from tests.browser.shop import Shop
from tests.browser.watch import Watch
from tests.journey.platform import Commands

FOLDER = ROOT / "docs" / "shop"
SCHEMES: tuple[chromium.Scheme, ...] = ("light", "dark")
STRIP = "strip"
"""The picture of the control strip, below the page of a payment that failed."""
SIZE = (1000, 640)

_SOURCES = FOLDER / "sources.sha256"
_SHOWN = ("local/shop/**/*", "local/stripe/*.js", "tests/browser/scenes.py", "tests/browser/screenshots.py")


def fingerprint() -> str:
    """Of everything that decides how the pages look."""
    files = sorted(path for pattern in _SHOWN for path in ROOT.glob(pattern) if path.is_file())
    digest = hashlib.sha256()
    for path in files:
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


def pictures() -> list[Path]:
    """Every picture that there has to be."""
    return [picture(name, scheme) for name in (*PAGES, STRIP) for scheme in SCHEMES]


def picture(name: str, scheme: chromium.Scheme) -> Path:
    """Where the picture of a page is kept."""
    return FOLDER / f"{name}-{scheme}.png"


def are_current() -> bool:
    """Whether they show what there is."""
    return all(map(Path.exists, pictures())) and _SOURCES.exists() and _SOURCES.read_text().strip() == fingerprint()


def main() -> int:
    """Take them if they are old; 0 also where there is no browser to do it with, which is said."""
    if are_current():
        return 0
    if chromium.executable() is None:
        sys.stderr.write(f"docs/shop: the pictures stay as they are: {chromium.MISSING}\n")
        return 0
    with tempfile.TemporaryDirectory() as directory:
        commands = Commands(Path(directory) / "local")
        commands.up()
        try:
            take(commands)
        finally:
            commands.run("down")
    _SOURCES.write_text(f"{fingerprint()}\n")
    return 0


def take(platform: Commands) -> None:
    """Walk through the shop and take them all; those of pages that are no longer there go."""
    FOLDER.mkdir(exist_ok=True)
    for old in set(FOLDER.glob("*.png")) - set(pictures()):
        old.unlink()
    with chromium.browser() as browser:
        context = chromium.window(browser, SIZE)
        shop = Shop(context.new_page(), platform, Watch(context, set()))
        shop.email = "ada@example.com"
        for name in walk(shop):
            if name == "past-due":
                shoot(shop, STRIP)
            show_strip(shop, shown=False)
            shoot(shop, name)
            show_strip(shop, shown=True)


def shoot(shop: Shop, name: str) -> None:
    """Take the page as it is, in both schemes; all of it, but for what lies behind a dialog."""
    whole = not shop.page.locator("dialog[open]").count()
    for scheme in SCHEMES:
        shop.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        shop.page.screenshot(path=picture(name, scheme), full_page=whole, animations="disabled")


def show_strip(shop: Shop, *, shown: bool) -> None:
    """The strip is no part of a page."""
    shop.page.evaluate("shown => { document.getElementById('strip').hidden = !shown }", shown)


if __name__ == "__main__":
    sys.exit(main())
