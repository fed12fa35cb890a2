"""Services that do not answer, or not everything, or nonsense: a reason with the next step, never a crash."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops.doctor.errors import DoctorError
from gitops.doctor.report import State
from tests.gitops.doctor.world import CANARIES, GITHUB, NETLIFY, SITE, STRIPE, World, healthy

SITE_ROWS = {"netlify-site.repo_url", "netlify-site.stop_builds", "netlify-site.cmd", "netlify-site.credits"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=8,
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    """As it should be."""
    return healthy(tmp_path)


@pytest.mark.parametrize(
    ("variable", "group", "how"),
    [
        ("GITHUB_TOKEN", "github", "export GITHUB_TOKEN=$(gh auth token)"),
        ("NETLIFY_AUTH_TOKEN", "netlify", "https://app.netlify.com/user/applications"),
        ("NETLIFY_SITE_ID", "netlify-site", "project id"),
        ("STRIPE_API_KEY", "stripe", "export the key"),
    ],
)
def test_what_nobody_can_ask_is_no_finding(world: World, variable: str, group: str, how: str) -> None:
    """One line says how to have it asked."""
    del world.environ[variable]

    report = world.examine("dev")
    (row,) = (row for row in report.rows if row.state is not State.GOOD)

    assert (row.id, row.state) == (group, State.NOT_ASKED)
    assert variable in row.found
    assert how in row.fix
    assert report.findings == []


def test_gh_token_is_a_token_too(world: World) -> None:
    """That is what `gh` reads."""
    world.environ["GH_TOKEN"] = world.environ.pop("GITHUB_TOKEN")

    assert world.told("dev") == {}


def test_where_nothing_can_be_asked_the_first_reason_is_told(world: World) -> None:
    """Instead of a report about nothing."""
    world.environ.clear()

    with pytest.raises(DoctorError, match="no GITHUB_TOKEN or GH_TOKEN; export"):
        world.examine("dev")
    with pytest.raises(DoctorError, match="no STRIPE_API_KEY; export"):
        world.examine("dev", only=("stripe", "tools"))


@pytest.mark.parametrize(
    ("prefix", "group", "service", "variable"),
    [
        (GITHUB, "github", "GitHub", "GITHUB_TOKEN"),
        (NETLIFY, "netlify", "Netlify", "NETLIFY_AUTH_TOKEN"),
        (STRIPE, "stripe", "Stripe", "STRIPE_API_KEY"),
    ],
)
def test_a_token_that_is_not_taken_is_one_line(
    world: World, prefix: str, group: str, service: str, variable: str
) -> None:
    """The other services are asked all the same."""
    world.answers |= {address: 401 for address in world.answers if address.startswith(prefix)}

    (row,) = world.told("dev").values()

    assert (row.id, row.state) == (group, State.UNREAD)
    assert row.found == f"{service} does not take the token in {variable}"
    assert row.fix == "it is wrong, expired or revoked: make another"


def no_answer(_: httpx.Request) -> httpx.Response:
    """The network is gone."""
    raise httpx.ConnectError("refused")


def test_a_service_that_does_not_answer_is_one_line(world: World) -> None:
    """After the first question, and not after each."""
    world.answers |= {address: no_answer for address in world.answers if address.startswith(NETLIFY)}

    (row,) = world.told("dev").values()

    assert (row.id, row.state) == ("netlify", State.UNREAD)
    assert row.found.startswith("Netlify does not answer (")
    assert row.fix.endswith("check the network, and try again")
    assert {asked.partition(" ")[2] for asked in world.asked if NETLIFY in asked} == {f"{NETLIFY}/dns_zones"}


@pytest.mark.parametrize("status", [403, 404, 500])
def test_a_repository_that_is_not_shown_is_one_line(world: World, status: int) -> None:
    """GitHub says to nobody whether it exists."""
    world.answers[GITHUB] = status

    (row,) = world.told("dev").values()

    assert (row.id, row.state) == ("github", State.UNREAD)
    assert "example/platform" in row.found


@pytest.mark.parametrize(
    ("path", "permission", "unread"),
    [
        ("/actions/permissions", "Administration (read)", {"github-actions"}),
        ("/actions/permissions/workflow", "Administration (read)", {"github-actions"}),
        ("/actions/oidc/customization/sub", "Actions (read)", {"github-oidc"}),
        ("/actions/workflows", "Actions (read)", {"github-workflows"}),
        ("/actions/secrets", "Secrets (read)", {"github-secrets"}),
        ("/actions/organization-secrets", "Secrets (read)", {"github-secrets"}),
        ("/rules/branches/main", "Metadata (read)", {"github-main"}),
        ("/contents/.github/CODEOWNERS", "Contents (read)", {"github-codeowners"}),
        ("/codeowners/errors", "Contents (read)", {"github-codeowners"}),
        ("/environments/prod", "Actions (read)", {"github-prod"}),
        ("/environments/prod/deployment-branch-policies", "Actions (read)", {"github-prod"}),
        ("/environments/prod/variables", "Environments (read)", {"github-prod"}),
        ("/environments/preview-dev/secrets", "Environments (read)", {"github-preview-dev"}),
        ("/environments/drift-dev/secrets", "Environments (read)", {"github-drift-dev"}),
        ("/environments/follow-up/secrets", "Environments (read)", {"github-follow-up", "github-promotion"}),
    ],
)
def test_a_permission_that_is_missing_is_named(world: World, path: str, permission: str, unread: set[str]) -> None:
    """As GitHub's page for tokens calls it; everything else is looked at."""
    world.answers[f"{GITHUB}{path}"] = 403

    told = world.told(only=("github",))

    assert {row.subject for row in told.values()} == unread
    assert {row.state for row in told.values()} == {State.UNREAD}
    assert {row.found for row in told.values()} == {f"could not be read: {permission}"}
    assert {row.fix for row in told.values()} == {f"use a token in GITHUB_TOKEN that has: {permission}"}


