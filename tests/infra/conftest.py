"""The manifests of both stacks, rendered once for all tests of this folder."""

import pytest

from render.manifest import Manifest
from tests.manifests import rendered


@pytest.fixture(scope="session")
def dev() -> Manifest:
    """The dev stack as it is configured."""
    return rendered("dev")


@pytest.fixture(scope="session")
def prod() -> Manifest:
    """The prod stack as it is configured."""
    return rendered("prod")


@pytest.fixture(params=["dev", "prod"])
def stack(request: pytest.FixtureRequest) -> Manifest:
    """Each stack in turn."""
    return request.getfixturevalue(request.param)
