"""A preview on its pull request: the comment, the label and the approvals that it makes worthless, and the check.

The check comes last, because it is what lets a pull request be merged; until then its commit has none. Killed anywhere
and run again, it comes to the same: what was taken away stands in the comment before it is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from gitops.comments.comment import APPROVAL, Conclusion, comment, conclusion, failed, headline, marker
from gitops.comments.memory import Memory, remembered
from gitops.comments.seals import Seals
from gitops.comments.text import code
from gitops.github.client import GitHub
from gitops.github.model import Pull, Review
from gitops.previews.result import PreviewResult, destructive
from gitops.release.approval import PREVIEW as NAME
from gitops.seals.pack import pack
from gitops.seals.seal import NOTHING, Seal, compare
from gitops.seals.words import since

FAILED = "The preview failed"
MOST_REVIEWS = 30
"""The newest reviews whose commits are looked up."""
DECISIONS = {"APPROVED", "CHANGES_REQUESTED", "DISMISSED"}
"""Reviews by which a person's former ones count no more."""


@dataclass(frozen=True, kw_only=True)
class Posted:
    """What was done.

    Args:
        pulls: numbers of the pull requests that have the comment; none when the commit is no open one's head.
        conclusion: of the check; None when there is none.
        taken: pull requests that lost the label.
        dismissed: approvals that were dismissed.
    """

    pulls: tuple[int, ...]
    conclusion: Conclusion | None = None
    taken: tuple[int, ...] = ()
    dismissed: int = 0


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a preview goes."""

    github: GitHub
    stack: str
    head: str
    run_url: str
    seals: Seals = field(repr=False)


def post(github: GitHub, found: PreviewResult | str, *, stack: str, head: str, run_url: str) -> Posted:
    """Tell every open pull request whose head is the commit what its preview found.

    Args:
        github: asks; it needs to write pull requests and checks.
        found: the result, as `gitops.previews.result.read` gives it; or why there is none.
        stack: the environment.
        head: the commit, 40 hex digits. A newer commit has a preview of its own, so that an outdated one tells nothing.
        run_url: where all of it can be read.

    Raises:
        GitHubError: GitHub cannot be asked, or refuses.
    """
    pulls = [one for one in github.pulls_of(head) if one.state == "open" and one.head == head]
    if not pulls:
        return Posted(pulls=())
    numbers = tuple(one.number for one in pulls)
    place = _Place(
        github=github, stack=stack, head=head, run_url=run_url, seals=Seals(github, NAME.format(stack=stack))
    )
    error = found if isinstance(found, str) else found.error
    if isinstance(found, str) or found.preview is None or found.seal is None:
        for pull in pulls:
            _tell_failure(place, pull, error)
        _check(place, "failure", FAILED, code(error, 1_000))
        return Posted(pulls=numbers, conclusion="failure")
    results = [_tell(place, pull, found.preview, found.seal) for pull in pulls]
    labels = set.intersection(*(one.labels for one in results))
    concluded = conclusion(found.preview, labels)
    said = headline(found.preview)
    _check(place, concluded, said, f"**{said}**. The comment on the pull request says more.", found.seal)
    return Posted(
        pulls=numbers,
        conclusion=concluded,
        taken=tuple(number for number, one in zip(numbers, results, strict=True) if one.taken),
        dismissed=sum(one.dismissed for one in results),
    )


@dataclass(frozen=True, kw_only=True)
class _Told:
    """What one pull request was told: the labels that it has now, whether it lost one, approvals that it lost."""

    labels: set[str]
    taken: bool
    dismissed: int


def _tell_failure(place: _Place, pull: Pull, error: str) -> None:
    before = remembered(place.github.comments(pull.number), marker(place.stack))
    now = _next(place, pull, before, place.github.reviews(pull.number))
    body = failed(error, stack=place.stack, revision=place.head, run_url=place.run_url, note=now.line())
    place.github.comment(pull.number, marker(place.stack), body)


def _tell(place: _Place, pull: Pull, preview: Mapping[str, Any], now: Seal) -> _Told:
    github = place.github
    before = remembered(github.comments(pull.number), marker(place.stack))
    reviews = github.reviews(pull.number)
    memory = _next(place, pull, before, reviews)
    labelled = APPROVAL in pull.labels
    known = before.head == place.head and before.taken
    memory = replace(memory, taken=not _is_allowed(place, memory, preview, now) if labelled else known)
    last = place.seals.of(memory.since)
    body = comment(
        preview,
        stack=place.stack,
        revision=place.head,
        run_url=place.run_url,
        since=since(last, now) if last else None,
        seal_digest=now.digest,
        note=memory.line(),
        taken=memory.taken,
    )
    github.comment(pull.number, marker(place.stack), body)
    if labelled and memory.taken:
        github.unlabel(pull.number, APPROVAL)
    outdated = [one for one in _approvals(reviews) if one.commit != place.head]
    uncovered = [one for one in outdated if not compare(place.seals.of(one.commit) or NOTHING, now).applies]
    for one in uncovered:
        github.dismiss_review(pull.number, one.id, _why(place, one, now))
    labels = {*pull.labels} - ({APPROVAL} if memory.taken else set())
    return _Told(labels=labels, taken=labelled and memory.taken, dismissed=len(uncovered))


def _next(place: _Place, pull: Pull, before: Memory, reviews: list[Review]) -> Memory:
    """What the new comment remembers. A second run for one commit compares with what the first one compared with."""
    if before.head == place.head:
        return before
    former = next((one for one in (before.head, before.former) if place.seals.of(one)), None)
    looked = (one.commit for one in reversed(reviews) if not one.is_bot and one.author != pull.author)
    seen = [one for one in dict.fromkeys(looked) if one and one != place.head][:MOST_REVIEWS]
    since_ = next((one for one in seen if place.seals.of(one)), former)
    return Memory(head=place.head, former=former, since=since_)


def _is_allowed(place: _Place, memory: Memory, preview: Mapping[str, Any], now: Seal) -> bool:
    """Whether the label was given for what would be lost now: it was looked at with the plan that was told last."""
    losses = replace(now, steps=tuple(destructive(preview, now)), refusals=())
    if not losses.steps or place.seals.digest_of(place.head) == now.digest:
        return True
    shown = place.seals.of(place.head) or place.seals.of(memory.former) or NOTHING
    return compare(shown, losses).applies


def _approvals(reviews: list[Review]) -> list[Review]:
    """Those that count: of each person the last decision."""
    last = {one.author: one for one in reviews if one.state in DECISIONS}
    return [one for one in last.values() if one.state == "APPROVED"]


def _why(place: _Place, review: Review, now: Seal) -> str:
    approved = place.seals.of(review.commit)
    change = f"Since this approval, {code(since(approved, now), 300)}" if approved else "No plan was known then"
    return f"The plan of `{place.stack}` is no longer the approved one. {change}; [the preview]({place.run_url})."


def _check(place: _Place, concluded: Conclusion, title: str, summary: str, now: Seal | None = None) -> None:
    """The check says it. Without a plan it keeps the last one of this commit, which the label may be for."""
    kept = place.seals.check_of(place.head)
    place.github.check(
        place.head,
        NAME.format(stack=place.stack),
        conclusion=concluded,
        title=title,
        summary=summary,
        text=pack(now) if now else kept.text if kept else "",
        external_id=now.digest if now else kept.external_id if kept else "",
        details_url=place.run_url,
    )
