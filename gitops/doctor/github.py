"""The repository at GitHub: whether it lets nothing reach an environment but what was reviewed and proved."""

import re
from collections.abc import Iterator

from gitops.doctor.errors import DoctorError, MissingError, NotAskedError, UnreadError
from gitops.doctor.github_branch import check_branch
from gitops.doctor.github_environments import check_environments
from gitops.doctor.github_owners import check_owners
from gitops.doctor.github_promotion import check_promotion
from gitops.doctor.github_repository import Repository, RepositoryCheck, permission
from gitops.doctor.github_settings import (
    check_actions,
    check_identity,
    check_repository,
    check_secrets,
    check_subject,
    check_workflows,
)
from gitops.doctor.place import place_of
from gitops.doctor.program import output_of
from gitops.doctor.report import Row
from gitops.doctor.service import Service
from gitops.doctor.subject import Case
from gitops.doctor.template import Template, read_template
from gitops.github.api import API, NAME, Api
from gitops.github.errors import GitHubError

TOKENS = ("GITHUB_TOKEN", "GH_TOKEN")
CHECKS: tuple[RepositoryCheck, ...] = (
    check_identity,
    check_repository,
    check_actions,
    check_promotion,
    check_subject,
    check_branch,
    check_owners,
    check_workflows,
    check_secrets,
    check_environments,
)
_REMOTE = re.compile(r"github\.com[:/]([A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+?)(?:\.git)?/?$")


def check_github(case: Case) -> Iterator[Row]:
    """Rows about the repository.

    Raises:
        NotAskedError: there is no token, or no repository is named.
        DoctorError: GitHub does not take the token, does not show the repository, or does not answer.
    """
    variable = next((name for name in TOKENS if case.environ.get(name)), None)
    if variable is None:
        raise NotAskedError(
            f"no {' or '.join(TOKENS)}; export GITHUB_TOKEN=$(gh auth token) of an administrator of the repository"
        )
    name, url = _name(case), case.environ.get("GITHUB_API_URL") or API
    try:
        with Api(name, case.environ[variable], url=url, **case.http) as github:
            service = Service(
                "GitHub",
                github.get,
                token=variable,
                permission=permission,
                progress=lambda path: case.progress(f"GitHub: {path}"),
            )
            repository = _repository(case, name, service)
            _see(repository, variable)
            for check in CHECKS:
                yield from check(repository)
    except GitHubError as error:
        raise DoctorError(str(error)) from None


def _see(repository: Repository, variable: str) -> None:
    """Without the repository itself there is nothing to look at.

    Raises:
        DoctorError: GitHub does not show it.
    """
    try:
        repository.get("")
    except MissingError:
        raise DoctorError(
            f"GitHub shows no repository {repository.name} to the token in {variable}; correct GITHUB_REPOSITORY, or "
            "use a token of somebody who may see it"
        ) from None
    except UnreadError as error:
        raise DoctorError(f"{repository.name} {error}; {error.fix}") from None


def _name(case: Case) -> str:
    """`owner/name`, of the surroundings or of the checkout."""
    given = case.environ.get("GITHUB_REPOSITORY")
    if not given:
        remote = _REMOTE.search(output_of(["git", "-C", str(case.root), "remote", "get-url", "origin"]) or "")
        given = remote[1] if remote else ""
    if not NAME.fullmatch(given):
        raise NotAskedError("nobody says which repository; export GITHUB_REPOSITORY=<owner>/<name>")
    return given


def _repository(case: Case, name: str, service: Service) -> Repository:
    templates = dict[str, Template]()
    for environment in case.environments:
        try:
            account, region = place_of([environment], case.root)
        except DoctorError:
            continue  # the account's checks say so
        templates[environment] = _template(account, region)
    return Repository(
        name=name,
        github=service,
        environments=case.environments,
        templates=templates,
        bootstrap=case.stack.template if case.stack else _template("", ""),
        deployed=case.stack is not None,
    )


def _template(account: str, region: str) -> Template:
    """The bootstrap with its defaults: what it calls things does not hang on parameters."""
    return Template(read_template(), parameters={}, outputs={}, account=account, region=region)
