"""The plans that former previews have left in their checks."""

import re

from gitops.github.client import GitHub
from gitops.github.model import Check
from gitops.seals.pack import unpack
from gitops.seals.seal import Seal

_DIGEST = re.compile(r"[0-9a-f]{64}")


class Seals:
    """The plans of one stack, each asked for once.

    Args:
        github: asks.
        name: of the check that keeps them.
    """

    def __init__(self, github: GitHub, name: str) -> None:
        self._github, self._name = github, name
        self._checks: dict[str, Check | None] = {}

    def check_of(self, commit: str) -> Check | None:
        """The check of a commit that keeps a plan, or its digest; a job that happens to have its name keeps none."""
        if commit not in self._checks:
            found = self._github.checks(commit, self._name)
            self._checks[commit] = next((one for one in found if _DIGEST.fullmatch(one.external_id)), None)
        return self._checks[commit]

    def digest_of(self, commit: str) -> str:
        """The digest of the plan of a commit; empty when there is none."""
        check = self.check_of(commit)
        return check.external_id if check else ""

    def of(self, commit: str | None) -> Seal | None:
        """The plan of a commit; None when it is not known, or was too large to be kept."""
        check = self.check_of(commit) if commit else None
        found = unpack(check.text) if check else None
        return found if check and found and found.digest == check.external_id else None
