"""Who opens promotion pull requests: a GitHub App of our own, or else the job's own token."""

from collections.abc import Iterator

from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.github_environments import secrets, variables
from gitops.doctor.github_repository import ADMINISTRATION, APP_ENVIRONMENT, APP_ID, APP_KEY, Repository
from gitops.doctor.report import Row, advice, good, wrong
from gitops.doctor.service import part

_APP, _APPROVE = "github-promotion.app", "github-actions.can_approve_pull_request_reviews"
_WORKFLOW = "/actions/permissions/workflow"


def check_promotion(repository: Repository) -> Iterator[Row]:
    """Whether promotions can be opened, and jobs can do no more with pull requests than that takes.

    GitHub has one switch for both: with it, a job's token may open a pull request, and approve one.
    """
    expected = f"variable {APP_ID} and secret {APP_KEY} in environment {APP_ENVIRONMENT}"
    try:
        app = [APP_ID in variables(repository, APP_ENVIRONMENT), APP_KEY in secrets(repository, APP_ENVIRONMENT)]
    except UnreadError as error:
        yield error.row(_APP, expected)
        return
    try:
        switch = part(repository.get(_WORKFLOW), "can_approve_pull_request_reviews") is True
    except (MissingError, UnreadError) as error:
        lacking = UnreadError(ADMINISTRATION, "", f"use a token that has: {ADMINISTRATION}")
        yield (error if isinstance(error, UnreadError) else lacking).row(_APPROVE, "off")
        return
    if all(app) and switch:
        fix = repository.gh("PUT", _WORKFLOW, "-F can_approve_pull_request_reviews=false")
        yield wrong(_APPROVE, expected="off: the App opens promotions", found="on: jobs may approve", fix=fix)
    else:
        yield good(_APPROVE, "on: there is no App" if switch else "off")
    yield _app(repository, app, expected, switch=switch)


def _app(repository: Repository, app: list[bool], expected: str, *, switch: bool) -> Row:
    if all(app):
        return good(_APP, expected)
    set_up = (
        f"# A GitHub App that may write contents and pull requests, installed on {repository.name} alone:\n"
        f"gh variable set {APP_ID} --env {APP_ENVIRONMENT} --repo {repository.name} --body '<client id of the App>'\n"
        f"gh secret set {APP_KEY} --env {APP_ENVIRONMENT} --repo {repository.name} < private-key.pem"
    )
    if any(app):
        lacking = APP_KEY if app[0] else APP_ID
        return wrong(_APP, expected=expected, found=f"{lacking} is missing", fix=set_up)
    if switch:
        found = (
            "no App: a job's own token opens promotions, and their checks start only when a person closes and reopens "
            "the pull request or pushes an empty commit to it"
        )
        return advice(_APP, expected=expected, found=found, fix=set_up)
    without = (
        "# or without an App, a job's own token opens them; their checks start only when a person closes and reopens "
        "the pull request or pushes an empty commit to it:\n"
        + repository.gh("PUT", _WORKFLOW, "-F can_approve_pull_request_reviews=true")
    )
    return wrong(
        _APP, expected=expected, found="no App, and jobs may not open pull requests", fix=f"{set_up}\n{without}"
    )
