"""The certificate authorities of RDS: exactly the bundle that AWS publishes, and valid for years."""

import datetime as dt
import hashlib
from pathlib import Path

import pytest
from cryptography import x509

BUNDLE = Path(__file__).parents[2] / "api" / "certificates" / "rds-global-bundle.pem"
# https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
SHA256 = "530f8d6acc7245315a7a05a0c926ec13869ef010650c30c62ac0ba758cedde31"


@pytest.fixture(scope="module")
def authorities() -> list[x509.Certificate]:
    """The certificates of the bundle."""
    return x509.load_pem_x509_certificates(BUNDLE.read_bytes())


def test_the_bundle_is_the_published_one() -> None:
    """Nobody added an authority of their own."""
    assert hashlib.sha256(BUNDLE.read_bytes()).hexdigest() == SHA256


def test_it_holds_the_roots_of_rds_and_nothing_else(authorities: list[x509.Certificate]) -> None:
    """Each certificate signed itself and is named as AWS names them."""
    assert len(authorities) > 80
    for authority in authorities:
        authority.verify_directly_issued_by(authority)
        assert "Amazon RDS" in authority.subject.rfc4514_string()
        assert "Root CA" in authority.subject.rfc4514_string()


def test_none_ends_within_five_years(authorities: list[x509.Certificate]) -> None:
    """Time to take a newer bundle when this fails."""
    first = min(authorities, key=lambda authority: authority.not_valid_after_utc)
    left = first.not_valid_after_utc - dt.datetime.now(dt.UTC)
    assert left > dt.timedelta(days=5 * 365), f"{first.subject.rfc4514_string()} ends {first.not_valid_after_utc}"
