"""`priceguard doctor` with services: what an operator sees of what is astray, to consider, and not asked."""

import json
from functools import partial
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from priceguard import doctor
from priceguard.cli import app
from tests.gitops.doctor.world import CANARIES, World, healthy, live


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """What the command looks at."""
    made = healthy(tmp_path)
    http = {"transport": httpx.MockTransport(made.answer)}
    look = partial(doctor.examine, root=tmp_path, environ=made.environ, http=http)
    monkeypatch.setattr(doctor, "examine", look)
    return made


def call(*arguments: str) -> Result:
    """`priceguard doctor ...` about the services."""
    only = [part for name in ("github", "netlify", "stripe") for part in ("--only", name)]
    return CliRunner().invoke(app, ["doctor", *only, *arguments])


@pytest.mark.usefixtures("world")
def test_what_is_not_asked_leaves_the_exit_code_alone() -> None:
    """One line says how to have it asked."""
    printed = call()

    assert printed.exit_code == 0, printed.output
    assert printed.stdout.startswith("dev and prod\n")
    assert "-  stripe-prod" in printed.stdout
    assert "not asked: STRIPE_API_KEY is of test mode; export a key of live mode" in printed.stdout
    assert printed.stdout.endswith("checks, no findings, 1 not asked\n")


def test_advice_is_shown_with_its_remedy_and_is_no_finding(world: World) -> None:
    """It may well be meant."""
    world.at("/environments/prod")["protection_rules"].clear()
    live(world)

    printed = call("prod")

    assert printed.exit_code == 0
    assert "!  github-prod.required_reviewers" in printed.stdout
    assert "# github-prod.required_reviewers\nhttps://github.com/example/platform/settings" in printed.stdout
    assert printed.stdout.endswith("checks, no findings, 1 to consider\n")


def test_a_finding_ends_with_one(world: World) -> None:
    """With what a shell takes."""
    world.at("/environments/dev/secrets")["secrets"].clear()

    printed = call("dev")

    assert printed.exit_code == 1
    assert "\ngh secret set STRIPE_API_KEY --env dev --repo example/platform\n" in printed.stdout
    assert [canary for canary in CANARIES.values() if canary in printed.output] == []


def test_nothing_that_can_be_asked_ends_with_two(world: World) -> None:
    """The reason is on standard error."""
    world.environ.clear()

    printed = call("--json")

    assert (printed.exit_code, printed.stdout) == (2, "")
    assert printed.stderr.startswith("✗ no GITHUB_TOKEN or GH_TOKEN; export GITHUB_TOKEN=$(gh auth token)")


@pytest.mark.usefixtures("world")
def test_json_says_what_was_not_asked() -> None:
    """Account and region are null when AWS was not."""
    printed = call("--json")
    told = json.loads(printed.stdout)

    assert printed.exit_code == 0
    assert (told["account"], told["region"], told["good"]) == (None, None, True)
    assert [check["id"] for check in told["checks"] if check["state"] == "not-asked"] == ["stripe-prod"]


def test_another_group_is_none() -> None:
    """There are five."""
    assert CliRunner().invoke(app, ["doctor", "--only", "azure"]).exit_code == 2
