"""Settings of the repository as a whole: whose it is, how it merges, what its jobs may do."""

from collections.abc import Iterator
from typing import Any

from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.github_repository import ADMINISTRATION, PRIVATE, Repository
from gitops.doctor.report import Row, advice, good, judged, wrong
from gitops.doctor.service import Setting, objects, part
from gitops.doctor.stack import deploy

WORKFLOWS = ("ci.yml", "image.yml", "preview.yml", "comment.yml")
NAMED_IN_TRUST = ("DeployWorkflow", "PromoteWorkflow", "DriftWorkflow")
"""Parameters of the bootstrap with the file names of the others."""
_OTHERS = "others than the repository's own"
_PUBLIC = "everybody can read it with its pull requests, and fork it: previews of forks get no role"


def check_identity(repository: Repository) -> Iterator[Row]:
    """Whether it is the repository that AWS trusts, and deploys from the branch that AWS trusts."""
    given = repository.bootstrap.parameters
    branch = given["Branch"]
    fix = f"{repository.gh('PATCH', '', f'-f default_branch={branch}')}"
    settings = [_of_repository(repository, "default_branch", lambda found: part(found, "default_branch"), branch, fix)]
    if repository.deployed:
        region = repository.bootstrap.region
        for name, parameter, keys in (("id", "RepositoryId", ("id",)), ("owner_id", "OwnerId", ("owner", "id"))):
            fix = f"{deploy(region)} --parameter-overrides {parameter}=<number>\n# or look at another repository"
            settings.append(_of_repository(repository, name, _text(*keys), given[parameter], fix))
        fix = f"{deploy(region)} --parameter-overrides Owner=<owner> Repository=<name>"
        trusted = f"{given['Owner']}/{given['Repository']}"
        settings.append(_of_repository(repository, "full_name", _text("full_name"), trusted, fix))
    yield from (setting.row(repository.github) for setting in settings)


def check_repository(repository: Repository) -> Iterator[Row]:
    """Who reads it, and how it merges."""
    found = repository.get("")
    check = "github-repository.private"
    if part(found, "private") is True:
        yield good(check, "private")
    else:
        fix = f"gh repo edit {repository.name} --visibility private --accept-visibility-change-consequences # if meant"
        yield advice(check, expected="private", found=f"public: {_PUBLIC}", fix=fix)
    check, ways = "github-repository.merge", ("allow_squash_merge", "allow_merge_commit")
    allowed = [part(found, way) for way in ways]
    if all(way is None for way in allowed):
        yield UnreadError("how it merges", "", "use a token of somebody who may push").row(check, " or ".join(ways))
    else:
        fix = repository.gh("PATCH", "", "-F allow_squash_merge=true")
        yield judged(check, " or ".join(ways), "neither", fix, holds=True in allowed)


def check_actions(repository: Repository) -> Iterator[Row]:
    """What may run, and what its token may do."""
    place, workflow = "/actions/permissions", "/actions/permissions/workflow"
    change = repository.gh("PUT", place, "-F enabled=true")
    settings = (
        ("enabled", place, lambda found: part(found, "enabled"), True, change),
        (
            "allowed_actions",
            place,
            lambda found: "local_only" if part(found, "allowed_actions") == "local_only" else _OTHERS,
            _OTHERS,
            f"{change} -f allowed_actions=all",
        ),
        (
            "sha_pinning_required",
            place,
            # Where GitHub does not have the setting, nothing can be demanded.
            lambda found: part(found, "sha_pinning_required") is not False,
            True,
            f"{change} -F sha_pinning_required=true",
        ),
        (
            "default_workflow_permissions",
            workflow,
            lambda found: part(found, "default_workflow_permissions"),
            "read",
            repository.gh("PUT", workflow, "-f default_workflow_permissions=read"),
        ),
    )
    for name, path, read, wanted, fix in settings:
        yield Setting(
            id=f"github-actions.{name}",
            path=f"{repository.path}{path}",
            read=read,
            wanted=wanted,
            fix=fix,
            missing=ADMINISTRATION,
        ).row(repository.github)


def check_subject(repository: Repository) -> Iterator[Row]:
    """Whether tokens have the subject that the roles trust."""
    path = "/actions/oidc/customization/sub"
    yield Setting(
        id="github-oidc.use_default",
        path=f"{repository.path}{path}",
        read=lambda found: part(found, "use_default"),
        wanted=True,
        fix=repository.gh("PUT", path, "-F use_default=true"),
        missing="Actions (read)",
    ).row(repository.github)


def check_workflows(repository: Repository) -> Iterator[Row]:
    """Whether each workflow is known to GitHub and runs: after 60 days of quiet, it stops those with a schedule."""
    files = (*WORKFLOWS, *(repository.bootstrap.parameters[name] for name in NAMED_IN_TRUST))
    try:
        found = objects(repository.get("/actions/workflows?per_page=100"), "workflows")
    except MissingError:
        found = []
    except UnreadError as error:
        yield from (error.row(f"github-workflows.{file}", "active") for file in files)
        return
    states = {str(workflow.get("path")): workflow.get("state") for workflow in found}
    for file in files:
        state = states.get(f".github/workflows/{file}")
        enable = f"gh workflow enable {file} --repo {repository.name}"
        fix = enable if state else f"merge .github/workflows/{file} into {repository.bootstrap.parameters['Branch']}"
        yield judged(f"github-workflows.{file}", "active", state, fix, holds=state == "active")


def check_secrets(repository: Repository) -> Iterator[Row]:
    """No secret that deploys may be the repository's or the organisation's: every job would have it."""
    for name, path in (("repository", "/actions/secrets"), ("organization", "/actions/organization-secrets")):
        check, expected = f"github-secrets.{name}", f"none of {', '.join(PRIVATE)}"
        try:
            answer = repository.get(f"{path}?per_page=100")
        except MissingError:
            answer = None
        except UnreadError as error:
            yield error.row(check, expected)
            continue
        found = sorted({*PRIVATE} & {str(secret.get("name")) for secret in objects(answer, "secrets")})
        if not found:
            yield good(check, expected)
            continue
        owner = f"--org {repository.name.partition('/')[0]}" if name == "organization" else f"--repo {repository.name}"
        delete = "\n".join(f"gh secret delete {secret} {owner}" for secret in found)
        words = f"{', '.join(found)}: every job can read it, also one that runs the code of a pull request"
        yield wrong(check, expected=expected, found=words, fix=f"{delete}\n# after it is in its environment")


def _of_repository(repository: Repository, name: str, read: Any, wanted: Any, fix: str) -> Setting:
    return Setting(id=f"github-repository.{name}", path=repository.path, read=read, wanted=wanted, fix=fix)


def _text(*keys: str) -> Any:
    """A number of an answer as the bootstrap has it: as text."""
    return lambda found: None if (value := part(found, *keys)) is None else str(value)
