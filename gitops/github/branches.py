"""Branches, files and commits."""

import base64
import binascii
import contextlib
from collections.abc import Mapping
from urllib.parse import quote

from gitops.github import git_wire
from gitops.github.api import Api, quoted
from gitops.github.errors import GitHubError
from gitops.github.model import Comparison

MOST_COMMITS = 1_000
"""Commits of a comparison that are told; how many there are is told in any case."""
FILE_MODE = "100644"
MISSING = 404


class Branches(Api):
    """What `GitHub` does with git. Every method may raise `GitHubError`."""

    def head(self, branch: str) -> str | None:
        """The commit at the end of a branch; None when there is no such branch."""
        path = f"{self._here}/git/ref/heads/{quote(branch)}"
        answer = self._unless_missing(path)
        return None if answer is None else self._decoded(git_wire.Reference, answer, f"GET {path}").object.sha

    def file(self, path: str, ref: str) -> str:
        """The text of a file, of at most 1 MB, at a branch or commit."""
        asked = f"{self._here}/contents/{quote(path)}"
        found = self._one(git_wire.File, "GET", asked, params={"ref": ref})
        if (found.type, found.encoding) == ("file", "base64"):
            with contextlib.suppress(binascii.Error, UnicodeDecodeError):
                return base64.b64decode(found.content).decode()
        raise GitHubError(f"{path} at {ref} is no text file of at most 1 MB")

    def compare(self, base: str, head: str) -> Comparison:
        """How `head` stands to `base`, each a branch or a commit, and what it has more."""
        path = f"{self._here}/compare/{quoted(base)}...{quoted(head)}"
        found: list[git_wire.Commit] = []
        page = None
        for page in self._pages(git_wire.Comparison, path):
            found += page.commits
            if len(found) >= MOST_COMMITS:
                break
        assert page, "a list has a first page"
        commits = tuple(commit.model() for commit in found[:MOST_COMMITS])
        return Comparison(status=page.status, ahead_by=page.ahead_by, commits=commits)

    def compared(self, base: str, head: str) -> Comparison | None:
        """The same; None when one of them is not there."""
        try:
            return self.compare(base, head)
        except GitHubError as error:
            if error.status != MISSING:
                raise
            return None

    def commit_files(self, branch: str, base: str, files: Mapping[str, str], message: str) -> str:
        """Let a branch be the commit `base` and one more, that has these files; return the commit that it ends with.

        The branch is made, or moved there whatever it held. When it is that already, nothing is written.

        Args:
            branch: its name.
            base: 40 hex digits.
            files: path -> text, which become ordinary files; all others are those of `base`.
            message: of the commit.
        """
        entries = [
            {"path": path, "mode": FILE_MODE, "type": "blob", "content": text} for path, text in sorted(files.items())
        ]
        wanted = {"base_tree": self._commit(base).tree.sha, "tree": entries}
        tree = self._one(git_wire.Object, "POST", f"{self._here}/git/trees", json=wanted, repeatable=True).sha
        there = self.head(branch)
        if there:
            commit = self._commit(there)
            if (commit.tree.sha, [parent.sha for parent in commit.parents]) == (tree, [base]):
                return there
        # A commit that nothing points at is none, so that one more of them does no harm.
        new = {"message": message, "tree": tree, "parents": [base]}
        made = self._one(git_wire.Object, "POST", f"{self._here}/git/commits", json=new, repeatable=True).sha
        if there is None and self._make(lambda: self._new_branch(branch, made), lambda: self.head(branch)) == made:
            return made
        self._send("PATCH", f"{self._here}/git/refs/heads/{quote(branch)}", json={"sha": made, "force": True})
        return made

    def _commit(self, sha: str) -> git_wire.GitCommit:
        return self._one(git_wire.GitCommit, "GET", f"{self._here}/git/commits/{sha}")

    def _new_branch(self, branch: str, commit: str) -> str:
        """What it ends with: the commit, unless somebody was faster."""
        wanted = {"ref": f"refs/heads/{branch}", "sha": commit}
        try:
            return self._one(git_wire.Reference, "POST", f"{self._here}/git/refs", json=wanted).object.sha
        except GitHubError as error:
            if error.status == 422 and (there := self.head(branch)):
                return there
            raise
