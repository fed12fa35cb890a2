"""`rollback`: a person takes back what prod runs, for a reason that no stage saw."""

from dataclasses import replace

from gitops.release.promote import back, told
from gitops.release.promotion import Promotion, PromotionError, guarded, running, versions
from gitops.release.record import Attempt, Good


def take_back(here: Promotion, reason: str, to: str = "") -> str:
    """Go back to what ran well before what runs, pair and settings, or to the revision `to`; what runs now.

    Raises:
        PromotionError: nothing was done, or it failed; the message says what runs now.
        StageError, GitHubError, CheckoutError: as `promote`.
    """
    found = here.records.journal(here.commit)
    resumed = found.attempt if found and found.conclusion is None and found.attempt.reason else None
    done = back(here, resumed or _begun(here, reason, to))
    if done.trouble:
        raise PromotionError(told(here.target.stack, done))
    return told(here.target.stack, done)


def _begun(here: Promotion, reason: str, to: str) -> Attempt:
    now = running(here)
    if now is None:
        raise PromotionError(f"nothing runs in {here.target.stack} that could be taken back")
    attempt = Attempt(pair=now.pair, commit=here.commit, former=now, reason=reason, restores=now.restores)
    former = _former(here, now, to)
    if former is None:
        wanted = f"revision {to}" if to else "pair before this one"
        why = f"no {wanted} is known to have run well in {here.target.stack}: promote one that dev proved"
        here.records.stop(replace(attempt, reason=f"{reason}; {why}"))
        raise PromotionError(why)
    attempt = replace(attempt, former=guarded(here, former))
    here.records.begin(attempt)
    return attempt


def _former(here: Promotion, now: Good, to: str) -> Good | None:
    """The newest one that ran well and is another pair, or has other settings."""
    for commit, there in versions(here):
        same = there.same_as(now.pair.digest, now.pair.revision)
        if (same and here.settings(commit) == here.settings_of(now)) or not there.revision.startswith(to):
            continue
        good = here.records.good(there)
        found = here.records.journal(commit)
        if good and found and found.conclusion == "success":
            return Good(pair=there, commit=commit)
    return None
