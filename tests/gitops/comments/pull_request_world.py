"""A pull request at the stand-in of GitHub, and previews of its commits."""

import atexit
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx

from gitops.comments.pull_request import Posted, post
from gitops.engine_result import Change
from gitops.github.client import GitHub
from gitops.previews.result import PreviewResult, of_preview
from local.github.repository import Repository
from local.github.store import Store
from local.github.transport import transport
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import INSTANCE, KEY, LEVEL, change, preview

NAME, BRANCH, TOKEN = "example/platform", "change", "job"
RUN = "https://github.com/example/platform/actions/runs/7"
DATABASE = change("replace", INSTANCE, "database", changed("kmsKeyId", f"{KEY}31a6", f"{KEY}77fe", replaces=True))
KEY_GOES = change("delete", "aws:kms/key:Key", "environment")
COMMITS = 4


@cache
def repository() -> tuple[Repository, tuple[str, ...]]:
    """One with a branch of several commits, which no test changes."""
    folder = mkdtemp(prefix="priceguard-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = Repository.make(Path(folder) / "platform.git", {"a": "0"})
    made.git("branch", BRANCH, "main")
    return made, tuple(made.commit(BRANCH, {"a": str(place)}, f"Commit {place}") for place in range(1, COMMITS + 1))


@dataclass
class World:
    """GitHub with one pull request, whose head is the first commit of its branch until `push`.

    Attributes:
        store: the stand-in.
        number: of the pull request.
        commits: of its branch.
    """

    store: Store = field(default_factory=lambda: Store(repository()[0], NAME))
    number: int = 0
    commits: tuple[str, ...] = field(default_factory=lambda: repository()[1])

    def __post_init__(self) -> None:
        self.store.allow(TOKEN)
        # As of a fork, so that its head is what the test says and not what the branch is.
        self.number = self.store.open_pull(BRANCH, fork="carol/platform", commit=self.commits[0])

    @property
    def transport(self) -> httpx.BaseTransport:
        """The way there."""
        return transport(self.store)

    def push(self, place: int) -> None:
        """Have the commit at a place of the branch be the head."""
        self.store.pulls[self.number]["head_sha"] = self.commits[place]

    def post(self, place: int, *changes: Change, way: httpx.BaseTransport | None = None, **more: Any) -> Posted:
        """Tell what the preview of a commit found, which becomes the head before."""
        self.push(place)
        return self.tell(found(self.commits[place], *changes, **more), place, way=way)

    def tell(self, result: PreviewResult | str, place: int, *, way: httpx.BaseTransport | None = None) -> Posted:
        """Tell a result, or why there is none."""
        github = GitHub(NAME, TOKEN, transport=way or self.transport)
        return post(github, result, stack="dev", head=self.commits[place], run_url=RUN)

    @property
    def comment(self) -> str:
        """The only one."""
        (body,) = self.store.comments(self.number)
        return body

    @property
    def labels(self) -> list[str]:
        """Of the pull request."""
        return self.store.thread(self.number)["labels"]

    @property
    def reviews(self) -> list[str]:
        """Their states."""
        return [one["state"] for one in self.store.pulls[self.number]["reviews"]]

    def check(self, place: int) -> dict[str, Any]:
        """The only check of a commit."""
        (found,) = self.store.checks(self.commits[place], "preview (dev)")
        return found

    def facts(self) -> Any:
        """What a person sees of all of it."""
        runs = [
            {name: run[name] for name in ("name", "head_sha", "conclusion", "external_id", "output", "status")}
            for run in self.store.check_runs.values()
        ]
        return self.store.comments(self.number), self.labels, self.reviews, runs


def found(head: str, *changes: Change, **more: Any) -> PreviewResult:
    """The result of a preview of dev."""
    return of_preview(preview(*changes, policy=(), unchanged=150, **more), head, {"priceguard:image": "build"})


__all__ = ["DATABASE", "KEY_GOES", "LEVEL", "World", "found"]
