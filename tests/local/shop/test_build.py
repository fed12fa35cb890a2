"""What a browser gets of the demo shop."""

import json
from pathlib import Path
from typing import Any

import pytest

from local.shop_build import FILES, Build, File

API, STRIPE = "http://localhost:8080", "http://127.0.0.1:34567"
ENVIRONMENT = {
    "VITE_API_BASE_URL": "https://api.example.com",
    "VITE_STRIPE_PUBLISHABLE_KEY": "pk_test_local",
    "VITE_STRIPE_PRICE_BASIC": "price_1",
}
SCRIPT = 'const script = "https://js.stripe.com/endive/stripe.js";\n'


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A shop of three files, and a file beside it."""
    shop = tmp_path / "shop"
    (shop / "pages").mkdir(parents=True)
    (shop / "index.html").write_text("<!doctype html>\n")
    (shop / "pages" / "card.js").write_text(SCRIPT)
    (shop / "notes.txt").write_text("for people")
    (tmp_path / "secret.js").write_text("of somebody else")
    return shop.resolve()


def build(files: Path = FILES, **environment: str) -> Build:
    """A build with these variables set otherwise."""
    return Build(environment=ENVIRONMENT | environment, api=API, stripe=STRIPE, files=files)


def sources(policy: str) -> dict[str, set[str]]:
    """Directive -> its sources."""
    return {name: set(allowed) for name, *allowed in (part.split() for part in policy.split("; "))}


def values(file: File | None) -> Any:
    """What the configuration's one constant is."""
    assert file is not None
    assert file.content_type == "text/javascript"
    return json.loads(file.text.removeprefix("export const environment = ").rstrip(";\n"))


def test_the_configuration_is_the_output(files: Path) -> None:
    """But for the API's name, which DNS leads elsewhere."""
    assert values(build(files).file("/config.js")) == ENVIRONMENT | {"VITE_API_BASE_URL": API}


def test_a_value_is_data_whatever_it_holds(files: Path) -> None:
    """No value ends the constant."""
    odd = '";alert(1)//\u2028</script>'

    assert values(build(files, VITE_STRIPE_PRICE_BASIC=odd).file("/config.js"))["VITE_STRIPE_PRICE_BASIC"] == odd


@pytest.mark.parametrize("path", ["/", "/plans", "/no/such/page", "/pages"])
def test_a_page_is_the_shop(files: Path, path: str) -> None:
    """Which has its routes in the browser."""
    assert build(files).file(path) == File("<!doctype html>\n", "text/html")


@pytest.mark.parametrize(
    "path",
    [
        "/missing.js",
        "/notes.txt",
        "/../secret.js",
        "//../secret.js",
        "/pages/../../secret.js",
        "/a\0.js",
        f"/{'a' * 300}.js",
    ],
)
def test_no_other_file_is_had(files: Path, path: str) -> None:
    """Neither a page in place of a script, nor what lies beside the shop."""
    assert build(files).file(path) is None


def test_a_link_out_of_the_shop_leads_nowhere(files: Path) -> None:
    """As little as a path does."""
    (files / "link.js").symlink_to(files.parent / "secret.js")

    assert build(files).file("/link.js") is None


def test_stripe_is_the_stand_in(files: Path) -> None:
    """With a key that it alone takes; pages may ask it, and run its script."""
    made = build(files)
    allowed = sources(made.content_security_policy)

    assert made.file("/pages/card.js") == File(SCRIPT.replace("https://js.stripe.com", STRIPE), "text/javascript")
    assert allowed["script-src"] == {"'self'", STRIPE}
    assert allowed["connect-src"] == {"'self'", API, STRIPE}
    assert allowed["frame-src"] == {"'none'"}


@pytest.mark.parametrize("key", ["pk_test_51Abc", "pk_live_51Abc"])
def test_stripe_is_stripe_with_a_real_key(files: Path, key: str) -> None:
    """A page then loads Stripe's own script, and may not ask the stand-in."""
    made = build(files, VITE_STRIPE_PUBLISHABLE_KEY=key)
    allowed = sources(made.content_security_policy)

    assert made.file("/pages/card.js") == File(SCRIPT, "text/javascript")
    assert "https://js.stripe.com" in allowed["script-src"]
    assert allowed["connect-src"] == {"'self'", API, "https://api.stripe.com"}
    assert STRIPE not in made.content_security_policy


def test_nothing_is_allowed_that_is_not_named() -> None:
    """Neither by whom it is framed, nor what it loads, nor where a form goes."""
    allowed = sources(build().content_security_policy)

    assert allowed["default-src"] == allowed["frame-ancestors"] == allowed["base-uri"] == {"'none'"}
    assert allowed["form-action"] == {"'self'"}
    assert not any({"'unsafe-inline'", "'unsafe-eval'", "*"} & names for names in allowed.values())
