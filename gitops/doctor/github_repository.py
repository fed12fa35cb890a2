"""The repository at GitHub as the checks see it: its answers, and what each question takes."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gitops.doctor.report import Row
from gitops.doctor.service import Service
from gitops.doctor.template import Template

ADMINISTRATION = "Administration (read)"
SECRETS = ("STRIPE_API_KEY", "NETLIFY_AUTH_TOKEN")
"""Secrets of an environment's services."""
APP_ID, APP_KEY, APP_ENVIRONMENT = "PROMOTION_APP_CLIENT_ID", "PROMOTION_APP_PRIVATE_KEY", "follow-up"
"""Variable and secret of the GitHub App that opens promotions, and the environment whose job is that App."""
PRIVATE = (*SECRETS, APP_KEY)
"""Secrets that a job has only where it needs them, and never where the code of a pull request runs."""
# A part of a path -> the permission of a fine-grained token; the first that fits.
_PERMISSIONS = (
    (r"/rules", "Metadata (read)"),
    (r"/environments/[^/]+/(variables|secrets)", "Environments (read)"),
    (r"/actions/(organization-)?secrets", "Secrets (read)"),
    (r"/actions/variables", "Variables (read)"),
    (r"/actions/permissions|/protection$", ADMINISTRATION),
    (r"/environments|/actions/", "Actions (read)"),
    (r"/contents|/codeowners|/branches", "Contents (read)"),
)


def permission(path: str) -> str:
    """What a token needs to read a path, in the words of GitHub's page for tokens."""
    return next((name for pattern, name in _PERMISSIONS if re.search(pattern, path)), "Metadata (read)")


@dataclass(frozen=True, kw_only=True)
class Repository:
    """What every check is given.

    Args:
        name: `owner/name`.
        github: answers questions.
        environments: of `dev` and `prod`.
        templates: of each environment, the bootstrap for its account; none where the stack's file names no place.
        bootstrap: as it was deployed; with its defaults, when AWS was not asked.
        deployed: whether AWS was asked.
    """

    name: str
    github: Service
    environments: Sequence[str]
    templates: Mapping[str, Template]
    bootstrap: Template
    deployed: bool

    @property
    def path(self) -> str:
        """Where it is."""
        return f"/repos/{self.name}"

    def get(self, path: str) -> Any:
        """What is below the repository; see `Service.get`."""
        return self.github.get(f"{self.path}{path}")

    def gh(self, method: str, path: str, *arguments: str) -> str:
        """The command that changes something below the repository."""
        return " ".join(("gh api --method", method, f"repos/{self.name}{path}", *arguments))


RepositoryCheck = Callable[[Repository], Iterator[Row]]
