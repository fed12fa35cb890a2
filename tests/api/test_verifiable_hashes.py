"""Which hashes that others made a password can be compared to."""

import pytest
from argon2 import Type
from argon2.low_level import hash_secret, verify_secret

from api.passwords import is_verifiable
from tests.api.conftest import PASSWORD

BCRYPT = "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW"


@pytest.mark.parametrize("version", [16, 19])
@pytest.mark.parametrize("kind", list(Type))
def test_what_argon2_makes_can_be_verified(kind: Type, version: int) -> None:
    """By the judge as by the library."""
    made = hash_secret(PASSWORD.encode(), b"12345678", 2, 64, 2, 33, kind, version).decode()

    assert is_verifiable(made)
    assert verify_secret(made.encode(), PASSWORD.encode(), kind)


@pytest.mark.parametrize(
    "stored",
    [
        *("", BCRYPT, "correct", "pbkdf2_sha256$600000$c2FsdA$aGFzaA", "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ"),
        "$argon2id$v=20$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFza",
        "$argon2id$v=19$m=64,t=0,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=64,t=1,p=0$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=64,t=1,p=9$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=262145,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=262144,t=5,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g\n",
        "$ARGON2ID$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$aGFzaGhhc2g",
    ],
)
def test_what_cannot_be_verified(stored: str) -> None:
    """Other kinds, torn ones, and what would take more memory than a task has."""
    assert not is_verifiable(stored)
    assert is_verifiable("$argon2id$v=19$m=262144,t=4,p=1$c2FsdHNhbHQ$aGFzaGhhc2g")
