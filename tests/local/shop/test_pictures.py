"""The pictures in docs/shop: as many as there are pages, and no older than what they show."""

import re

import pytest

pytest.importorskip("playwright")

from render.configuration import ROOT
from tests.browser.scenes import PAGES
from tests.browser.screenshots import FOLDER, are_current, pictures

_PICTURE = re.compile(r"shop/([\w-]+\.png)")


def test_they_show_what_there_is() -> None:
    """Whoever changes a page takes them anew."""
    assert are_current(), "the pictures of the shop are old: run `make docs`, where there is Chromium"


def test_there_are_no_others() -> None:
    """A page that is gone takes its pictures along."""
    assert set(FOLDER.glob("*.png")) == set(pictures())


def test_every_page_is_shown() -> None:
    """In docs/shop.md, in both schemes, by what it is; the README shows some of them."""
    document, readme = ((ROOT / name).read_text() for name in ("docs/shop.md", "README.md"))
    known = {path.name for path in pictures()}

    assert set(_PICTURE.findall(document)) == known
    assert set(_PICTURE.findall(readme)) <= known
    assert len(set(_PICTURE.findall(readme))) > 2
    assert not [words for words in PAGES.values() if words not in document]
