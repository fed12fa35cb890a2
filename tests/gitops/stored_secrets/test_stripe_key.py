"""Stripe's API key before it is stored: its form, and whether Stripe knows it."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from gitops.stored_secrets.stripe_key import StripeKeyError, check_form, check_with_stripe

BODY = "51AbCdEfGhIjKlMnOpQr"


@pytest.mark.parametrize("kind", ["sk", "rk"])
@pytest.mark.parametrize(("environment", "mode"), [("dev", "test"), ("prod", "live")])
def test_a_key_of_the_environment_is_taken(kind: str, environment: str, mode: str) -> None:
    """Secret or restricted, in the environment's mode; in the other environment it is refused."""
    other = {"dev": "prod", "prod": "dev"}[environment]
    key = f"{kind}_{mode}_{BODY}"

    check_form(key, environment)

    with pytest.raises(StripeKeyError, match=f"that is a key of {mode} mode; {other} takes"):
        check_form(key, other)


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("", "there is no key"),
        (" \t", "there is no key"),
        (f"sk_test_{BODY}\x00", "another sign that no key has"),
        (f"sk_test_{BODY} ", "another sign that no key has"),
        (f"sk_test_{BODY}\nsk_test_{BODY}", "another sign that no key has"),
        (f"sk_test_{BODY}é", "another sign that no key has"),
        (f"pk_test_{BODY}", "publishable key, which is for the browser: it goes into priceguard:stripePublishableKey"),
        (f"whsec_{BODY}", "signing secret of a webhook endpoint"),
        ("sk_test_51Ab", "no API key of Stripe's, or not all of it"),
        (f"sk_test_{BODY * 20}", "no API key of Stripe's, or not all of it"),
        (f"sk_test_{BODY}-1", "no API key of Stripe's, or not all of it"),
        (f"x{BODY}", "no API key of Stripe's, or not all of it"),
    ],
)
def test_anything_else_is_refused_by_words(key: str, words: str) -> None:
    """With what is expected, and never with what was given."""
    with pytest.raises(StripeKeyError, match=words) as refused:
        check_form(key, "dev")

    assert str(refused.value).endswith("dev takes sk_test_... or rk_test_..., copied whole")
    assert BODY not in str(refused.value)


@dataclass
class Stripe:
    """A server that answers as Stripe does; `asked` holds path and credentials of each request."""

    url: str
    status: int = 200
    error: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])


@pytest.fixture
def stripe() -> Iterator[Stripe]:
    """On a free port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said.asked.append((self.path, self.headers["Authorization"]))
            body = json.dumps({"error": {"message": said.error}} if said.error else {"object": "balance"}).encode()
            self.send_response(said.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_request(self, code: object = "", size: object = "") -> None:
            """Nobody reads it."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        said = Stripe(f"http://127.0.0.1:{server.server_port}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield said
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [200, 403, 404])
def test_stripe_knows_the_key(stripe: Stripe, status: int) -> None:
    """A restricted key may not be allowed to see this, which only a known key is told."""
    stripe.status, stripe.error = status, "" if status == 200 else "not allowed"

    check_with_stripe(f"rk_test_{BODY}", stripe.url)

    assert stripe.asked == [("/v1/balance", f"Bearer rk_test_{BODY}")]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "Stripe does not know this key, or it has expired or was revoked"),
        (429, "Stripe cannot be asked \\(RateLimitError, status 429\\)"),
        (500, "Stripe cannot be asked \\(APIError, status 500\\); try again, or with --no-check do not ask"),
    ],
)
def test_stripe_does_not_know_it_or_cannot_say(stripe: Stripe, status: int, words: str) -> None:
    """What Stripe says of a key holds its end, and is not repeated."""
    stripe.status, stripe.error = status, f"Invalid API Key provided: sk_test_****{BODY[-4:]}"

    with pytest.raises(StripeKeyError, match=words) as refused:
        check_with_stripe(f"sk_test_{BODY}", stripe.url)

    assert BODY[-4:] not in str(refused.value)


def test_nobody_answers(unused_tcp_port: int) -> None:
    """No network."""
    with pytest.raises(StripeKeyError, match="Stripe cannot be asked \\(APIConnectionError"):
        check_with_stripe(f"sk_test_{BODY}", f"http://127.0.0.1:{unused_tcp_port}")
