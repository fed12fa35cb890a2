"""A repository, a site and a Stripe account as they should be, behind one transport; the answers are the services' own.

A test changes an answer, or puts a status in its place.
"""

import base64
import copy
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import httpx
import yaml

from gitops.doctor.examination import examine
from gitops.doctor.report import Report, Row, State
from render.configuration import ROOT
from tests.gitops.doctor.patient import ACCOUNT, REGION

NAME, SITE, TEAM = "example/platform", "6f0b6cb4-0000-4000-8000-000000000000", "team-1"
GITHUB = f"https://api.github.com/repos/{NAME}"
NETLIFY, STRIPE = "https://api.netlify.com/api/v1", "https://api.stripe.com/v1"
TEST_KEY, LIVE_KEY = "sk_test_canaryOfTheKey0000", "sk_live_canaryOfTheKey0000"
CANARIES = {
    "GITHUB_TOKEN": "ghp_canaryOfTheToken",
    "NETLIFY_AUTH_TOKEN": "nfp_canaryOfTheToken",
    "STRIPE_API_KEY": TEST_KEY,
}
ENVIRON = {**CANARIES, "GITHUB_REPOSITORY": NAME, "NETLIFY_SITE_ID": SITE}
BACKEND = f"s3://priceguard-state-{ACCOUNT}-{REGION}?region={REGION}&awssdk=v2"
ROLES = {
    "preview-dev": "priceguard-preview",
    "preview-prod": "priceguard-preview",
    "drift-dev": "priceguard-drift",
    "drift-prod": "priceguard-drift",
    "dev": "priceguard-deploy-dev",
    "prod": "priceguard-promote-prod",
    "follow-up": None,
}
OWNERS = (ROOT / ".github" / "CODEOWNERS").read_text()
WORKFLOWS = ("ci", "image", "preview", "comment", "deploy", "promote", "drift")
SERVICES = ("github", "netlify", "stripe")


@dataclass
class World:
    """Everything but AWS.

    Args:
        root: of the checkout.
        answers: address without query -> JSON, or the status of a refusal.
        environ: variables of the process.
        asked: method and address of every request.
        time: seconds that pass only in pauses.
    """

    root: Path
    answers: dict[str, Any]
    environ: dict[str, str] = field(default_factory=lambda: dict(ENVIRON))
    asked: list[str] = field(default_factory=list[str])
    time: float = 0.0

    def __post_init__(self) -> None:
        for environment in ("dev", "prod"):
            self.write(environment)

    def write(self, environment: str, **changed: Any) -> None:
        """The stack's file, with some keys of priceguard changed."""
        values: dict[str, Any] = {
            "account": ACCOUNT,
            "apiDomain": f"api.{environment}.example.com",
            "dns": {"provider": "netlify", "zone": "example.com"},
            "webhookSlots": "a",
            **changed,
        }
        config = {"aws:region": REGION, **{f"priceguard:{key}": value for key, value in values.items()}}
        (self.root / f"Pulumi.{environment}.yaml").write_text(yaml.safe_dump({"config": config}))

    def at(self, path: str) -> Any:
        """The answer at a path below the repository, to be changed."""
        return self.answers[f"{GITHUB}{path}"]

    def examine(self, *environments: str, only: tuple[str, ...] = SERVICES, session: Any = None) -> Report:
        """Let the doctor look."""
        return examine(
            environments or ("dev", "prod"),
            only=only,
            root=self.root,
            environ=self.environ,
            session=session,
            http={"transport": httpx.MockTransport(self.answer), "clock": lambda: self.time, "sleep": self._sleep},
        )

    def told(self, *environments: str, only: tuple[str, ...] = SERVICES) -> dict[str, Row]:
        """Every row that is not good, by id."""
        return {row.id: row for row in self.examine(*environments, only=only).rows if row.state is not State.GOOD}

    def _sleep(self, seconds: float) -> None:
        self.time += seconds

    def answer(self, request: httpx.Request) -> httpx.Response:
        """What the service says."""
        address = str(request.url.copy_with(query=None))
        self.asked.append(f"{request.method} {address}")
        found = self.answers.get(address, 404)
        if callable(found):
            return cast("Callable[[httpx.Request], httpx.Response]", found)(request)
        if isinstance(found, int):
            return httpx.Response(found, json={"message": "no \x1b[2J canary"})
        return httpx.Response(200, json=found)


Change = Callable[[World], Any]


def healthy(root: Path) -> World:
    """All of it as it should be, for a Stripe key of test mode."""
    return World(root, {**_repository(), **_environments(), **_netlify(), **_stripe("dev")})


def live(world: World) -> None:
    """Another key, of prod."""
    world.environ["STRIPE_API_KEY"] = LIVE_KEY
    world.answers |= _stripe("prod")


def _rules() -> list[dict[str, Any]]:
    reviews = {
        "required_approving_review_count": 1,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "dismiss_stale_reviews_on_push": False,
    }
    checks = {
        "strict_required_status_checks_policy": True,
        "required_status_checks": [{"context": name} for name in ("test", "preview (dev)", "preview (prod)")],
    }
    return [
        {"type": "pull_request", "ruleset_id": 7, "parameters": reviews},
        {"type": "required_status_checks", "ruleset_id": 7, "parameters": checks},
        {"type": "non_fast_forward", "ruleset_id": 7},
        {"type": "deletion", "ruleset_id": 7},
    ]


