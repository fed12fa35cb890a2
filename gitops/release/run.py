"""Where the pipeline runs: a job of GitHub Actions, or whatever sets the same variables."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from gitops.github.client import API, GitHub
from gitops.revision import REVISION

REPOSITORY = re.compile(r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")


class RunError(Exception):
    """The surroundings lack what the pipeline needs; the message says what, and how to have it."""


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run.

    Args:
        repository: `owner/name`.
        sha: the commit that it is about.
        url: where it can be looked at.
        github: asks GitHub with the rights of the job.
    """

    repository: str
    sha: str
    url: str
    github: GitHub


def from_environment(environment: Mapping[str, str]) -> Run:
    """The run that the variables of GitHub Actions tell of.

    Raises:
        RunError: one is missing, or says nothing that can be.
    """
    names = ("GITHUB_REPOSITORY", "GITHUB_SHA", "GITHUB_TOKEN")
    if lacking := [name for name in names if not environment.get(name)]:
        raise RunError(
            f"{', '.join(lacking)}: not set; GitHub Actions sets them (the token by `env:` of the step). By hand, "
            "export the repository as owner/name, the commit, and a token such as `gh auth token` prints"
        )
    repository, sha = environment["GITHUB_REPOSITORY"], environment["GITHUB_SHA"]
    if not REPOSITORY.fullmatch(repository):
        raise RunError("GITHUB_REPOSITORY must be owner/name")
    if not REVISION.fullmatch(sha):
        raise RunError("GITHUB_SHA must be a commit, 40 hex digits")
    server = environment.get("GITHUB_SERVER_URL") or "https://github.com"
    run = environment.get("GITHUB_RUN_ID")
    github = GitHub(repository, environment["GITHUB_TOKEN"], url=environment.get("GITHUB_API_URL") or API)
    url = f"{server}/{repository}/actions/runs/{run}" if run else f"{server}/{repository}/commit/{sha}"
    return Run(repository=repository, sha=sha, url=url, github=github)
