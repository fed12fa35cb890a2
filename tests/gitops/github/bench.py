"""What the tests of the client have in their hands: the stand-in, a client of it, and a clock that only sleep moves."""

from dataclasses import dataclass, field

import httpx

from gitops.github.client import GitHub
from local.github.repository import Repository
from local.github.store import Store
from local.github.transport import transport

NAME = "example/platform"
TOKEN = "ghs_ofTheJob"
FILES = {"Pulumi.prod.yaml": "config:\n  a: 1\n", "a file.txt": "ä\n", "folder/other.txt": "other\n"}


@dataclass
class Clock:
    """Time that passes only while somebody sleeps."""

    time: float = 1_800_000_000.0
    slept: list[float] = field(default_factory=list[float])

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.slept.append(seconds)
        self.time += seconds

    def __call__(self) -> float:
        """Seconds, for either clock."""
        return self.time


def client(carrier: httpx.BaseTransport, *, token: str = TOKEN, clock: Clock | None = None, name: str = NAME) -> GitHub:
    """A client of GitHub's own address, whose requests go where `carrier` leads."""
    clock = clock or Clock()
    return GitHub(name, token, transport=carrier, clock=clock, now=clock, sleep=clock.sleep)


class Bench:
    """A stand-in with the pull request 1, `change` into `main`; `github` has the token of a job."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository
        self.store = Store(repository, NAME)
        self.store.allow(TOKEN)
        self.number = self.store.open_pull("change", title="Change it", body="Why not", author="alice")
        self.transport = transport(self.store)
        self.clock = Clock()
        self.github = client(self.transport, clock=self.clock)

    @property
    def head(self) -> str:
        """What the pull request proposes."""
        return self.commit("change")

    @property
    def main(self) -> str:
        """Where `main` ends."""
        return self.commit("main")

    def commit(self, branch: str) -> str:
        """Where a branch ends."""
        found = self.repository.head(branch)
        assert found
        return found

    def run_check(self, name: str, commit: str, token: str = TOKEN) -> int:
        """Let whoever has the token say that a commit has passed; return the check run's id."""
        run = {"name": name, "head_sha": commit, "status": "completed", "conclusion": "success"}
        return self.store.handle("POST", f"/repos/{NAME}/check-runs", body=run, token=token).body["id"]

    def answered(self, status: int, **answer: object) -> GitHub:
        """A client whom GitHub answers everything so: `json`, `headers`, `content` as `httpx.Response`."""
        carrier = httpx.MockTransport(lambda _: httpx.Response(status, **answer))  # pyright: ignore[reportArgumentType]
        return client(carrier, clock=self.clock)
