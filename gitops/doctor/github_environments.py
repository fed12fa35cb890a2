"""GitHub's environments: from which branch each may be used, and what a job in it is given."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gitops.doctor.environment import is_same
from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.github_repository import APP_ENVIRONMENT, APP_ID, APP_KEY, PRIVATE, SECRETS, Repository
from gitops.doctor.report import Row, advice, good, judged, wrong
from gitops.doctor.service import named, objects, part

PULL_REQUESTS = "refs/pull/*/merge"
"""The ref in which a job of a pull request runs."""
_PER_PAGE, _MOST_PAGES = 30, 20
"""Variables that GitHub gives at once at most, and pages of them that hold all that there may be."""
_DEPLOYING = {"dev": "DeployDevRoleArn", "prod": "PromoteProdRoleArn"}
_DEPLOYS: dict[str, str] = dict.fromkeys(SECRETS, "a secret")
_READS = _DEPLOYS | {"STRIPE_API_KEY": "a secret; a restricted key that only reads is enough"}
"""A refresh asks Stripe and Netlify too; Netlify has no tokens that only read."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """One of them.

    Args:
        name: at GitHub.
        branch: from which alone it may be used.
        stack: `dev` or `prod`; empty when it is of both.
        variables: what its jobs need -> the bootstrap's output that says the value, or empty for any.
        secrets: what its jobs need -> in words.
        optional: variables and secrets that its jobs take where they are there.
        without: why it must have none of the other secrets.
    """

    name: str
    branch: str
    stack: str = ""
    variables: Mapping[str, str] = field(default_factory=dict[str, str])
    secrets: Mapping[str, str] = field(default_factory=dict[str, str])
    optional: frozenset[str] = frozenset()
    without: str = "no job there uses it"

    @property
    def id(self) -> str:
        """Of its rows, without the property."""
        return f"github-{self.name}"


def check_environments(repository: Repository) -> Iterator[Row]:
    """Rows about each; a single one for an environment that does not exist."""
    branch = repository.bootstrap.parameters["Branch"]
    for stack in repository.environments:
        for place in places(stack, branch):
            yield from _check(repository, place)
    yield from _check(repository, follow_up(branch))


def places(stack: str, branch: str) -> tuple[Place, ...]:
    """The environments of a stack."""
    state, region = {"PULUMI_BACKEND_URL": "BackendUrl"}, frozenset({"AWS_REGION"})
    return (
        Place(
            name=f"preview-{stack}",
            stack=stack,
            branch=PULL_REQUESTS,
            variables={"AWS_ROLE_ARN": "PreviewRoleArn", **state},
            optional=region,
            without="the code of a pull request could read it",
        ),
        Place(
            name=f"drift-{stack}",
            stack=stack,
            branch=branch,
            variables={"AWS_ROLE_ARN": "DriftRoleArn", **state},
            secrets=_READS,
            optional=region,
        ),
        Place(
            name=stack,
            stack=stack,
            branch=branch,
            variables={"AWS_ROLE_ARN": _DEPLOYING[stack], **state, "NETLIFY_SITE_ID": ""},
            secrets=_DEPLOYS,
            optional=region | {"API_URL"} | ({"UNAPPROVED"} if stack == "dev" else set()),
        ),
    )


def follow_up(branch: str) -> Place:
    """That of what is done at GitHub after a deployment of either stack: no role, and no key but the App's."""
    return Place(name=APP_ENVIRONMENT, branch=branch, optional=frozenset({APP_ID, APP_KEY}))


def _check(repository: Repository, place: Place) -> Iterator[Row]:
    path, check = f"/environments/{place.name}", f"{place.id}.environment"
    make = repository.gh(
        "PUT",
        path,
        "-F 'deployment_branch_policy[protected_branches]=false'",
        "-F 'deployment_branch_policy[custom_branch_policies]=true'",
    )
    add = repository.gh("POST", f"{path}/deployment-branch-policies", f"-f 'name={place.branch}'")
    try:
        found = repository.get(path)
    except MissingError:
        fix = f"{make}\n{add}\n# then run the doctor again: it says what belongs into it"
        yield wrong(check, expected=place.name, found="there is none", fix=fix)
        return
    except UnreadError as error:
        yield error.row(check, place.name)
        return
    yield good(check, place.name)
    yield _branches(repository, place, found, make, add)
    if place.name == "prod":
        yield _reviewers(repository, place, found)
    yield from _variables(repository, place)
    yield from _secrets(repository, place)


