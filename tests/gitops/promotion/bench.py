"""A GitHub with a history: what prod runs, what came after it, and the proof of the newest of it."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import httpx
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gitops.github.client import GitHub
from gitops.promotion.propose import propose
from gitops.promotion.stack_file import Pair, with_pair
from gitops.release.proof import Proof
from local.github.repository import Repository
from local.github.store import Store
from local.github.transport import transport
from render.configuration import ROOT
from tests.gitops.golden_promotion.bodies import DIGEST, FORMER_DIGEST, PROD, PROOF
from tests.gitops.killing import Calls

NAME, TOKEN, FILE = "example/platform", "token-of-a-job", "Pulumi.prod.yaml"
BRANCH, BACK = "promote/prod", "rollback/prod"
EMPTY = (ROOT / FILE).read_text()
READS = {"cat-file", "diff", "log", "merge-base", "rev-list", "rev-parse"}
NEWER_DIGEST = f"sha256:{'feedface' * 8}"


class History:
    """A repository that every world gets a copy of, because making commits takes longer than copying them.

    Attributes:
        former: commit that prod runs.
        proven: commit of `PROOF`, newer.
        newer: commit that is newer still.
        names_former: newest commit of main, whose file of prod names the former pair.
    """

    def __init__(self, path: Path) -> None:
        repository = Repository.make(path, {FILE: EMPTY, "requirements/api.txt": "quart==0.20.0\n"})
        self.path = path
        self.former = repository.commit(
            "main", {"api/migrations/0001_accounts.sql": "CREATE TABLE a (b int);"}, "Begin"
        )
        self.proven = repository.commit("main", {"api/migrations/0002_names.sql": "CREATE TABLE c (d int);"}, "Names")
        self.newer = repository.commit("main", {"requirements/api.txt": "quart==0.21.0\n"}, "Quart 0.21")
        self.settings = with_pair(EMPTY, FORMER_DIGEST, self.former)
        self.names_former = repository.commit("main", {FILE: self.settings}, "Promote the former")


@cache
def history() -> History:
    """The one of this process; `conftest.py` removes it."""
    return History(Path(tempfile.mkdtemp(prefix="priceguard-history-")) / "platform.git")


class Remembering(Repository):
    """It asks git once, for all copies, what never changes: what commits say that are given by their full names."""

    _said: ClassVar[dict[tuple[str, ...], bytes]] = {}
    _trees: ClassVar[dict[str, str]] = {}

    def exactly(self, *arguments: str, **more: Any) -> bytes:
        """As there."""
        moving = any(name in word for word in arguments for name in ("main", "heads/", BRANCH, BACK))
        if moving or arguments[0] not in READS:
            return super().exactly(*arguments, **more)
        if arguments not in self._said:
            self._said[arguments] = super().exactly(*arguments, **more)
        return self._said[arguments]

    def head(self, branch: str) -> str | None:
        """As there; git keeps it in a file."""
        path = self.path / "refs" / "heads" / branch
        return path.read_text().strip() if path.exists() else None

    def tree(self, base: str | None, entries: Sequence[Mapping[str, str | None]]) -> str:
        """As there."""
        key = repr((base, entries))
        if key not in self._trees:
            self._trees[key] = super().tree(base, entries)
        return self._trees[key]


class World:
    """GitHub, with a copy of the history in a folder that is not there yet."""

    def __init__(self, path: Path, of: Path | None = None) -> None:
        # Only the branches are its own: whatever git keeps under its hash may be there for all of them.
        shutil.copytree(of or history().path, path, ignore=lambda *_: ["objects"])
        (path / "objects").symlink_to(history().path / "objects")
        self.repository = Remembering(path)
        self.store = Store(self.repository, NAME)
        self.store.allow(TOKEN)
        self.transport = transport(self.store)

    def copy(self, path: Path) -> "World":
        """Another one where all of this was done, too."""
        made = World(path, self.repository.path)
        for name in ("pulls", "threads", "check_runs", "_numbers", "_ids"):
            setattr(made.store, name, deepcopy(getattr(self.store, name)))
        return made

    def github(self, calls: httpx.BaseTransport | None = None) -> GitHub:
        """With the token of a job."""
        return GitHub(NAME, TOKEN, transport=calls or self.transport, patience=5)

    def propose(self, proof: Proof, *, calls: Calls | None = None, running: Pair | None = None) -> Any:
        """As dev's deployment does it; prod runs the former pair unless told otherwise."""
        return propose(
            self.github(calls),
            proof=proof,
            running=running or former(),
            repository=self.repository.path,
            cost="nobody has looked",
        )

    def file(self, name: str) -> str:
        """The file of prod at a branch."""
        found: Any = self.repository.file(name, FILE)
        return found.decode() if isinstance(found, bytes) else found

    def branch(self, name: str) -> list[tuple[str, bool, str]]:
        """Of what a branch has beside main, the oldest first: tree, whether it is right on top of main, message."""
        if self.repository.head(name) is None:
            return []
        main = (self.repository.head("main"),)
        found = self.repository.commits(name, "^main", most=10)
        return [(one.tree, one.parents == main, one.message) for one in reversed(found)]


def former() -> Pair:
    """What prod runs."""
    return Pair(image=f"{PROD}@{FORMER_DIGEST}", digest=FORMER_DIGEST, revision=history().former)


def promoted() -> Pair:
    """What it runs when what `PROOF` is of was promoted."""
    return replace(former(), digest=DIGEST, revision=history().proven)


def proof(revision: str | None = None, digest: str = DIGEST) -> Proof:
    """Of dev; of the commit after the former one unless told otherwise."""
    return replace(PROOF, revision=revision or history().proven, digest=digest)


def newer() -> Proof:
    """Of the commit after that."""
    return proof(history().newer, NEWER_DIGEST)


@dataclass(frozen=True, kw_only=True)
class Thread:
    """A pull request or an issue, as people see it."""

    title: str
    body: str
    state: str
    labels: tuple[str, ...]
    comments: tuple[str, ...]


def seen(world: World) -> list[Any]:
    """All that people see, without names of commits and times."""
    threads: Iterable[Any] = world.store.threads.values()
    return [
        *(
            Thread(
                title=one["title"],
                body=one["body"],
                state=one["state"],
                labels=tuple(one["labels"]),
                comments=tuple(comment["body"] for comment in one["comments"]),
            )
            for one in threads
        ),
        *((name, world.branch(name)) for name in (BRANCH, BACK)),
    ]


def tokens(text: str) -> list[Token]:
    """What a reader of Markdown makes of it; what stands in a line after the line."""
    parsed = MarkdownIt("commonmark").enable("table").parse(text)
    return [one for block in parsed for one in (block, *(block.children or []))]
