"""What a promotion works on: the environment, its records, and the history of its settings."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from gitops.github.client import GitHub
from gitops.github.model import Pull
from gitops.promotion.stack_file import Pair, StackFileError, pair, with_pair
from gitops.release.checkout import git
from gitops.release.record import Good, Records
from gitops.release.stages import Release
from gitops.release.target import Target
from gitops.revision import REVISION

MOST = 50
"""Versions of the stack's settings that are looked at."""


class PromotionError(Exception):
    """It was not promoted; the message says why, and what runs now."""


@dataclass(frozen=True, kw_only=True)
class Promotion:
    """What a promotion works on.

    Args:
        github: asks GitHub.
        records: of the environment.
        repository: a clone with the whole history.
        commit: of main, which is promoted.
        target: the environment.
        release: makes a release of a checkout: its folder, its commit.
    """

    github: GitHub
    records: Records
    repository: Path
    commit: str
    target: Target
    release: Callable[[Path, str], Release]

    @property
    def file(self) -> str:
        """The stack's settings."""
        return f"Pulumi.{self.target.stack}.yaml"

    def settings(self, commit: str) -> str:
        """The stack's settings at a commit."""
        return settings(self.repository, self.target.stack, commit)

    def settings_of(self, good: Good) -> str:
        """Those that something ran well with."""
        return settings_of(self.repository, self.target.stack, good)


def settings(repository: Path, stack: str, commit: str) -> str:
    """A stack's settings at a commit.

    Raises:
        CheckoutError: the clone lacks it.
    """
    return git(repository, "show", f"{commit}:Pulumi.{stack}.yaml")


def settings_of(repository: Path, stack: str, good: Good) -> str:
    """Those that something ran well with.

    Raises:
        CheckoutError: the clone lacks their commit.
        StackFileError: they have no place for a pair.
    """
    return with_pair(settings(repository, stack, good.commit), good.pair.digest, good.pair.revision)


def versions(here: Promotion, since: str | None = None) -> Iterator[tuple[str, Pair]]:
    """The commits of main that changed the stack's settings, the newest first, and the pair that each names."""
    span = f"{since}..{here.commit}" if since else here.commit
    listed = git(here.repository, "log", f"--max-count={MOST}", "--first-parent", "--format=%H", span, "--", here.file)
    for commit in listed.split():
        with suppress(StackFileError):
            yield commit, pair(here.settings(commit))


def running(here: Promotion) -> Good | None:
    """What runs there, with the settings that it ran well with, or what ran well before; None when nothing ever did.

    What a killed promotion has left never ran well: its journal says what did.
    """
    outputs = here.target.outputs()
    revision, image = str(outputs.get("revision") or ""), str(outputs.get("image") or "")
    if not REVISION.fullmatch(revision) or "@" not in image:
        return None
    there = Pair(image=image, digest=image.partition("@")[2], revision=revision)
    if good := here.records.good(there):
        return good
    for commit, named in versions(here):
        if named.same_as(there.digest, there.revision):
            found = here.records.journal(commit)
            return found.attempt.former if found else Good(pair=there, commit=commit)  # by hand, before any record
    return None


def guarded(here: Promotion, good: Good) -> Good:
    """The same, if both of its commits are on main: a record is not enough, since any workflow may write one.

    Raises:
        CheckoutError: they are not.
    """
    for commit in (good.pair.revision, good.commit):
        git(here.repository, "merge-base", "--is-ancestor", commit, here.commit)
    return good


def pulls_since(here: Promotion, former: Good | None) -> list[tuple[str, Pull]]:
    """The pull requests by which the settings changed since what runs, each with the commit of main that has it."""
    since = former.commit if former and former.commit != here.commit else None
    commits = [commit for commit, _ in versions(here, since)] if since else [here.commit]
    return [(commit, pull) for commit in commits for pull in here.github.merged(commit)]
