"""`priceguard secrets set`: what an operator types, sees, and gets as exit code."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from typer.testing import CliRunner, Result

from gitops.stored_secrets.stripe_key import StripeKeyError
from gitops.stored_secrets.values import NAMES
from priceguard import app_secrets
from priceguard.cli import app
from tests.gitops.cluster import REGION

NAME = "priceguard/dev/stripe-secret-key"
KEY = "sk_test_51AbCdEfGhIjKlMnOpQr"


def call(*arguments: str, typed: str | bytes = "") -> Result:
    """`priceguard secrets ...` with something on standard input."""
    return CliRunner().invoke(app, ["secrets", *arguments], input=typed)


def make_secrets(secrets: Any) -> None:
    """The four secrets with a version each."""
    for name in NAMES:
        secrets.create_secret(Name=f"priceguard/dev/{name}", SecretString="sk_test_theFirstOfAllKeys")


def stored(secrets: Any) -> str:
    """The current value of the key."""
    return secrets.get_secret_value(SecretId=NAME)["SecretString"]


@pytest.fixture
def at_stripe(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The keys that Stripe was asked about; it knows all of them."""
    asked: list[str] = []
    monkeypatch.setattr(app_secrets, "check_with_stripe", asked.append)
    return asked


@pytest.fixture
def secrets(at_stripe: list[str]) -> Iterator[Any]:
    """Secrets Manager of an emulated AWS, with the four secrets."""
    assert not at_stripe
    with mock_aws():
        client = boto3.client("secretsmanager", REGION)
        make_secrets(client)
        yield client


def test_a_piped_key_is_put(secrets: Any, at_stripe: list[str]) -> None:
    """Without its line end, after Stripe was asked; then the message says what rolls, and how."""
    printed = call("set", "dev", "stripe-secret-key", typed=f"{KEY}\n")

    version = secrets.describe_secret(SecretId=NAME)["VersionIdsToStages"]
    (current,) = [id_ for id_, stages in version.items() if "AWSCURRENT" in stages]
    first, second = printed.stdout.splitlines()
    assert first == f"✓ {NAME} has a new version, {current[:8]}"
    assert second == (
        "  Running tasks keep the old one, which their task definition names. The deploy workflow of dev, or "
        "`pulumi up --stack dev`, makes a new task definition, and that rolls the service priceguard-server of cluster "
        "priceguard-dev. Then revoke the old key."
    )
    assert (printed.exit_code, stored(secrets), at_stripe) == (0, KEY, [KEY])


def test_the_same_key_again_is_not_put(secrets: Any) -> None:
    """So it rolls nothing."""
    call("set", "dev", "stripe-secret-key", typed=KEY)
    before = secrets.describe_secret(SecretId=NAME)["VersionIdsToStages"]

    printed = call("set", "dev", "stripe-secret-key", typed=f"{KEY}\r\n")

    assert printed.stdout == f"{NAME} has this value already; nothing was written\n"
    assert printed.exit_code == 0
    assert secrets.describe_secret(SecretId=NAME)["VersionIdsToStages"] == before


def test_stripe_need_not_be_asked(secrets: Any, at_stripe: list[str]) -> None:
    """Where it cannot be reached."""
    assert call("set", "dev", "stripe-secret-key", "--no-check", typed=KEY).exit_code == 0
    assert (stored(secrets), at_stripe) == (KEY, [])


def test_what_stripe_does_not_know_is_not_put(secrets: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service would refuse every customer with it."""

    def refuse(_: str) -> None:
        raise StripeKeyError("Stripe does not know this key")

    monkeypatch.setattr(app_secrets, "check_with_stripe", refuse)

    printed = call("set", "dev", "stripe-secret-key", typed=KEY)

    assert (printed.stderr, printed.exit_code) == ("✗ Stripe does not know this key\n", 1)
    assert stored(secrets) != KEY


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "there is no key"),
        ("\n", "there is no key"),
        (f"{KEY}\x00", "another sign that no key has"),
        (b"sk_test_\xff51AbCdEfGhIjKlMnOp", "another sign that no key has"),
        ("sk_live_51AbCdEfGhIjKlMnOpQr", "that is a key of live mode; dev takes sk_test_"),
        ("pk_test_51AbCdEfGhIjKlMnOpQr", "that is a publishable key"),
        ("sk_test_" + "51AbCdEfGhIjKlMnOpQr" * 100_000, "no API key of Stripe's, or not all of it"),
    ],
)
def test_what_is_no_key_of_the_environment_is_refused(
    secrets: Any, at_stripe: list[str], typed: str | bytes, words: str
) -> None:
    """By words, which do not repeat it; nobody is asked about it."""
    printed = call("set", "dev", "stripe-secret-key", typed=typed)

    assert words in printed.stderr
    assert "51AbCdEfGhIjKlMnOp" not in printed.output
    assert printed.exit_code == 1
    assert not at_stripe
    assert stored(secrets) == "sk_test_theFirstOfAllKeys"


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ((KEY,), 2, "local, dev or prod"),
        (
            ("dev", "stripe-secret-key", KEY),
            2,
            "the value is never an argument: others on this machine can read it there",
        ),
        (("dev", "stripe-secret-key", KEY, "--no-check"), 2, "the value is never an argument"),
        (("dev", KEY), 1, "there is no secret of that name"),
        (("dev", "database-url"), 1, "database-url is composed by the program from the database's address"),
        (
            ("dev", "allowed-origins"),
            1,
            "priceguard:allowedOrigins in the stack's file; change it there, then `pulumi up`",
        ),
        (("dev", "stripe-webhook-secret"), 1, "priceguard:webhookSlots rotates them (docs/stripe.md)"),
    ],
)
def test_a_wrong_command_line_puts_nothing(arguments: tuple[str, ...], code: int, words: str) -> None:
    """And repeats nothing; it needs no AWS to say so."""
    printed = call("set", *arguments)

    assert words in printed.stderr
    assert printed.exit_code == code
    assert KEY not in printed.output


def test_prod_is_another_secret(secrets: Any) -> None:
    """That does not exist here."""
    printed = call("set", "prod", "stripe-secret-key", typed=KEY.replace("test", "live"))

    assert "there is no secret priceguard/prod/stripe-secret-key in us-east-1 yet: `pulumi up`" in printed.stderr
    assert printed.exit_code == 1
    assert stored(secrets) == "sk_test_theFirstOfAllKeys"