def _repository() -> dict[str, Any]:
    found = {
        "": {
            "id": 2002,
            "owner": {"id": 1001},
            "full_name": NAME,
            "private": True,
            "default_branch": "main",
            "allow_squash_merge": True,
            "allow_merge_commit": False,
        },
        "/actions/permissions": {"enabled": True, "allowed_actions": "all", "sha_pinning_required": True},
        "/actions/permissions/workflow": {
            "default_workflow_permissions": "read",
            "can_approve_pull_request_reviews": False,
        },
        "/actions/oidc/customization/sub": {"use_default": True, "use_immutable_subject": True},
        "/actions/secrets": {"total_count": 1, "secrets": [{"name": "CODECOV_TOKEN"}]},
        "/actions/organization-secrets": {"total_count": 0, "secrets": []},
        "/actions/variables": {"total_count": 0, "variables": []},
        "/actions/workflows": {
            "workflows": [{"path": f".github/workflows/{name}.yml", "state": "active"} for name in WORKFLOWS]
        },
        "/rules/branches/main": _rules(),
        "/rulesets": [{"id": 7, "name": "priceguard", "enforcement": "active"}],
        "/branches/main": {"name": "main", "protected": True, "protection": {"enabled": False}},
        "/contents/.github/CODEOWNERS": {"content": base64.b64encode(OWNERS.encode()).decode()},
        "/codeowners/errors": {"errors": []},
    }
    return {f"{GITHUB}{path}": copy.deepcopy(answer) for path, answer in found.items()}


def _environments() -> dict[str, Any]:
    found = dict[str, Any]()
    for name, role in ROLES.items():
        path, deploys = f"{GITHUB}/environments/{name}", name in {"dev", "prod"}
        branch = "refs/pull/*/merge" if name.startswith("preview") else "main"
        values = {"PROMOTION_APP_CLIENT_ID": "Iv23example"}
        if role:
            arn = f"arn:aws:iam::{ACCOUNT}:role/priceguard/bootstrap/{role}"
            values = {"AWS_ROLE_ARN": arn, "PULUMI_BACKEND_URL": BACKEND}
        values |= {"NETLIFY_SITE_ID": SITE} if deploys else {}
        names = ["STRIPE_API_KEY", "NETLIFY_AUTH_TOKEN"] if deploys or name.startswith("drift") else []
        names += [] if role else ["PROMOTION_APP_PRIVATE_KEY"]
        found[path] = {
            "name": name,
            "protection_rules": [{"type": "branch_policy"}, {"type": "required_reviewers"}],
            "deployment_branch_policy": {"protected_branches": False, "custom_branch_policies": True},
        }
        found[f"{path}/deployment-branch-policies"] = {
            "branch_policies": [{"id": 5, "name": branch, "type": "branch"}],
        }
        found[f"{path}/variables"] = {"variables": [{"name": key, "value": value} for key, value in values.items()]}
        found[f"{path}/secrets"] = {"secrets": [{"name": key} for key in names]}
    return found


def _netlify() -> dict[str, Any]:
    contexts = ("production", "deploy-preview", "branch-deploy")
    names = ("API_BASE_URL", "STRIPE_PUBLISHABLE_KEY", "STRIPE_PRICE_BASIC", "STRIPE_PRICE_PREMIUM")
    variables = [
        {
            "key": f"VITE_{name}",
            "is_secret": False,
            "values": [{"context": context, "value": "x"} for context in contexts],
        }
        for name in (*names, "STRIPE_PRICE_ENTERPRISE")
    ]
    return {
        f"{NETLIFY}/dns_zones": [{"id": "z1", "name": "example.com"}, {"id": "z2", "name": "other.example"}],
        f"{NETLIFY}/sites/{SITE}": {
            "id": SITE,
            "account_id": TEAM,
            "build_settings": {"repo_url": "https://github.com/example/shop", "cmd": "npm run build"},
        },
        f"{NETLIFY}/sites/{SITE}/deploys": deploys(9),
        f"{NETLIFY}/accounts/{TEAM}/env": variables,
    }


def deploys(number: int, **changed: Any) -> list[dict[str, Any]]:
    """So many production deploys of this month."""
    now = dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return [
        {"id": str(n), "state": "ready", "context": "production", "created_at": now, **changed} for n in range(number)
    ]


def _stripe(environment: str) -> dict[str, Any]:
    endpoint = {
        "id": "we_1",
        "url": f"https://api.{environment}.example.com/api/stripe/webhook",
        "status": "enabled",
        "api_version": "2026-10-28.endive",
    }
    other = {**endpoint, "id": "we_2", "url": "https://elsewhere.example/hook", "status": "disabled"}
    return {
        f"{STRIPE}/account": {"id": "acct_1", "charges_enabled": environment == "prod"},
        f"{STRIPE}/webhook_endpoints": {"object": "list", "data": [endpoint, other]},
    }
