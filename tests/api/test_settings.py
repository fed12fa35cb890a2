"""The environment: everything wrong is named at once, and no value of a secret is shown."""

import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.settings import STRIPE, VARIABLES, Settings, SettingsError
from tests.api.sample_settings import PRICES, STRIPE_VARIABLES

VALID = {
    "ENVIRONMENT": "dev",
    "REVISION": "0123abc",
    "LOG_LEVEL": "INFO",
    "HOST": "0.0.0.0",  # noqa: S104 — what the task definition says
    "PORT": "4000",
    "DATABASE_URL": "postgresql://app:s3cret@db.example:5432/appdb?sslmode=verify-full&sslrootcert=/ca.pem",
    "ALLOWED_ORIGINS": "https://shop.example,http://localhost:5173",
    **STRIPE_VARIABLES,
}


def test_a_valid_environment() -> None:
    """Every variable arrives; others are of no interest."""
    settings = Settings.from_environment(VALID | {"HOME": "/root"})
    assert settings.port == 4000
    assert settings.database_url == VALID["DATABASE_URL"]
    assert settings.allowed_origins == {"https://shop.example", "http://localhost:5173"}
    assert set(VARIABLES) == set(VALID)


def test_stripe() -> None:
    """Several signing secrets, the newest first; a key with the end of its line; prices as objects."""
    secrets = "whsec_theNewerSecretOfOurs, whsec_theOlderSecretOfOurs"
    settings = Settings.from_environment(
        VALID | {"STRIPE_WEBHOOK_SECRET": secrets, "STRIPE_SECRET_KEY": "sk_test_pasted\n"}
    )
    assert settings.stripe_webhook_secret == ("whsec_theNewerSecretOfOurs", "whsec_theOlderSecretOfOurs")
    assert (settings.stripe_secret_key, settings.live) == ("sk_test_pasted", False)
    assert settings.stripe_prices == PRICES
    live = {"ENVIRONMENT": "prod", "STRIPE_SECRET_KEY": "rk_live_restricted", "STRIPE_API_URL": STRIPE}
    assert Settings.from_environment(VALID | live).live
    here = {"ENVIRONMENT": "prod", "STRIPE_SECRET_KEY": "sk_live_local0", "STRIPE_API_URL": "http://127.0.0.1:1"}
    assert Settings.from_environment(VALID | here).live, "the local platform's prod, whose Stripe is a stand-in"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"STRIPE_SECRET_KEY": "sk_live_x"}, "STRIPE_SECRET_KEY is a live key, and dev takes test keys only"),
        ({"ENVIRONMENT": "prod"}, "STRIPE_SECRET_KEY is a test key, and prod takes live keys only"),
        ({"ENVIRONMENT": "prod", "STRIPE_SECRET_KEY": "sk_live_x"}, "STRIPE_API_URL is not Stripe's own"),
    ],
)
def test_the_mode_belongs_to_the_environment(changes: dict[str, str], problem: str) -> None:
    """Real money only in prod, and only at Stripe itself."""
    with pytest.raises(SettingsError, match=problem) as caught:
        Settings.from_environment(VALID | changes)
    assert "_live_x" not in str(caught.value)


def test_a_repr_shows_no_secret() -> None:
    """It may end up in a log."""
    shown = repr(Settings.from_environment(VALID))
    assert VALID["STRIPE_SECRET_KEY"] not in shown
    assert VALID["STRIPE_WEBHOOK_SECRET"] not in shown
    assert "revision='0123abc'" in shown
    assert "s3cret" not in shown
    assert "shop.example" not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENVIRONMENT", ""),
        ("REVISION", "two words"),
        ("LOG_LEVEL", "info"),
        ("LOG_LEVEL", "TRACE"),
        ("HOST", ""),
        ("STRIPE_SECRET_KEY", "pk_test_publishable"),
        ("STRIPE_SECRET_KEY", ""),
        ("STRIPE_WEBHOOK_SECRET", ""),
        ("STRIPE_WEBHOOK_SECRET", "whsec_aSecretThatIsOne,"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_short"),
        ("STRIPE_API_URL", "https://stripe.example"),
        ("STRIPE_PRICES", "[]"),
        ("STRIPE_PRICES", "nonsense"),
        ("STRIPE_PRICES", '[{"id": "price_1"}]'),
        ("STRIPE_PRICES", '{"id": "price_1"}'),
        ("STRIPE_PRICES", STRIPE_VARIABLES["STRIPE_PRICES"].replace("900,", "true,")),
        ("STRIPE_PRICES", STRIPE_VARIABLES["STRIPE_PRICES"].replace('"month"', '"fortnight"')),
        ("STRIPE_PRICES", STRIPE_VARIABLES["STRIPE_PRICES"].replace("Yearly", "Monthly")),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("DATABASE_URL", "postgresql://app:s3cret@db.example:5432/appdb"),
        ("DATABASE_URL", "postgresql://app:s3cret@db.example/appdb?sslmode=prefer"),
        ("DATABASE_URL", "postgresql://app:s3cret@db.example/appdb?sslmode=verify-full"),
        ("DATABASE_URL", "postgresql://app:s3cret@db.example:port/appdb?sslmode=require"),
        ("DATABASE_URL", "postgresql://app@db.example/appdb?sslmode=require"),
        ("DATABASE_URL", "mysql://app:s3cret@db.example/appdb?sslmode=require"),
        ("ALLOWED_ORIGINS", ""),
        ("ALLOWED_ORIGINS", "*"),
        ("ALLOWED_ORIGINS", "https://*.shop.example"),
        ("ALLOWED_ORIGINS", "https://shop.example/"),
        ("ALLOWED_ORIGINS", "https://Shop.example"),
        ("ALLOWED_ORIGINS", "http://shop.example"),
        ("ALLOWED_ORIGINS", "https://shop.example,,"),
    ],
)
def test_a_wrong_value_is_named_and_not_shown(name: str, value: str) -> None:
    """The message says which variable and what it should be."""
    with pytest.raises(SettingsError, match=f"{name} is not valid") as caught:
        Settings.from_environment(VALID | {name: value})
    assert "s3cret" not in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2


@given(st.dictionaries(st.sampled_from(VARIABLES), st.text()))
def test_any_environment_is_accepted_or_explained(environment: dict[str, str]) -> None:
    """Whatever the values are, SettingsError is the only refusal."""
    try:
        Settings.from_environment(environment)
    except SettingsError as error:
        named = [line.split()[0] for line in str(error).splitlines()[1:]]
        assert set(VARIABLES) - set(environment) <= set(named)


def test_the_command_explains_an_incomplete_environment() -> None:
    """One block that names every missing variable, no traceback, and the exit code for it."""
    nothing = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", "api"], env=nothing, capture_output=True, text=True, check=False, timeout=30
    )
    assert (done.returncode, done.stdout) == (78, "")
    assert all(f"{name} is not set" in done.stderr for name in VARIABLES)
    assert "Traceback" not in done.stderr
