"""Nobody is shut out: every page by axe-core's rules, in both colour schemes, and in the narrowest window."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.chromium import NARROW, WIDE
from tests.browser.conftest import NewShop
from tests.browser.customer import Customer
from tests.browser.scenes import PAGES, walk
from tests.browser.shop import Shop

AXE = {"preload": False}  # would copy the strip's style sheet into the page, which the page's policy refuses

# WCAG 1.4.12: so much space somebody may set between lines, paragraphs, words and letters. Of the pages only: the strip
# is no part of them. A sheet that a script makes is no inline style, which the page's policy refuses.
_SPACE = """() => {
  window.space ??= new CSSStyleSheet();
  space.replaceSync(`* { line-height: 1.5 !important; letter-spacing: 0.12em !important;
    word-spacing: 0.16em !important } p { margin-block-end: 2em !important }`);
  document.adoptedStyleSheets.push(space);
}"""
_NO_SPACE = "() => { document.adoptedStyleSheets = document.adoptedStyleSheets.filter((sheet) => sheet !== space) }"
_CUT = """() => [...document.querySelectorAll("main *, header *, dialog *")].filter((element) => {
  const { overflowX, overflowY } = getComputedStyle(element);
  const isCut = (overflowX !== "visible" && element.scrollWidth > element.clientWidth + 1)
    || (overflowY !== "visible" && element.scrollHeight > element.clientHeight + 1);
  return isCut && element.checkVisibility() && !element.closest(".unseen, thead, input");
}).map((element) => element.outerHTML.slice(0, 200))"""

# What is left of a look where somebody has forced other colours.
_LINES = """(element) => {
  const names = ["textDecorationLine", "outlineStyle", "fontWeight", "borderBlockStartStyle", "borderBlockEndStyle"];
  return names.map((name) => getComputedStyle(element)[name]);
}"""


def complaints(shop: Shop) -> list[str]:
    """What axe-core finds in the page as it is."""
    found: list[dict[str, Any]] = Axe().run(shop.page, options=AXE).response["violations"]
    nodes = [(one["id"], node["html"], node["failureSummary"]) for one in found for node in one["nodes"]]
    return [f"{rule}: {html} {why}" for rule, html, why in nodes] + sticking_out(shop)


def sticking_out(shop: Shop) -> list[str]:
    """Whether one has to scroll sideways."""
    wide = shop.page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return ["sticks out"] * wide


def complaints_with_space(shop: Shop) -> list[str]:
    """What has no room when the text takes more."""
    shop.page.evaluate(_SPACE)
    found = sticking_out(shop) + [f"is cut: {html}" for html in shop.page.evaluate(_CUT)]
    shop.page.evaluate(_NO_SPACE)
    return found


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_every_page_is_for_everybody(new_shop: NewShop, size: tuple[int, int]) -> None:
    """In light and dark, with the control strip below it, and with the text spaced out."""
    shop, wrong, seen = new_shop(size), list[str](), list[str]()
    for name in walk(shop):
        seen.append(name)
        for scheme in ("light", "dark"):
            shop.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            wrong += [f"{name}, {scheme}: {complaint}" for complaint in complaints(shop)]
        wrong += [f"{name}, with space: {complaint}" for complaint in complaints_with_space(shop)]

    assert seen == list(PAGES)
    assert not wrong, "\n".join(wrong)


def test_one_sees_where_one_is_in_forced_colours(shop: Shop, customer: Customer) -> None:
    """The link of the page that is there looks different from the others, and not by a colour or a shadow."""
    shop.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    shop.enter(customer, "/plans", "Plans")
    navigation = shop.page.get_by_role("navigation")
    current, other = (navigation.get_by_role("link", name=name, exact=True) for name in ("Plans", "History"))
    expect(current).to_have_attribute("aria-current", "page")

    assert current.evaluate(_LINES) != other.evaluate(_LINES)