def _branches(repository: Repository, place: Place, environment: Any, make: str, add: str) -> Row:
    check, path = f"{place.id}.deployment_branch_policy", f"/environments/{place.name}/deployment-branch-policies"
    policy = part(environment, "deployment_branch_policy")
    if part(policy, "custom_branch_policies") is not True:
        found = "every protected branch" if part(policy, "protected_branches") else "any branch"
        fix = f"{make} # also takes away reviewers and wait timer: set these again\n{add}"
        return wrong(check, expected=place.branch, found=found, fix=fix)
    try:
        policies = objects(repository.get(f"{path}?per_page=100"), "branch_policies")
    except MissingError:
        policies = []
    except UnreadError as error:
        return error.row(check, place.branch)
    names = [f"tag {each.get('name')}" if each.get("type") == "tag" else str(each.get("name")) for each in policies]
    pairs = zip(names, policies, strict=True)
    others = [each.get("id") for name, each in pairs if name != place.branch]
    remove = [repository.gh("DELETE", f"{path}/{number}") for number in others if isinstance(number, int)]
    fix = "\n".join([*([] if place.branch in names else [add]), *remove])
    return judged(check, place.branch, ", ".join(names) or None, fix, holds=set(names) == {place.branch})


def _reviewers(repository: Repository, place: Place, environment: Any) -> Row:
    check, expected = f"{place.id}.required_reviewers", "a person lets each promotion in"
    rules = objects(environment, "protection_rules")
    if any(rule.get("type") == "required_reviewers" for rule in rules):
        return good(check, expected)
    fix = (
        f"https://github.com/{repository.name}/settings/environments: add them where the plan has that (a private "
        "repository needs Enterprise); without, the review of the promotion pull request is the approval"
    )
    return advice(check, expected=expected, found="no reviewers", fix=fix)


def _variables(repository: Repository, place: Place) -> Iterator[Row]:
    """Each variable that a job there needs. One of the repository counts as well."""
    if not place.variables:
        return
    template = repository.templates.get(place.stack)
    wanted = {name: template.output(key) if template and key else "" for name, key in place.variables.items()}
    try:
        found = variables(repository, place.name)
    except UnreadError as error:
        yield from (error.row(f"{place.id}.{name}", value or "a value") for name, value in wanted.items())
        return
    for name, value in wanted.items():
        there, check = found.get(name), f"{place.id}.{name}"
        body = f"'{value}'" if value else "<value>"
        fix = f"gh variable set {name} --env {place.name} --repo {repository.name} --body {body}"
        holds = bool(there) if not value else there is not None and is_same(there, value)
        yield judged(check, value or "a value", there, fix, holds=holds)


def _secrets(repository: Repository, place: Place) -> Iterator[Row]:
    """By name: GitHub shows nobody what is in them."""
    wanted = {
        name: place.secrets.get(name, f"no secret: {place.without}") for name in PRIVATE if name not in place.optional
    }
    try:
        found = secrets(repository, place.name)
    except UnreadError as error:
        yield from (error.row(f"{place.id}.{name}", expected) for name, expected in wanted.items())
        return
    for name, expected in wanted.items():
        needed = name in place.secrets
        verb, words = ("set", "no secret") if needed else ("delete", "a secret")
        fix = f"gh secret {verb} {name} --env {place.name} --repo {repository.name}"
        yield judged(f"{place.id}.{name}", expected, words, fix, holds=(name in found) == needed)


def variables(repository: Repository, environment: str) -> dict[str, str]:
    """What a job in an environment is given, by name.

    Raises:
        UnreadError: it cannot be read.
    """
    given = dict[str, str]()
    for path in ("/actions/variables", f"/environments/{environment}/variables"):
        for page in range(1, _MOST_PAGES + 1):
            try:
                found = named(repository.get(f"{path}?per_page={_PER_PAGE}&page={page}"), "variables")
            except MissingError:
                break
            given |= {name: str(variable.get("value")) for name, variable in found.items()}
            if len(found) < _PER_PAGE:
                break
    return given


def secrets(repository: Repository, environment: str) -> set[str]:
    """Names of the secrets of an environment.

    Raises:
        UnreadError: they cannot be read.
    """
    try:
        return set(named(repository.get(f"/environments/{environment}/secrets?per_page=100"), "secrets"))
    except MissingError:
        return set()
