"""What was approved: the seals of the pull requests that an update carries.

A deployment may carry several, because of those that wait for their turn GitHub keeps the newest only.
"""

from collections.abc import Iterator

from gitops.github.api import MAIN
from gitops.github.client import GitHub
from gitops.github.model import Pull
from gitops.seals.pack import together, unpack
from gitops.seals.seal import Seal

PREVIEW = "preview ({stack})"
"""Name of the check that keeps a seal."""
MOST = 50
"""Commits that are looked at; whoever deploys that seldom approves anew."""


def approved(github: GitHub, stack: str, commit: str, since: str | None) -> Seal | None:
    """What reviewers approved of `stack` in the pull requests merged after `since` up to `commit`; None for nothing.

    Args:
        github: asks.
        stack: the environment.
        commit: the one that is deployed.
        since: the commit that the environment runs; None when there is none.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    seals = [seal for pull in _pulls(github, commit, since) if (seal := _seal(github, stack, pull))]
    return together(seals) if seals else None


def _pulls(github: GitHub, commit: str, since: str | None) -> Iterator[Pull]:
    """Each merged pull request once, the newest first."""
    seen: set[int] = set()
    for sha in _commits(github, commit, since):
        for pull in github.merged(sha):
            if pull.base_branch == MAIN and pull.number not in seen:
                seen.add(pull.number)
                yield pull


def _commits(github: GitHub, commit: str, since: str | None) -> list[str]:
    """The newest first; only the one when it is not known what runs, or that is no ancestor of it."""
    if since is None or since == commit:
        return [commit]
    found = github.compared(since, commit)
    if found is None:
        return [commit]  # it runs what was built from another repository, or by hand
    return [commit, *(one.sha for one in reversed(found.commits) if one.sha != commit)][:MOST]


def _seal(github: GitHub, stack: str, pull: Pull) -> Seal | None:
    found = (check for check in github.checks(pull.head, PREVIEW.format(stack=stack)) if check.external_id)
    newest = next(found, None)  # a job of that name makes one, too, without a digest
    return unpack(newest.text) if newest and newest.conclusion in {"success", "neutral"} else None
