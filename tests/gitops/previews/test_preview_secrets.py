"""The second look for secrets in what leaves a job."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.previews.secrets import SHORTEST, without_secrets
from tests.log_lines import PATTERNS


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("key sk_live_51HabcdEFGH.", "key [secret]."),
        ("rk_test_51Habcd", "[secret]"),
        ("whsec_abcdef0123", "[secret]"),
        ("AKIAIOSFODNN7EXAMPLE", "[secret]"),
        ("ghp_" + "a" * 36, "[secret]"),
        ("github_pat_" + "a" * 40, "[secret]"),
        ("nfp_" + "a" * 36, "[secret]"),
        ("eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeKKF2", "[secret]"),
        ("postgresql://app:hunter22@db:5432/appdb", "postgresql://[secret]@db:5432/appdb"),
        ("-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----", "[secret]"),
        ("https://example.com:443/a?b=c@d", "https://example.com:443/a?b=c@d"),
        ("pk_live_51Habcd sha256:abc 123456789012.dkr.ecr", "pk_live_51Habcd sha256:abc 123456789012.dkr.ecr"),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    """By its shape, and nothing else."""
    assert without_secrets(text, {}) == shown
    assert json.loads(without_secrets(json.dumps({"a": text}), {})) == {"a": shown}


@given(st.text(min_size=SHORTEST, max_size=30), st.text(max_size=20), st.text(max_size=20))
def test_the_values_of_secret_variables_are_masked(value: str, before: str, after: str) -> None:
    """Also where they stand in JSON; whatever they are."""
    environment = {"STRIPE_API_KEY": value, "PATH": "/usr/bin:/bin"}
    text = json.dumps({"a": f"{before}{value}{after}", "path": "/usr/bin:/bin"})

    assert json.dumps(value)[1:-1] not in without_secrets(text, environment).replace("[secret]", "")
    assert "/usr/bin:/bin" in without_secrets(text, environment) or value in "/usr/bin:/bin"


def test_a_short_value_is_no_secret() -> None:
    """It would be found in everything."""
    assert without_secrets("dev", {"SECRET_NAME": "dev"}) == "dev"


@pytest.mark.parametrize("what", ["a key of Stripe's", "a signing secret", "a password in a URL"])
def test_what_the_logs_are_looked_through_for_is_masked(what: str) -> None:
    """By the patterns of the whole test run."""
    samples = {
        "a key of Stripe's": "sk_test_4eC39HqLyjWD",
        "a signing secret": "whsec_4eC39HqLyjWD",
        "a password in a URL": "postgresql://app:hunter22@db/appdb",
    }
    assert PATTERNS[what].search(samples[what])
    assert not PATTERNS[what].search(without_secrets(samples[what], {}))
