"""GitHub, Netlify and Stripe: as they should be nothing is found, and each thing that is astray is one row."""

import json
import shlex
from pathlib import Path

import httpx
import pytest

from gitops.doctor import stripe_account
from gitops.doctor.github_branch import DEMANDS
from gitops.doctor.report import State
from infra.stripe_billing import API_VERSION, WEBHOOK_PATH
from tests.gitops.doctor.astray import Astray
from tests.gitops.doctor.deviations_of_branches import OF_BRANCH, OF_ENVIRONMENTS, OF_OWNERS
from tests.gitops.doctor.deviations_of_github import OF_REPOSITORY
from tests.gitops.doctor.deviations_of_services import OF_NETLIFY, OF_STRIPE
from tests.gitops.doctor.world import CANARIES, GITHUB, LIVE_KEY, NETLIFY, SITE, STRIPE, World, deploys, healthy, live

ALL = (*OF_REPOSITORY, *OF_OWNERS, *OF_BRANCH, *OF_ENVIRONMENTS, *OF_NETLIFY, *OF_STRIPE)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """As it should be."""
    return healthy(tmp_path)


def ids(world: World, *environments: str) -> dict[str, State]:
    """Of every row that is not good."""
    return {check: row.state for check, row in world.told(*environments).items()}


def test_nothing_is_found_where_all_is_well(world: World) -> None:
    """A key of Stripe's is of one mode: the other environment is not asked about."""
    report = world.examine()

    assert ids(world) == {"stripe-prod": State.NOT_ASKED}
    assert report.findings == []
    assert len({row.id for row in report.rows}) == len(report.rows) > 80


def test_prod_is_well_with_a_key_of_live_mode(world: World) -> None:
    """Alone, nothing is left unasked."""
    live(world)

    assert ids(world, "prod") == {}
    assert ids(world) == {"stripe-dev": State.NOT_ASKED}


def test_it_only_reads_and_asks_nothing_twice(world: World) -> None:
    """Every request, of all three."""
    world.examine()

    assert {asked.partition(" ")[0] for asked in world.asked} == {"GET"}
    assert len(set(world.asked)) == len(world.asked)


@pytest.mark.parametrize("astray", ALL, ids=lambda astray: astray.finding)
def test_what_is_astray_is_one_row(world: World, astray: Astray) -> None:
    """That one alone, with what is there and what to do."""
    before = world.told(*astray.environments)

    astray.make(world)

    after = world.told(*astray.environments)
    others = {"stripe-dev", "stripe-prod"}  # with another key, it is the other environment that is not asked about
    assert {check for check in after if check not in before} - others == {astray.finding}
    assert before.keys() - after.keys() - others == set()
    row = after[astray.finding]
    assert row.state is astray.state
    assert astray.found in row.found
    assert astray.fix in row.fix
    assert row.expected != row.found
    for line in row.fix.splitlines():
        assert not line.startswith("gh ") or len(shlex.split(line)) > 3


def test_nothing_secret_is_shown(world: World) -> None:
    """Neither tokens nor keys, whatever is answered."""
    live(world)
    for address in list(world.answers)[1::2]:
        world.answers[address] = 500
    shown = json.dumps(world.examine().as_dict())

    assert "500" in shown
    assert [canary for canary in (*CANARIES.values(), LIVE_KEY, "canaryOfTheKey") if canary in shown] == []


def test_a_branch_without_rules_is_eight_findings_with_one_remedy(world: World) -> None:
    """A ruleset that holds all of it."""
    world.at("/rules/branches/main").clear()

    told = world.told("dev")

    assert {row.subject for row in told.values()} == {"github-main"}
    assert "github-main.pull_request" in told
    assert len(told) == len(DEMANDS) == 8
    (fix,) = {row.fix for row in told.values()}
    command, text, end = fix.splitlines()
    assert command == "gh api --method PUT repos/example/platform/rulesets/7 --input - <<'JSON'"
    assert end == "JSON"
    world.at("/rules/branches/main").extend(json.loads(text)["rules"])
    assert world.told("dev") == {}


