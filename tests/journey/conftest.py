"""A platform for each file of this folder, and an account on it."""

import json
import re
from collections.abc import Iterator

import pytest

from gitops.engine import available
from local.postgres_place import PostgresError, find_binaries
from tests.journey.platform import Commands, shell


@pytest.fixture(scope="session")
def postgresql_binaries() -> None:
    """Skip, with the reason, where there is no PostgreSQL to run."""
    try:
        find_binaries()
    except PostgresError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def pulumi(postgresql_binaries: None) -> None:  # noqa: ARG001 - without that there is no platform either
    """Skip, with the reason, where there is no engine."""
    if not available():
        pytest.skip("the `pulumi` command is not on the PATH")


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """A platform that is up; what is left of it is stopped and dropped at the end."""
    commands = Commands(tmp_path_factory.mktemp("platform") / "local")
    commands.up()
    yield commands
    commands.run("down", "--reset")


@pytest.fixture(scope="module")
def account(platform: Commands) -> dict[str, str]:
    """An account and a session, made by the lines that `up` prints."""
    printed = platform.up()
    register, login = re.findall(r"^  (curl .*)$", printed, re.MULTILINE)
    account = json.loads(shell(register))["account"]
    session = json.loads(shell(login))
    assert session["account"] == account
    return {"token": session["token"], "email": account["email"], "login": login}
