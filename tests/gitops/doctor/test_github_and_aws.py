"""AWS and GitHub side by side: what AWS trusts is the repository that is looked at, and its jobs."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gitops.doctor.report import State
from tests.gitops.doctor.patient import Patient, an_account, bootstrap, refusing
from tests.gitops.doctor.world import GITHUB, World, healthy

BOTH = ("aws", "github")


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Patient]:
    """As the bootstrap makes it, for the repository 2002."""
    with an_account(tmp_path_factory.mktemp("trusting")) as made:
        bootstrap(made)
        yield made


@pytest.fixture
def world(patient: Patient) -> World:
    """The repository of that account."""
    made = healthy(patient.root)
    for environment in ("dev", "prod"):
        patient.write_stack_file(environment)
    return made


def told(world: World, patient: Patient, session: Any = None) -> dict[str, tuple[State, str]]:
    """What is not good, of both."""
    report = world.examine(only=BOTH, session=session or patient.session)
    return {row.id: (row.state, row.found) for row in report.rows if row.state is not State.GOOD}


def test_both_are_well(world: World, patient: Patient) -> None:
    """The outputs of the stack are in the environments' variables."""
    assert told(world, patient) == {}


@pytest.mark.parametrize(
    ("keys", "value", "check"),
    [
        (("id",), 2003, "github-repository.id"),
        (("owner", "id"), 1, "github-repository.owner_id"),
        (("full_name",), "example/renamed", "github-repository.full_name"),
    ],
)
def test_another_repository_than_aws_trusts_is_found(
    world: World, patient: Patient, keys: tuple[str, ...], value: Any, check: str
) -> None:
    """Its jobs would get no role."""
    inside = world.at("")
    for key in keys[:-1]:
        inside = inside[key]
    inside[keys[-1]] = value

    assert told(world, patient) == {check: (State.WRONG, str(value))}


def test_credentials_that_aws_refuses_do_not_stop_the_others(world: World) -> None:
    """One line of the group; the repository is looked at."""
    session = refusing("sts.GetCallerIdentity", "ExpiredToken")
    report = world.examine(only=BOTH, session=session)
    (row,) = report.findings

    assert (row.id, row.state) == ("aws", State.UNREAD)
    assert row.found.startswith("AWS does not take these credentials")
    assert "aws sso login" in row.fix
    assert (report.account, report.region) == (None, None)
    assert f"GET {GITHUB}/actions/permissions" in world.asked


def test_environments_of_two_accounts_leave_aws_unasked(world: World, patient: Patient) -> None:
    """That is how it may be; the roles in GitHub's variables are those of each account."""
    world.write("prod", account="210987654321")

    found = told(world, patient)

    assert found.pop("aws")[0] is State.NOT_ASKED
    assert {check.partition(".")[2] for check in found} == {"AWS_ROLE_ARN", "PULUMI_BACKEND_URL"}
    assert {check.partition(".")[0] for check in found} == {"github-preview-prod", "github-drift-prod", "github-prod"}


def test_without_credentials_aws_is_not_asked(world: World, patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    """That is no finding where something else can be asked."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    away = {"AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_CONFIG_FILE": "/dev/null"}
    for name, value in {**away, "AWS_EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(name, value)

    report = world.examine(only=BOTH)
    (row,) = (row for row in report.rows if row.state is not State.GOOD)

    assert patient.root == world.root
    assert (row.id, row.state) == ("aws", State.NOT_ASKED)
    assert "sign in" in row.fix
    assert report.findings == []


@pytest.mark.parametrize(
    "remote",
    [
        "git@github.com:example/platform.git",
        "https://github.com/example/platform",
        "ssh://git@github.com/example/platform.git",
    ],
)
def test_the_repository_is_that_of_the_checkout(tmp_path: Path, remote: str) -> None:
    """Unless GITHUB_REPOSITORY says another."""
    world = healthy(tmp_path)
    del world.environ["GITHUB_REPOSITORY"]
    for arguments in (("init", "--quiet"), ("remote", "add", "origin", remote)):
        subprocess.run(["git", "-C", str(tmp_path), *arguments], check=True)

    assert world.told("dev", only=("github",)) == {}


@pytest.mark.parametrize("given", ["", "no name", "a/b/c", "-"])
def test_where_nobody_says_which_repository_it_is_not_asked(tmp_path: Path, given: str) -> None:
    """Nothing is sent anywhere."""
    world = healthy(tmp_path)
    world.environ["GITHUB_REPOSITORY"] = given

    (row,) = world.told("dev", only=("github", "stripe")).values()

    assert (row.id, row.state) == ("github", State.NOT_ASKED)
    assert row.fix == "export GITHUB_REPOSITORY=<owner>/<name>"
    assert not [asked for asked in world.asked if "github.com" in asked]
