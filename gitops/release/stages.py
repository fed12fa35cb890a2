"""What makes an update a release: it runs, it can take money, and the frontend knows it; one stage after another.

Every stage can be repeated: after a kill, all of them run again and find what is done.
"""

import datetime as dt
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx

from gitops.engine import EngineError, LockedError, Report
from gitops.github.client import GitHub, GitHubError
from gitops.netlify.errors import NetlifyError, SyncError
from gitops.previews.secrets import without_secrets
from gitops.previews.state_copy import StateCopyError
from gitops.previews.values import plain
from gitops.previews.words import counted
from gitops.release.approval import approved
from gitops.release.proof import Proof, Stage
from gitops.release.target import ImageCopyError, Target
from gitops.release.update import Approval, UpdateError, update
from gitops.seals.seal import Seal
from gitops.stored_secrets.stripe_key import StripeKeyError
from gitops.verification.money_path import money_path
from gitops.verification.money_path_result import BusyError, MoneyPathError
from gitops.verification.result import NoAnswerError, Verified, VerifyError
from gitops.verification.verify import Waiting, verify

EXPECTED = (
    *(UpdateError, EngineError, VerifyError, MoneyPathError, SyncError, GitHubError, ImageCopyError),
    *(StateCopyError, StripeKeyError),
)
"""What a stage may end with; anything else is a mistake of ours."""
BROKEN, LIMITED = 500, 429
APPROVAL, IMAGE = "approval", "image"
"""The stages before the update."""


class Frontend(Protocol):
    """The site that shows the product, as far as it is built from stack outputs."""

    def sync(self, outputs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """Give it the outputs; what was done, in a line, and what `restore` needs to undo it."""
        ...

    def restore(self, record: Mapping[str, Any]) -> str:
        """Put back what `sync` found; what was done, in a line."""
        ...


class StageError(Exception):
    """A stage failed.

    Args:
        stage: its name.
        cause: why.
    """

    def __init__(self, stage: str, cause: Exception) -> None:
        super().__init__(f"{stage}: {plain(without_secrets(str(cause)))}")
        self.stage, self.cause = stage, cause

    @property
    def evidence(self) -> str:
        """All that is known, in lines. It goes where the job's log does not mask anything, so it is looked through."""
        return without_secrets(self.cause.report() if isinstance(self.cause, VerifyError) else str(self.cause))

    @property
    def is_unsure(self) -> bool:
        """Whether nobody knows how it went, as the other side is away or busy: whoever runs it again will."""
        if isinstance(self.cause, NetlifyError):
            return self.cause.status in {0, LIMITED} or self.cause.status >= BROKEN
        return isinstance(self.cause, NoAnswerError | BusyError)

    @property
    def came_first(self) -> bool:
        """Whether it failed before anything was changed."""
        return self.stage in {APPROVAL, IMAGE} or isinstance(self.cause, UpdateError | LockedError)


@dataclass(kw_only=True)
class Release:
    """One release of what a checkout holds.

    Args:
        target: the environment.
        frontend: the site.
        root: the checkout.
        revision: its commit.
        run_id: tells this run from any other.
        run_url: where it can be looked at.
        progress: told what goes on, a line each.
        report: told of each resource that is done.
        waiting: how long the service may take, and how long it must stay well.
        http: asks the API; a client of its own unless given.

    Attributes:
        stages: those that went well.
        restores: what takes the frontend back to what it was.
    """

    target: Target
    frontend: Frontend
    root: Path
    revision: str
    run_id: str
    run_url: str
    progress: Callable[[str], None]
    report: Report = lambda _: None
    waiting: Waiting = field(default_factory=Waiting)
    http: httpx.Client | None = None
    stages: list[Stage] = field(default_factory=list[Stage])
    restores: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def approved(self, github: GitHub, commit: str, since: str | None) -> Seal | None:
        """What reviewers approved; see `gitops.release.approval.approved`."""
        with self.stage(APPROVAL) as say:
            seal = approved(github, self.target.stack, commit, since)
            say(f"{len(seal.steps)} changes were approved" if seal else "none was found")
        return seal

    def update(self, approval: Approval) -> None:
        """Bring the environment to what the program says, as far as that was approved."""
        with self.stage("update") as say:
            what = self.target, self.root, self.revision, approval
            say(update(*what, report=self.report, progress=self.progress))

    def prove(self) -> Verified:
        """It runs, and can take money."""
        with self.stage("verify") as say:
            expected = self.target.expected()
            service = self.target.service(expected)
            verified = verify(expected, service=service, http=self.http, waiting=self.waiting, progress=self.progress)
            tasks = counted(len(verified.tasks), "task")
            say(f"{tasks} on {expected.digest[:19]}, well for {verified.soaked:.0f} s")
        with self.stage("money path") as say:
            paid = money_path(
                self.target.stripe(),
                self.target.outputs(),
                booked=self.target.booked,
                run_id=self.run_id,
                progress=self.progress,
            )
            say(str(paid))
        return verified

    def show(self) -> None:
        """The frontend knows it."""
        with self.stage("frontend") as say:
            said, self.restores = self.frontend.sync(self.target.outputs())
            say(said)

    def proof(self, verified: Verified) -> Proof:
        """What has been proved."""
        return Proof(
            stack=self.target.stack,
            revision=self.revision,
            digest=verified.expected.digest,
            image=verified.expected.image,
            run_url=self.run_url,
            at=dt.datetime.now(tz=dt.UTC),
            stages=tuple(self.stages),
            soaked=verified.soaked,
        )

    @contextmanager
    def stage(self, name: str) -> Generator[Callable[[str], None]]:
        """One stage; it says what it found.

        Raises:
            StageError: it failed.
        """
        began, said = time.monotonic(), [""]
        self.progress(f"{name} …")

        def say(words: str) -> None:
            said[0] = plain(words)

        try:
            yield say
        except EXPECTED as error:
            raise StageError(name, error) from error
        self.stages.append(Stage(name=name, seconds=round(time.monotonic() - began, 1), said=said[0]))
        self.progress(f"{name}: {said[0]}")
