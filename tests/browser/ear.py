"""What somebody hears who does not see the page: what takes the focus, and what a live region says."""

from playwright.sync_api import Page

_LISTEN = """() => {
  window.heard = [];
  const live = "[role=alert], [role=status], [aria-live]";
  const say = (element) => {
    const text = element.textContent.trim();
    // Behind a dialog that is modal, nothing is read out.
    const modal = document.querySelector("dialog:modal");
    if (text && element.checkVisibility() && (!modal || modal.contains(element))) window.heard.push(text);
  };
  new MutationObserver((changes) => {
    const told = new Set();
    for (const { target, addedNodes } of changes) {
      const around = (target.nodeType === Node.ELEMENT_NODE ? target : target.parentElement)?.closest(live);
      if (around) told.add(around);
      for (const node of addedNodes) {
        if (node.nodeType !== Node.ELEMENT_NODE) continue;
        for (const one of [node, ...node.querySelectorAll(live)]) if (one.matches(live)) told.add(one);
      }
    }
    told.forEach(say);
  }).observe(document, { subtree: true, childList: true, characterData: true });
  // What somebody goes to is no news to them; what can take the focus by a script only, is.
  document.addEventListener("focusin", ({ target }) => target.matches("[tabindex='-1']") && say(target));
}"""


class Ear:
    """Listens to a page from now on, until it is loaded anew.

    Args:
        page: a page.
    """

    def __init__(self, page: Page) -> None:
        self._page = page
        page.evaluate(_LISTEN)

    def times(self, words: str) -> int:
        """How often these words were to be heard, each time with whatever stood beside them."""
        heard: list[str] = self._page.evaluate("window.heard")
        return sum(words in text for text in heard)
