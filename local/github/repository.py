"""A bare git repository, asked and changed with git's own commands."""

import os
import re
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_SECONDS = 60
_SHA = re.compile(r"[0-9a-f]{40}")
_ENVIRONMENT = {
    # Nothing of whoever runs it: no settings, no signing, no hooks of a template.
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}


class GitError(Exception):
    """Git refuses; the message is its own."""


@dataclass(frozen=True, kw_only=True)
class Commit:
    """What git keeps of a commit; the time is ISO 8601."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: str
    email: str
    date: str
    message: str


class Repository:
    """The repository in a folder.

    Args:
        path: of the bare repository, which is there.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._known: dict[str, Commit] = {}  # git is a process each time, and a commit never changes

    @classmethod
    def make(cls, path: Path, files: Mapping[str, str], message: str = "Begin") -> Self:
        """A new one whose branch `main` has these files."""
        path.mkdir(parents=True)
        made = cls(path)
        made.git("init", "--quiet", "--bare", "--initial-branch=main", "--template=", ".")
        made.commit("main", files, message)
        return made

    def git(self, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> str:
        """What a command of git says, without the line end; raises `GitError` when it fails."""
        return self.exactly(*arguments, stdin=stdin, environment=environment).decode(errors="replace").rstrip("\n")

    def exactly(self, *arguments: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> bytes:
        """What a command of git says, byte for byte.

        Raises:
            GitError: it fails.
        """
        done = subprocess.run(  # noqa: S603
            ["git", *arguments],  # noqa: S607
            cwd=self.path,
            input=stdin,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
            env=_ENVIRONMENT | {"GIT_DIR": str(self.path)} | dict(environment or {}),
        )
        if done.returncode:
            raise GitError((done.stderr or done.stdout).decode(errors="replace").strip())
        return done.stdout

    def head(self, branch: str) -> str | None:
        """The commit at the end of a branch; None when there is none."""
        return self.resolve(f"refs/heads/{branch}")

    def resolve(self, name: str) -> str | None:
        """The commit that a branch, or anything else, means; None when it means none."""
        try:
            if _SHA.fullmatch(name):
                return self.at(name).sha
            return self.git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        except GitError:
            return None

    def commit(self, branch: str, files: Mapping[str, str | None], message: str, *, on: str | None = None) -> str:
        """Let a branch end with one commit more, which has these files; return it.

        Args:
            branch: its name; a new one begins at `main`.
            files: path -> text, or None for a file that goes.
            message: of the commit.
            on: the commit that it is put on, instead of what the branch ends with.
        """
        parent = on or self.head(branch) or self.head("main")
        entries = [{"path": path, "content": text} for path, text in files.items()]
        tree = self.tree(self.at(parent).tree if parent else None, entries)
        made = self.make_commit(tree, [parent] if parent else [], message)
        self.move(branch, made)
        return made

    def tree(self, base: str | None, entries: Sequence[Mapping[str, str | None]]) -> str:
        """The tree `base` with these files: `path`, `content` (None: without it), `mode`."""
        with tempfile.TemporaryDirectory() as folder:
            index = {"GIT_INDEX_FILE": f"{folder}/index"}
            self.git("read-tree", *([base] if base else ["--empty"]), environment=index)
            lines: list[str] = []
            for entry in entries:
                content = entry["content"]
                if content is None:
                    lines.append(f"0 {'0' * 40}\t{entry['path']}")
                else:
                    blob = self.git("hash-object", "-w", "--stdin", stdin=content.encode())
                    lines.append(f"{entry.get('mode') or '100644'} {blob}\t{entry['path']}")
            self.git("update-index", "--index-info", stdin="\n".join(lines).encode(), environment=index)
            return self.git("write-tree", environment=index)

    def make_commit(
        self, tree: str, parents: Sequence[str], message: str, *, author: tuple[str, str] = ("GitHub", "noreply@local")
    ) -> str:
        """A commit that no branch has yet."""
        name, email = author
        who = {f"GIT_{role}_NAME": name for role in ("AUTHOR", "COMMITTER")}
        who |= {f"GIT_{role}_EMAIL": email for role in ("AUTHOR", "COMMITTER")}
        above = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", tree, *above, stdin=message.encode(), environment=who)

    def move(self, branch: str, commit: str) -> None:
        """Let a branch end with a commit, whatever it held."""
        self.git("update-ref", f"refs/heads/{branch}", commit)

    def delete(self, branch: str) -> None:
        """Delete a branch."""
        self.git("update-ref", "-d", f"refs/heads/{branch}")

    def at(self, sha: str) -> Commit:
        """The commit of that name.

        Raises:
            GitError: there is none.
        """
        if not _SHA.fullmatch(sha):
            raise GitError(f"{sha} is no name of a commit")
        if sha not in self._known:
            (self._known[sha],) = self.commits(sha)
        return self._known[sha]

    def commits(self, *revisions: str, most: int = 1) -> list[Commit]:
        """The commits that `git log` tells of these revisions, the newest first."""
        form = "%H%x1f%T%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%B%x1e"
        said = self.git("log", f"--max-count={most}", f"--format={form}", "--end-of-options", *revisions, "--")
        found: list[Commit] = []
        for line in said.split("\x1e"):
            if not line.strip():
                continue
            sha, tree, parents, author, email, date, message = line.lstrip("\n").split("\x1f", 6)
            found.append(
                Commit(
                    sha=sha,
                    tree=tree,
                    parents=tuple(parents.split()),
                    author=author,
                    email=email,
                    date=date,
                    message=message.strip("\n"),
                )
            )
        return found

    def count(self, base: str, head: str) -> tuple[int, int]:
        """Commits that only `base` has, and that only `head` has."""
        behind, ahead = self.git("rev-list", "--left-right", "--count", f"{base}...{head}").split()
        return int(behind), int(ahead)

    def is_in(self, commit: str, branch: str) -> bool:
        """Whether a branch has a commit."""
        try:
            self.git("merge-base", "--is-ancestor", commit, f"refs/heads/{branch}")
        except GitError:
            return False
        return True

    def file(self, name: str, path: str) -> bytes | None:
        """A file at a branch or commit; None when there is none."""
        try:
            return self.exactly("cat-file", "blob", f"{name}:{path}")
        except GitError:
            return None

    def merge(self, base: str, head: str, message: str, *, squash: bool) -> str:
        """Let the branch `base` end with a merge of the commit `head`, or with one commit of its changes.

        Raises:
            GitError: the two contradict each other.
        """
        into = self.head(base)
        if into is None:
            raise GitError(f"there is no branch {base}")
        tree = self.git("merge-tree", "--write-tree", into, head).split("\n", 1)[0]
        made = self.make_commit(tree, [into] if squash else [into, head], message)
        self.move(base, made)
        return made
