"""Whose tokens the roles take: GitHub's claims in, yes or no out."""

from collections.abc import Mapping

import pytest

from tests.bootstrap.account import PARAMETERS, PROVIDER, Account, make
from tests.bootstrap.evaluator import allowed

GITHUB = "token.actions.githubusercontent.com:"
MAIN, PULL = "refs/heads/main", "refs/pull/7/merge"
ROLES = {
    # role -> environment, ref and workflow of the job that it is for
    "priceguard-preview": ("preview-dev", PULL, "preview.yml"),
    "priceguard-drift": ("drift-prod", MAIN, "drift.yml"),
    "priceguard-deploy-dev": ("dev", MAIN, "deploy.yml"),
    "priceguard-promote-prod": ("prod", MAIN, "promote.yml"),
}
WRITERS = ("priceguard-deploy-dev", "priceguard-promote-prod")


def token(role: str, *, ids: bool = True, **changed: str | None) -> dict[str, str]:
    """The claims of the job that `role` is for; `ids` is the newer form of the subject, None leaves a claim out."""
    environment, ref, workflow = ROLES[role]
    claims = {
        "aud": "sts.amazonaws.com",
        "repository": "example/platform",
        "repository_id": "2002",
        "owner_id": "1001",
        "environment": environment,
        "ref": ref,
        "job_workflow_ref": f"example/platform/.github/workflows/{workflow}@{ref}",
    }
    claims = {name: value for name, value in {**claims, **changed}.items() if value is not None}
    if "sub" not in changed:
        claims["sub"] = subject(claims, ids=ids)
    return claims


def subject(claims: Mapping[str, str], *, ids: bool) -> str:
    """The subject as GitHub writes it: the environment if the job has one, else the event or the ref."""
    owner, name = claims["repository"].split("/")
    if ids:
        owner, name = f"{owner}@{claims['owner_id']}", f"{name}@{claims['repository_id']}"
    if "environment" in claims:
        return f"repo:{owner}/{name}:environment:{claims['environment']}"
    return f"repo:{owner}/{name}:{'pull_request' if 'pull' in claims['ref'] else 'ref:' + claims['ref']}"


def takes(account: Account, role: str, claims: Mapping[str, str]) -> bool:
    """Whether AWS would let the bearer of `claims` become `role`."""
    context = {GITHUB + name: value for name, value in claims.items()}
    return allowed(account.roles[role].trust, "sts:AssumeRoleWithWebIdentity", context=context)


@pytest.mark.parametrize("ids", [True, False], ids=["names with ids", "names only"])
@pytest.mark.parametrize("role", ROLES)
def test_the_right_job_gets_in(account: Account, role: str, *, ids: bool) -> None:
    """With either form of the subject."""
    assert takes(account, role, token(role, ids=ids))


@pytest.mark.parametrize("ids", [True, False], ids=["names with ids", "names only"])
@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"aud": "https://github.com/example"}, id="another audience"),
        pytest.param({"repository_id": "3003"}, id="another repository with the same name"),
        pytest.param({"repository_id": "3003", "owner_id": "4004"}, id="the same names under another owner's account"),
        pytest.param({"repository": "stranger/platform", "repository_id": "3003", "owner_id": "4004"}, id="a fork"),
        pytest.param({"repository_id": None, "sub": "repo:example/platform:environment:dev"}, id="no repository id"),
        pytest.param({"environment": None}, id="no environment"),
        pytest.param({"environment": "staging"}, id="another environment"),
        pytest.param({"environment": "*"}, id="an environment called *"),
        pytest.param({"ref": "refs/heads/feature"}, id="another branch"),
        pytest.param({"ref": "refs/tags/v1"}, id="a tag"),
    ],
)
@pytest.mark.parametrize("role", ROLES)
def test_nobody_else_gets_in(account: Account, role: str, changed: dict[str, str | None], *, ids: bool) -> None:
    """One wrong claim is enough."""
    assert not takes(account, role, token(role, ids=ids, **changed))


@pytest.mark.parametrize("ids", [True, False], ids=["names with ids", "names only"])
@pytest.mark.parametrize("role", [*WRITERS, "priceguard-drift"])
def test_a_pull_request_gets_no_more_than_a_preview(account: Account, role: str, *, ids: bool) -> None:
    """Neither with the environment of the deployment, which GitHub's rules refuse as well, nor without one."""
    workflow = f"example/platform/.github/workflows/{ROLES[role][2]}@{PULL}"

    assert not takes(account, role, token(role, ids=ids, ref=PULL, job_workflow_ref=workflow))
    assert not takes(account, role, token(role, ids=ids, ref=PULL, job_workflow_ref=workflow, environment=None))


@pytest.mark.parametrize("role", [*WRITERS, "priceguard-drift"])
def test_another_workflow_of_the_branch_gets_nothing(account: Account, role: str) -> None:
    """Also when it names the environment."""
    assert not takes(account, role, token(role, job_workflow_ref=f"example/platform/.github/workflows/ci.yml@{MAIN}"))


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("other", ROLES)
def test_each_job_gets_its_own_role_only(account: Account, role: str, other: str) -> None:
    """A token for one is a token for no other."""
    assert takes(account, role, token(other)) == (role == other)


@pytest.mark.parametrize("role", ROLES)
def test_every_trust_names_the_provider_and_has_no_wildcard_in_what_identifies(account: Account, role: str) -> None:
    """`StringLike` is for the number of the pull request alone."""
    (statement,) = make(ExistingOidcProviderArn=PROVIDER).roles[role].trust
    equal, other = statement["Condition"]["StringEquals"], statement["Condition"].get("StringLike", {})

    assert statement["Principal"] == {"Federated": PROVIDER}
    assert {GITHUB + name for name in ("aud", "sub", "repository_id", "environment")} <= equal.keys()
    assert "*" not in str(equal)
    assert other == ({GITHUB + "ref": "refs/pull/*/merge"} if role == "priceguard-preview" else {})
    assert account.roles[role].seconds == 3600


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_an_account_knows_only_the_environments_that_it_holds(environment: str) -> None:
    """The other one's jobs get nothing there."""
    other = "prod" if environment == "dev" else "dev"
    account = make(environment)

    assert takes(account, "priceguard-preview", token("priceguard-preview", environment=f"preview-{environment}"))
    assert not takes(account, "priceguard-preview", token("priceguard-preview", environment=f"preview-{other}"))
    assert len(account.roles.keys() & set(WRITERS)) == 1
    assert f"alias/priceguard/{other}/state" not in account.keys


def test_a_renamed_repository_needs_an_update_of_the_stack() -> None:
    """Its id alone lets nobody in, and with the new name in the parameters it does."""
    role = "priceguard-deploy-dev"
    renamed = token(
        role, repository="example/shop", job_workflow_ref=f"example/shop/.github/workflows/deploy.yml@{MAIN}"
    )

    assert PARAMETERS["Repository"] == "platform"
    assert not takes(make(), role, renamed)
    assert takes(make(Repository="shop"), role, renamed)
