"""prod: the pair that main names, if dev proved it; and back to the former one when it fails.

What people are told of it, and that Git says what runs, is `gitops.release.follow_up`'s: another job's, which may write
at GitHub and knows no AWS.
"""

from collections.abc import Sequence
from dataclasses import replace

from gitops.github.api import MAIN
from gitops.github.model import Pull
from gitops.promotion.propose import LABEL
from gitops.promotion.put_back import LABEL as RETURNS
from gitops.promotion.stack_file import Pair, only_pair_changed, pair
from gitops.release.checkout import checkout
from gitops.release.promotion import Promotion, PromotionError, guarded, pulls_since, running
from gitops.release.proof import LONGEST, proven
from gitops.release.record import Attempt
from gitops.release.stages import IMAGE, Release, StageError
from gitops.release.update import GO_ON, STOP, Approval

PROVES = "dev"
MERGED = {"ahead", "identical"}
"""What GitHub says of main beside a commit that is in it."""


def promote(here: Promotion, *, approve: str = "", unapproved: str = STOP) -> str:
    """Bring prod to the pair that main names; what was done, in a line.

    Args:
        here: what it works on.
        approve: digest of a seal that a person approves.
        unapproved: `stop` or `go-on` when the update would do more than was approved.

    Raises:
        PromotionError: it was refused, or failed; then the former pair runs again, or the message says that not.
        StageError: nothing was changed yet, or nobody knows: run again.
        GitHubError, CheckoutError: GitHub, or the clone, does not give what is needed.
        StackFileError: the stack's file names no pair.
    """
    text = here.settings(here.commit)
    wanted = pair(text)
    resumed = under_way(here, wanted)
    if resumed and resumed.reason:
        raise PromotionError(told(here.target.stack, back(here, resumed)))
    if not resumed and here.github.file(here.file, here.github.head(MAIN) or here.commit) != text:
        return f"main has another {here.file} by now, whose own run promotes it"
    former = resumed.former if resumed else running(here)
    pulls = pulls_since(here, former)
    returns = any(RETURNS in pull.labels for _, pull in pulls)
    attempt = resumed or Attempt(pair=wanted, commit=here.commit, former=former, returns=returns)
    try:
        image = refuse(here, wanted, pulls)
    except PromotionError as error:
        if not resumed and not here.records.was_taken_back(here.commit):
            here.records.stop(replace(attempt, reason=str(error)))
        raise
    here.records.begin(attempt)
    try:
        release = _forward(here, attempt, image, Approval(digest=approve, unapproved=unapproved))
    except StageError as error:
        failed = _failed(here, attempt, error, resumed=resumed is not None)
        raise PromotionError(told(here.target.stack, back(here, failed))) from error
    here.records.succeed(attempt, release.restores)
    return f"{here.target.stack} runs {wanted.revision[:7]}"


def under_way(here: Promotion, wanted: Pair) -> Attempt | None:
    """The attempt that a killed run has left."""
    found = here.records.journal(here.commit)
    return found.attempt if found and found.conclusion is None and found.attempt.pair == wanted else None


def refuse(here: Promotion, wanted: Pair, pulls: Sequence[tuple[str, Pull]]) -> str:
    """The image that dev proved, or the end: nothing has been changed.

    Args:
        here: what it works on.
        wanted: the pair.
        pulls: those that changed the settings since what runs, each with its commit of main.

    Raises:
        PromotionError: the pair is none that may run there.
    """
    if not wanted.exists:
        raise PromotionError(f"{here.file} has the placeholder still: merge the first promotion's pull request")
    if here.github.compare(wanted.revision, here.commit).status not in MERGED:
        raise PromotionError(f"{wanted.revision[:7]} is not on main, so nobody reviewed it: promote one that is")
    for commit, pull in pulls:
        others = only_pair_changed(here.settings(f"{commit}^"), here.settings(commit)) if LABEL in pull.labels else []
        if others:
            raise PromotionError(f"a promotion changes image and revision only, and this one: {', '.join(others)}")
    if there := here.records.good(wanted):
        return there.pair.image
    proof = proven(here.github, PROVES, wanted.revision, wanted.digest)
    if proof is None:
        raise PromotionError(
            f"{PROVES} never proved {wanted.revision[:7]} with {wanted.digest[:19]}: merge the promotion that follows "
            f"a deployment of {PROVES}, or run that deployment's workflow again for the commit"
        )
    if why := here.records.rejected(wanted, proof.at):
        raise PromotionError(
            f"{wanted.revision[:7]} was rejected before ({why}): promote a newer commit; when the cause was not in it, "
            f"run the deployment of {PROVES} for it again, which renews its proof"
        )
    return proof.image


def _forward(here: Promotion, attempt: Attempt, image: str, approval: Approval) -> Release:
    """Release it.

    Raises:
        StageError: a stage failed.
    """
    files = {here.file: here.settings(attempt.commit)}
    with checkout(here.repository, attempt.pair.revision, files) as root:
        release = here.release(root, attempt.pair.revision)
        seal = release.approved(here.github, attempt.commit, attempt.former.commit if attempt.former else None)
        with release.stage(IMAGE) as say:
            here.target.copy_image(image, attempt.pair.image)
            say(f"{attempt.pair.digest[:19]} is there")
        release.update(replace(approval, seal=seal))
        release.prove()
        release.show()
    return release


def _failed(here: Promotion, attempt: Attempt, error: StageError, *, resumed: bool) -> Attempt:
    """The attempt with the reason why it is taken back, noted before anything is done about it."""
    if error.is_unsure:
        raise error
    failed = replace(attempt, reason=error.evidence[:LONGEST])
    if error.came_first:
        if not resumed:  # else something was changed before: it stays under way
            here.records.stop(failed)
        raise error
    here.records.begin(failed)
    return failed


def back(here: Promotion, attempt: Attempt) -> Attempt:
    """Go back to what ran before, and note what came of it; `trouble` says why that did not work.

    Raises:
        StageError: nobody knows: run again.
    """
    done = replace(attempt, trouble=_back(here, attempt))
    here.records.reject(done)
    return done


def told(stack: str, done: Attempt) -> str:
    """What became of an attempt that was taken back, in a line."""
    former = done.former.pair.revision[:7] if done.former else "nothing"
    now = done.trouble or f"{stack} runs {former} again"
    return f"{done.pair.revision[:7]} was taken back: {done.reason.splitlines()[0]}; {now}"


def _back(here: Promotion, attempt: Attempt) -> str:
    """Bring the former pair back; why that was not done, empty when it was."""
    former = attempt.former
    if former is None:
        return "nothing ran before, so there is nothing to go back to"
    if attempt.returns:
        return "this was a return already, and nothing goes back from a return: a person has to look"
    guarded(here, former)
    try:
        with checkout(here.repository, former.pair.revision, {here.file: here.settings_of(former)}) as root:
            release = here.release(root, former.pair.revision)
            release.update(Approval(unapproved=GO_ON))
            release.prove()
            if attempt.restores:
                with release.stage("frontend, back") as say:
                    say(release.frontend.restore(attempt.restores))
            release.show()  # writes nothing when all was put back; else what a killed run had begun
    except StageError as error:
        if error.is_unsure:
            raise
        return f"going back failed as well: {error}"
    return ""
