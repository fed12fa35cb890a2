"""What protects the branch that deploys: rules of rulesets, and the older branch protection, taken together."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.github_repository import ADMINISTRATION, Repository
from gitops.doctor.report import Row, judged
from gitops.doctor.service import objects, part
from gitops.release.approval import PREVIEW

CHECKS = ("test", *(PREVIEW.format(stack=stack) for stack in ("dev", "prod")))
"""Check runs without which nothing is merged: the job of ci.yml, and what comment.yml says of the previews."""
RULESET = "priceguard"


@dataclass(frozen=True, kw_only=True)
class Protection:
    """What holds for pushes to the branch and for pull requests into it; the names are the API's own."""

    pull_request: bool = False
    required_approving_review_count: int = 0
    require_code_owner_review: bool = False
    stale_reviews: bool = False
    required_status_checks: frozenset[str] = frozenset()
    strict_required_status_checks_policy: bool = False
    non_fast_forward: bool = False
    deletion: bool = False

    def __or__(self, other: "Protection") -> "Protection":
        """Both together: of each, the stricter."""
        mine, theirs = vars(self), vars(other)
        count = max(self.required_approving_review_count, other.required_approving_review_count)
        stricter = replace(self, **{name: mine[name] | theirs[name] for name in mine})
        return replace(stricter, required_approving_review_count=count)


@dataclass(frozen=True, kw_only=True)
class Demand:
    """What is demanded of the protection, under which id."""

    id: str
    expected: str
    found: Callable[[Protection], Any]
    holds: Callable[[Protection], bool]


def check_branch(repository: Repository) -> Iterator[Row]:
    """A row for each demand. Branch protection is only asked where the rules do not suffice."""
    branch = repository.bootstrap.parameters["Branch"]
    try:
        found, reason = _of_rules(_listed(repository, f"/rules/branches/{branch}?per_page=100")), None
        if not all(demand.holds(found) for demand in DEMANDS):
            older, reason = _older(repository, branch)
            found |= older
        fix = "" if all(demand.holds(found) for demand in DEMANDS) else _fix(repository)
    except UnreadError as error:
        found, reason, fix = Protection(), error, ""
    for demand in DEMANDS:
        check = f"github-{branch}.{demand.id}"
        if reason and not demand.holds(found):
            yield reason.row(check, demand.expected)
        else:
            yield judged(check, demand.expected, demand.found(found), fix, holds=demand.holds(found))


def _listed(repository: Repository, path: str) -> list[dict[str, Any]]:
    try:
        return objects({"": repository.get(path)}, "")
    except MissingError:
        return []  # a plan without rulesets


def _older(repository: Repository, branch: str) -> tuple[Protection, UnreadError | None]:
    """Branch protection, if there is one; GitHub says that there is to everybody, and what it is to administrators."""
    try:
        if part(repository.get(f"/branches/{branch}"), "protection", "enabled") is not True:
            return Protection(), None
        return _of_protection(repository.get(f"/branches/{branch}/protection")), None
    except MissingError:
        lacking = UnreadError(ADMINISTRATION, "", f"use a token that has: {ADMINISTRATION}")
        return Protection(), lacking
    except UnreadError as error:
        return Protection(), error


def _of_rules(rules: list[dict[str, Any]]) -> Protection:
    found = Protection()
    for rule in rules:
        given = rule.get("parameters")
        stale = part(given, "dismiss_stale_reviews_on_push"), part(given, "require_last_push_approval")
        kind = rule.get("type")
        found |= Protection(
            pull_request=kind == "pull_request",
            required_approving_review_count=_count(part(given, "required_approving_review_count")),
            require_code_owner_review=part(given, "require_code_owner_review") is True,
            stale_reviews=True in stale,
            required_status_checks=_contexts(given, "required_status_checks"),
            strict_required_status_checks_policy=kind == "merge_queue"
            or part(given, "strict_required_status_checks_policy") is True,
            non_fast_forward=kind == "non_fast_forward",
            deletion=kind == "deletion",
        )
    return found


def _of_protection(answer: Any) -> Protection:
    reviews, checks = part(answer, "required_pull_request_reviews"), part(answer, "required_status_checks")
    stale = part(reviews, "dismiss_stale_reviews"), part(reviews, "require_last_push_approval")
    return Protection(
        pull_request=reviews is not None,
        required_approving_review_count=_count(part(reviews, "required_approving_review_count")),
        require_code_owner_review=part(reviews, "require_code_owner_reviews") is True,
        stale_reviews=True in stale,
        required_status_checks=_contexts(checks, "checks"),
        strict_required_status_checks_policy=part(checks, "strict") is True,
        non_fast_forward=part(answer, "allow_force_pushes", "enabled") is False,
        deletion=part(answer, "allow_deletions", "enabled") is False,
    )


def _count(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _contexts(value: Any, key: str) -> frozenset[str]:
    return frozenset(str(check.get("context")) for check in objects(value, key))


def _is(name: str, expected: str) -> Demand:
    """Something that is on."""
    return Demand(
        id=name,
        expected=expected,
        found=lambda found: "on" if getattr(found, name) else "off",
        holds=lambda found: bool(getattr(found, name)),
    )


DEMANDS = (
    _is("pull_request", "changes come by pull request"),
    Demand(
        id="required_approving_review_count",
        expected="at least 1",
        found=lambda found: found.required_approving_review_count,
        holds=lambda found: found.required_approving_review_count >= 1,
    ),
    _is("require_code_owner_review", "a code owner approves"),
    _is("stale_reviews", "a push voids approvals, or somebody else approves the last one"),
    Demand(
        id="required_status_checks",
        expected=", ".join(CHECKS),
        found=lambda found: ", ".join(sorted(found.required_status_checks)) or None,
        holds=lambda found: found.required_status_checks.issuperset(CHECKS),
    ),
    _is("strict_required_status_checks_policy", "a branch is up to date before it is merged"),
    _is("non_fast_forward", "nobody pushes by force"),
    _is("deletion", "nobody deletes it"),
)


def _fix(repository: Repository) -> str:
    """A ruleset with all of it; what others demand stays. One of that name is written anew."""
    try:
        rulesets = _listed(repository, "/rulesets?per_page=100")
    except UnreadError:
        rulesets = []
    known = next((each.get("id") for each in rulesets if each.get("name") == RULESET), None)
    method, path = ("PUT", f"/rulesets/{known}") if isinstance(known, int) else ("POST", "/rulesets")
    text = json.dumps(ruleset(), separators=(",", ":"))
    return f"{repository.gh(method, path)} --input - <<'JSON'\n{text}\nJSON"


def ruleset() -> dict[str, Any]:
    """What `RULESET` should say, as GitHub takes it."""
    reviews = {
        "required_approving_review_count": 1,
        "require_code_owner_review": True,
        "require_last_push_approval": True,
        "dismiss_stale_reviews_on_push": False,
        "required_review_thread_resolution": False,
    }
    checks = {
        "strict_required_status_checks_policy": True,
        "required_status_checks": [{"context": name} for name in CHECKS],
    }
    return {
        "name": RULESET,
        "target": "branch",
        "enforcement": "active",
        "conditions": {"ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []}},
        "rules": [
            {"type": "pull_request", "parameters": reviews},
            {"type": "required_status_checks", "parameters": checks},
            {"type": "non_fast_forward"},
            {"type": "deletion"},
        ],
    }
