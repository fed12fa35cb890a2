"""What is found in a published site, and what is not even looked at."""

from collections.abc import Mapping

import httpx
import pytest

from gitops.netlify import bundle
from gitops.netlify.bundle import client, missing
from gitops.netlify.errors import SiteError

SITE = "https://shop.example"
VALUES = {"URL": "https://api.example.com", "PRICE": "price_1"}
PAGE = (
    '<!doctype html><link rel="modulepreload" href="/assets/vendor.js">'
    '<script type=module src="/assets/index.js"></script>'
)
BOTH = 'const a="https://api.example.com",b=`price_1`;'


def lacking(files: Mapping[str, str | httpx.Response | Exception], url: str = SITE) -> tuple[str, ...]:
    """The names whose values are in none of these files, asked by their whole address."""

    def answer(request: httpx.Request) -> httpx.Response:
        found = files.get(str(request.url), httpx.Response(404))
        if isinstance(found, Exception):
            raise found
        return httpx.Response(200, text=found) if isinstance(found, str) else found

    with client(httpx.MockTransport(answer)) as http:
        return missing(VALUES, url, http, lambda _: None)


@pytest.mark.parametrize(
    "files",
    [
        {"/assets/index.js": BOTH},
        {"/assets/vendor.js": BOTH},
        {
            "/assets/index.js": 'a="https://api.example.com/v1";import("./Pricing-1a.js")',
            "/assets/Pricing-1a.js": '"price_1"',
        },
        {"/assets/index.js": 'const d=["assets/Pricing-1a.js"]', "/assets/Pricing-1a.js": BOTH},
        {"/assets/index.js": "import'./a.js'", "/assets/a.js": 'from"./index.js";from"/b.mjs"', "/b.mjs": BOTH},
    ],
    ids=["script", "preloaded", "part loaded later", "list of parts", "imports in a circle"],
)
def test_values_are_found_wherever_the_build_has_put_them(files: dict[str, str]) -> None:
    """A part of the application that is loaded later is read too."""
    assert lacking({f"{SITE}/": PAGE, **{f"{SITE}{path}": text for path, text in files.items()}}) == ()


@pytest.mark.parametrize(
    "script",
    [
        "",
        '"https://api.example.com.evil.example", "price_11"',
        '"https://api.example.com:8443", "old_price_1"',
        '"https://api.example.company", "price_1-a"',
        'import("https://evil.example/x.js");import("//evil.example/x.js")',
    ],
)
def test_a_longer_value_is_another_one_and_other_places_are_not_read(script: str) -> None:
    """Only the site itself tells what was built."""
    files = {f"{SITE}/": PAGE, f"{SITE}/assets/index.js": script, "https://evil.example/x.js": BOTH}
    assert lacking(files) == ("URL", "PRICE")


def test_a_script_of_another_place_is_not_read() -> None:
    """Nor one whose address is none."""
    page = '<script src="https://evil.example/x.js"></script><script src="https://[x.js"></script>'
    assert lacking({f"{SITE}/": page, "https://evil.example/x.js": BOTH}) == ("URL", "PRICE")


def test_a_site_that_stumbles_is_asked_again() -> None:
    """Once is not enough to say that a build is needed."""
    answers = iter([httpx.Response(503), httpx.ConnectTimeout(""), httpx.Response(200, text=BOTH)])

    def answer(_: httpx.Request) -> httpx.Response:
        found = next(answers)
        if isinstance(found, Exception):
            raise found
        return found

    paused: list[float] = []
    with client(httpx.MockTransport(answer)) as http:
        assert missing(VALUES, SITE, http, paused.append) == ()
    assert paused == [bundle.PAUSE] * 2


@pytest.mark.parametrize(
    ("page", "words"),
    [
        (httpx.Response(401), "shows no page: .*without a password"),
        (httpx.Response(301, headers={"Location": "https://elsewhere.example/"}), "shows no page"),
        (httpx.Response(502), "answers 502: see the site at Netlify"),
        (httpx.ReadTimeout("slow"), r"does not answer \(ReadTimeout\)"),
    ],
)
def test_a_site_that_cannot_be_read_is_told(page: httpx.Response | Exception, words: str) -> None:
    """And never taken for an old one: that would cost a build."""
    with pytest.raises(SiteError, match=words):
        lacking({f"{SITE}/": page, "https://elsewhere.example/": BOTH})


def test_nothing_is_read_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one script nor a chain of them."""
    monkeypatch.setattr(bundle, "LARGEST", 1000)
    with pytest.raises(SiteError, match="larger than a script should be"):
        lacking({f"{SITE}/": PAGE, f"{SITE}/assets/index.js": "x" * 1001})

    monkeypatch.setattr(bundle, "MOST_SCRIPTS", 10)
    chain = {f"{SITE}/{number}.js": f'"/{number + 1}.js"' for number in range(20)}
    assert lacking({f"{SITE}/": '<script src="/0.js"></script>', **chain, f"{SITE}/20.js": BOTH}) == ("URL", "PRICE")


@pytest.mark.parametrize("url", ["", "http://shop.example", "ftp://127.0.0.1"])
def test_only_an_address_that_nobody_can_change_on_the_way_is_read(url: str) -> None:
    """Or one on this machine."""
    with pytest.raises(SiteError, match="is not https"):
        lacking({}, url)