def test_prod_with_a_key_of_test_mode_is_wrong(world: World) -> None:
    """Nothing else is asked with it."""
    row = world.told("prod")["stripe-prod.key"]

    assert (row.state, row.found) == (State.WRONG, "that is a key of test mode")
    assert row.fix == "STRIPE_API_KEY: prod takes sk_live_... or rk_live_..., copied whole"
    assert not [asked for asked in world.asked if "stripe.com" in asked]


def test_the_older_branch_protection_counts_too(world: World) -> None:
    """Where no ruleset is in force."""
    world.at("/rules/branches/main").clear()
    world.at("/branches/main")["protection"]["enabled"] = True
    protection = {
        "required_pull_request_reviews": {
            "required_approving_review_count": 2,
            "require_code_owner_reviews": True,
            "dismiss_stale_reviews": True,
        },
        "required_status_checks": {
            "strict": True,
            "checks": [{"context": name} for name in ("test", "preview (dev)", "preview (prod)", "lint")],
        },
        "allow_force_pushes": {"enabled": False},
        "allow_deletions": {"enabled": False},
    }
    world.answers[f"{GITHUB}/branches/main/protection"] = protection

    assert world.told("dev", only=("github",)) == {}

    protection["allow_deletions"] = {"enabled": True}
    assert list(world.told("dev", only=("github",))) == ["github-main.deletion"]


def test_what_protects_a_branch_unseen_is_unread_and_not_wrong(world: World) -> None:
    """Only administrators see branch protection."""
    world.at("/rules/branches/main").clear()
    world.at("/branches/main")["protection"]["enabled"] = True

    told = world.told("dev", only=("github",))

    assert {row.subject for row in told.values()} == {"github-main"}
    assert {row.state for row in told.values()} == {State.UNREAD}
    assert {row.fix for row in told.values()} == {"use a token that has: Administration (read)"}


def test_variables_of_the_repository_and_further_pages_count(world: World) -> None:
    """GitHub gives thirty at once, and a job gets those of the repository too."""
    several = [{"name": f"OTHER_{number}", "value": "x"} for number in range(45)]
    backend = world.at("/environments/drift-dev/variables")["variables"].pop()

    def pages(request: httpx.Request) -> httpx.Response:
        page = int(request.url.params["page"])
        found = [*several, backend][30 * (page - 1) : 30 * page]
        return httpx.Response(200, json={"total_count": 46, "variables": found})

    assert "github-drift-dev.PULUMI_BACKEND_URL" in world.told("dev")
    world.answers[f"{GITHUB}/actions/variables"] = pages
    assert world.told("dev") == {}


def test_a_rotation_of_webhooks_has_two_endpoints(world: World) -> None:
    """As many as the stack's file has slots."""
    world.write("dev", webhookSlots="b,a")
    assert list(world.told("dev")) == ["stripe-dev.webhook_endpoints"]

    data = world.answers[f"{STRIPE}/webhook_endpoints"]["data"]
    data.append({**data[0], "id": "we_3"})
    assert world.told("dev") == {}


def test_failed_and_older_deploys_cost_nothing(world: World) -> None:
    """Netlify counts production deploys of the month that worked."""
    address = f"{NETLIFY}/sites/{SITE}/deploys"
    for changed in ({"state": "error"}, {"context": "deploy-preview"}, {"created_at": "2020-01-01T00:00:00Z"}):
        world.answers[address] = deploys(50, **changed)
        assert world.told("dev", only=("netlify",)) == {}


def test_a_key_that_only_reads_is_enough_for_drift(world: World) -> None:
    """And says so where it is missing; a deployment's must write."""
    for environment in ("drift-dev", "dev"):
        world.at(f"/environments/{environment}/secrets")["secrets"].clear()

    told = world.told("dev")

    assert told["github-drift-dev.STRIPE_API_KEY"].expected == "a secret; a restricted key that only reads is enough"
    assert told["github-dev.STRIPE_API_KEY"].expected == "a secret"


def test_the_program_and_the_doctor_mean_the_same_endpoint() -> None:
    """They may not import each other."""
    assert stripe_account.WEBHOOK_PATH == WEBHOOK_PATH
    assert stripe_account._version() == API_VERSION  # pyright: ignore[reportPrivateUsage]
