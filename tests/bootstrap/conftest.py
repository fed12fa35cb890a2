"""The account that most tests look at holds both environments."""

import pytest

from tests.bootstrap.account import Account, make


@pytest.fixture(scope="session")
def account() -> Account:
    """What the bootstrap makes in an account of both environments."""
    return make()
