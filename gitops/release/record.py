"""What became of an environment's promotions, kept as two checks at GitHub.

The journal, on the commit of main that is promoted: what is being done, and what ran before. It is written before
anything is changed, so that a run that was killed is taken up where it was, also in the middle of going back. The
verdict, on the commit whose program it is: whether the pair of program and image ran well.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import msgspec

from gitops.github.client import GitHub
from gitops.github.model import Check
from gitops.promotion.stack_file import Pair

JOURNAL, VERDICT = "promotion ({stack})", "promoted ({stack})"
"""Names of the checks."""
STOPPED = "action_required"
"""How a journal ends when nothing was changed."""
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Good:
    """What ran well.

    Args:
        pair: program and image.
        commit: of main, whose `Pulumi.<stack>.yaml` it ran with.
        restores: what takes the frontend back to what it was before.
    """

    pair: Pair
    commit: str
    restores: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One promotion.

    Args:
        pair: program and image.
        commit: of main, whose `Pulumi.<stack>.yaml` says so.
        former: what ran before; None when nothing did.
        returns: whether it goes back to something that ran before: then nothing goes back from it.
        reason: why it is taken back, or did not begin; empty while all is well.
        trouble: why the former one does not run again; empty while it does, or nobody tried.
        restores: what takes the frontend back, where this one had changed it.
    """

    pair: Pair
    commit: str
    former: Good | None
    returns: bool = False
    reason: str = ""
    trouble: str = ""
    restores: Mapping[str, object] = field(default_factory=dict[str, object])

    @property
    def changes_pair(self) -> bool:
        """Whether program or image is another one; else only settings are."""
        return not (self.former and self.former.pair.same_as(self.pair.digest, self.pair.revision))


@dataclass(frozen=True, kw_only=True)
class Journal:
    """What is known of a promotion.

    Args:
        attempt: the promotion.
        conclusion: `success`, `failure`, or `action_required` when it did not begin; None while it is under way.
        run_url: of the run that wrote it.
    """

    attempt: Attempt
    conclusion: str | None
    run_url: str


@dataclass(frozen=True)
class Records:
    """The records of one environment.

    Args:
        github: keeps them.
        stack: the environment.
        run_url: of the run that writes.
    """

    github: GitHub
    stack: str
    run_url: str

    def begin(self, attempt: Attempt) -> None:
        """It is under way, or being taken back."""
        self._journal(attempt, None, f"being taken back: {attempt.reason}" if attempt.reason else "under way")

    def succeed(self, attempt: Attempt, restores: Mapping[str, object]) -> None:
        """It runs."""
        good = Good(pair=attempt.pair, commit=attempt.commit, restores=restores)
        self._verdict(attempt.pair, "success", f"{self.stack} runs it", good)
        self._journal(attempt, "success", f"{self.stack} runs it")

    def stop(self, attempt: Attempt) -> None:
        """It did not begin: nothing was changed."""
        self._journal(attempt, STOPPED, attempt.reason)

    def reject(self, attempt: Attempt) -> None:
        """It was taken back. When only settings were new, the pair is good with the former ones."""
        former = attempt.former
        if former and not attempt.changes_pair:
            self._verdict(attempt.pair, "success", f"{self.stack} runs it", former)
        else:
            self._verdict(attempt.pair, "failure", f"taken back: {attempt.reason}", None)
        self._journal(attempt, "failure", f"taken back: {attempt.reason}")

    def journal(self, commit: str) -> Journal | None:
        """What is known of the promotion of a commit of main."""
        for check in self.github.checks(commit, JOURNAL.format(stack=self.stack)):
            if (attempt := _decoded(check, Attempt)) and attempt.commit == commit:
                return Journal(attempt=attempt, conclusion=check.conclusion, run_url=check.details_url)
        return None

    def was_taken_back(self, commit: str) -> bool:
        """Whether the promotion of a commit of main was."""
        found = self.journal(commit)
        return found is not None and found.conclusion == "failure"

    def good(self, pair: Pair) -> Good | None:
        """What is known of a pair that ran well; None when it never did, or went wrong the last time."""
        check = self._last_verdict(pair)
        found = _decoded(check, Good) if check and check.conclusion == "success" else None
        return found if found and found.pair.same_as(pair.digest, pair.revision) else None

    def rejected(self, pair: Pair, since: dt.datetime) -> str:
        """Why the pair was taken back, unless dev has proved it again since; empty when it was not."""
        check = self._last_verdict(pair)
        if check is None or check.conclusion != "failure":
            return ""
        ended = check.completed_at or since
        return "" if ended < since.replace(microsecond=0) else check.title  # GitHub counts whole seconds

    def _last_verdict(self, pair: Pair) -> Check | None:
        found = self.github.checks(pair.revision, VERDICT.format(stack=self.stack))
        return next((check for check in found if check.external_id == pair.digest), None)

    def _journal(self, attempt: Attempt, conclusion: str | None, title: str) -> None:
        self._write(attempt.commit, JOURNAL, attempt.pair, conclusion, title, attempt)

    def _verdict(self, pair: Pair, conclusion: str, title: str, good: Good | None) -> None:
        self._write(pair.revision, VERDICT, pair, conclusion, title, good)

    def _write(self, commit: str, name: str, pair: Pair, conclusion: str | None, title: str, data: object) -> None:
        first, *_ = title.splitlines() or [""]
        self.github.check(
            commit,
            name.format(stack=self.stack),
            conclusion=conclusion,
            title=first[:200],
            summary=f"Program of `{pair.revision}`, image `{pair.digest}`.",
            text=msgspec.json.encode(data).decode(),
            external_id=pair.digest,
            details_url=self.run_url,
        )


def _decoded(check: Check, kind: type[T]) -> T | None:
    """What a check keeps; None when another version of this program wrote it."""
    try:
        return msgspec.json.decode(check.text, type=kind)
    except msgspec.MsgspecError:
        return None
