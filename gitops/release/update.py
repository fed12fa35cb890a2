"""The update of what was approved: it previews again, and goes on only when that is all that happens."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gitops.engine import EngineError, Report
from gitops.previews.preview import is_blocked
from gitops.previews.result import REQUIREMENTS
from gitops.previews.state_copy import StateCopyError
from gitops.previews.words import counted
from gitops.release.target import Target
from gitops.seals.seal import NOTHING, Seal, compare, seal
from gitops.seals.words import words

STOP, GO_ON = "stop", "go-on"


class UpdateError(Exception):
    """Nothing was changed; the message says why."""


class UnapprovedError(UpdateError):
    """The update would do more than was approved; the message holds only that."""


@dataclass(frozen=True, kw_only=True)
class Approval:
    """What an update may do.

    Args:
        seal: what reviewers approved; None for nothing.
        digest: of a seal that a person approves beyond that; empty for none.
        unapproved: `stop`, or `go-on` after telling what was not approved.
    """

    seal: Seal | None = None
    digest: str = ""
    unapproved: str = STOP

    def refused(self, now: Seal) -> str:
        """What of an update was not approved; empty when all was."""
        found = compare(self.seal or NOTHING, now)
        if found.applies or now.digest == self.digest:
            return ""
        return words(found) if self.seal else f"no approval was found\n{words(found)}"

    def words(self, now: Seal) -> str:
        """What an update has done, in a line, beside what was approved."""
        if now.digest == self.digest:
            return "as a person approved by its digest"
        if self.seal or not now.steps:
            return words(compare(self.seal or now, now)).splitlines()[0]
        return f"{counted(len(now.steps), 'change')} made without an approval"


def update(
    target: Target, root: Path, revision: str, approval: Approval, *, report: Report, progress: Callable[[str], None]
) -> str:
    """Bring `target` to what the program in `root` says, when that was approved; what was done, in a line.

    Args:
        target: the environment.
        root: a checkout.
        revision: its commit.
        approval: what may be done.
        report: told of each resource that is done.
        progress: told what goes on.

    Raises:
        UnapprovedError: it would do more.
        UpdateError: the rules refuse it, or it would lose what is protected.
        EngineError: the engine could not.
    """
    result, config = target.preview(root, report)
    now = seal(
        result,
        revision=revision,
        configuration=config,
        requirements=(root / REQUIREMENTS).read_text(),
        wildcard_image=config.get("priceguard:image") == "build",
    )
    if is_blocked(result):
        raise UpdateError(f"the update would be refused: `priceguard preview {target.stack}` says why")
    if told := approval.refused(now):
        if approval.unapproved == STOP:
            raise UnapprovedError(f"{told}to approve exactly this, run again with --approve {now.digest}")
        progress(told)
    try:
        target.update(root, report)
    except EngineError:
        with suppress(EngineError, StateCopyError):  # what was done must be seen by the preview of what mends it
            target.publish()
        raise
    target.publish()
    return approval.words(now)