@pytest.mark.parametrize(
    ("address", "unread"),
    [
        (f"{NETLIFY}/dns_zones", {"netlify-dev.zone"}),
        (f"{NETLIFY}/sites/{SITE}/deploys", {"netlify-site.credits"}),
        (f"{STRIPE}/account", {"stripe-dev.charges_enabled"}),
        (f"{STRIPE}/webhook_endpoints", {"stripe-dev.webhook_endpoints"}),
    ],
)
@pytest.mark.parametrize("status", [403, 422, 503])
def test_one_question_that_is_refused_is_one_row(world: World, address: str, unread: set[str], status: int) -> None:
    """Whatever is said of it, which may repeat a key."""
    world.answers[address] = status

    told = world.told("dev")

    assert set(told) == unread
    assert {row.state for row in told.values()} == {State.UNREAD}
    assert "canary" not in str(told)
    assert "\x1b" not in str(told)


def test_settings_that_only_administrators_see_are_unread(world: World) -> None:
    """GitHub answers 404, or leaves them out."""
    for path in ("/actions/permissions", "/actions/permissions/workflow"):
        del world.answers[f"{GITHUB}{path}"]
    del world.at("")["allow_squash_merge"], world.at("")["allow_merge_commit"]

    told = world.told("dev", only=("github",))

    assert {row.subject for row in told.values()} == {"github-actions", "github-repository"}
    assert {row.state for row in told.values()} == {State.UNREAD}


def test_a_rename_is_followed(world: World) -> None:
    """GitHub leads to the new name; what AWS trusts is compared with that."""
    moved = f"{GITHUB.removesuffix('/example/platform')}itories/2002"
    world.answers[moved] = world.answers[GITHUB]
    world.answers[GITHUB] = lambda _: httpx.Response(301, headers={"location": moved}, json={"message": "Moved"})

    assert world.told("dev") == {}


def test_words_of_others_cannot_steer_a_terminal(world: World) -> None:
    """Names of branches and checks, values of variables."""
    odd = "\x1b[2J\n" + "x" * 1000
    world.at("/environments/dev/variables")["variables"][0]["value"] = odd
    world.at("/environments/dev/deployment-branch-policies")["branch_policies"].append({"name": odd, "id": "; rm -rf"})
    world.at("/rules/branches/main")[1]["parameters"]["required_status_checks"] = [{"context": odd}]
    world.at("/codeowners/errors")["errors"].append({"line": odd, "kind": odd})
    world.answers[f"{NETLIFY}/dns_zones"] = [{"name": odd, "id": "z"}]

    told = world.told("dev")

    assert len(told) == 5
    assert [row for row in told.values() if any(not c.isprintable() for c in row.found) or len(row.found) > 401] == []
    assert [row for row in told.values() if "rm -rf" in row.fix or "\x1b" in row.fix] == []


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nonsense_is_never_a_crash(tmp_path: Path, data: st.DataObject) -> None:
    """Any answer of any service, or any part of one, may be anything."""
    service, prefix = data.draw(st.sampled_from([("github", GITHUB), ("netlify", NETLIFY), ("stripe", STRIPE)]))
    world = healthy(tmp_path)
    addresses = sorted(address for address in world.answers if address.startswith(prefix))
    for address in data.draw(st.sets(st.sampled_from(addresses), min_size=1, max_size=4)):
        answer = astray(world.answers[address], data)
        world.answers[address] = [answer] if isinstance(answer, int) else answer  # a number is a status there
    try:
        told = json.dumps(world.examine("dev", only=(service,)).as_dict())
    except DoctorError as error:
        told = str(error)  # nothing is left of the service

    assert told
    assert [canary for canary in CANARIES.values() if canary in told] == []


def astray(answer: Any, data: st.DataObject) -> Any:
    """The answer with one of its parts replaced, or all of it."""
    parts = list(range(len(answer))) if isinstance(answer, list) else list(answer) if isinstance(answer, dict) else []
    if not parts or data.draw(st.integers(0, 5)) == 0:
        return data.draw(JSON)
    part = data.draw(st.sampled_from(parts))
    answer[part] = astray(answer[part], data)
    return answer
