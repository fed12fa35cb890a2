"""What follows at GitHub from what became of a release: the promotion, who is told, and that Git says what runs.

It changes no environment, and reads what a release has left at its commits. Once more does no harm.
"""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from gitops.github.api import MAIN
from gitops.github.client import GitHub
from gitops.promotion.cost import promoted_cost
from gitops.promotion.propose import propose
from gitops.promotion.put_back import Failure, clear_failure, put_back, tell_failure
from gitops.promotion.stack_file import STACK_FILE, Pair, pair
from gitops.release import proof
from gitops.release.checkout import git
from gitops.release.promotion import settings, settings_of
from gitops.release.proof import Proof
from gitops.release.record import STOPPED, Attempt, Journal, Records

PROMOTED = "prod"
NO_END = "the run did not come to its end: read its log, then run it again, it goes on from what is done"
UNCHANGED = "nothing was changed, and what ran before goes on"
UNKNOWN = "nobody knows what {stack} runs: `priceguard verify {stack}` looks"


@dataclass(frozen=True, kw_only=True)
class FollowUp:
    """One run of it.

    Args:
        github: asks GitHub, with the rights of the job.
        promoter: opens pull requests, with the rights of the App where there is one: what a job's own token opens
            starts no workflow.
        repository: a clone with the whole history.
        commit: of main, which was released.
        run_url: where the release can be looked at.
        went_well: whether its job did.
        now: what time it is.
    """

    github: GitHub
    promoter: GitHub
    repository: Path
    commit: str
    run_url: str
    went_well: bool
    now: dt.datetime

    def after_deployment(self, stack: str) -> str:
        """A proven commit is proposed for prod; of one that failed, people are told. What was done, in a line."""
        found = proof.proven(self.github, stack, self.commit) if self.went_well else None
        if found is None:
            reason = proof.failure(self.github, stack, self.commit, self.run_url) or NO_END
            failed = Pair(image="", digest="", revision=self.commit)
            return self._tell(self._failure(stack, failed, None, reason, ""))
        clear_failure(self.github, stack=stack, run_url=found.run_url)
        return self._propose(found)

    def after_promotion(self, stack: str) -> str:
        """After one that failed, Git is put back and people are told; what was done, in a line."""
        journal = Records(self.github, stack, self.run_url).journal(self.commit)
        ours = journal if journal and (journal.run_url == self.run_url or not self.went_well) else None
        if ours and ours.conclusion in {STOPPED, "failure"}:
            return self._after_failure(stack, ours)
        if not self.went_well:
            named = pair(settings(self.repository, stack, self.commit))
            attempt = journal.attempt if journal else None
            return self._tell(self._failure(stack, named, attempt, NO_END, UNKNOWN.format(stack=stack)))
        if ours is None:
            return "nothing was promoted, so nothing follows"
        clear_failure(self.github, stack=stack, run_url=self.run_url)
        return f"{stack} runs {ours.attempt.pair.revision[:7]}"

    def _after_failure(self, stack: str, journal: Journal) -> str:
        attempt = journal.attempt
        trouble = UNCHANGED if journal.conclusion == STOPPED else attempt.trouble
        failure = self._failure(stack, attempt.pair, attempt, attempt.reason, trouble)
        if attempt.former and not failure.trouble:
            put_back(self.promoter, failure, settings=settings_of(self.repository, stack, attempt.former))
        return self._tell(failure)

    def _tell(self, failure: Failure) -> str:
        pull = next(iter(self.github.merged(self.commit)), None)
        return f"told in {tell_failure(self.github, failure, pull=pull).url}"

    def _propose(self, found: Proof) -> str:
        main = self.github.file(STACK_FILE, self.github.head(MAIN) or self.commit)
        runs = self._running(pair(main))
        cost = promoted_cost(self.repository, main, runs, found)
        pull = propose(self.promoter, proof=found, running=runs, repository=self.repository, cost=cost)
        return f"proposed in {pull.url}" if pull else "there is nothing to promote"

    def _running(self, named: Pair) -> Pair | None:
        """What prod runs: what main names, unless that was taken back and Git does not say so yet."""
        records = Records(self.github, PROMOTED, self.run_url)
        if not named.exists or records.good(named):
            return named if named.exists else None
        last = git(self.repository, "log", "--max-count=1", "--format=%H", self.commit, "--", STACK_FILE).strip()
        journal = records.journal(last) if last else None
        if journal is None or not journal.attempt.reason:
            return named
        return journal.attempt.former.pair if journal.attempt.former else None

    def _failure(self, stack: str, failed: Pair, attempt: Attempt | None, reason: str, trouble: str) -> Failure:
        return Failure(
            stack=stack,
            failed=failed,
            former=attempt.former.pair if attempt and attempt.former else None,
            reason=reason,
            trouble=trouble,
            run_url=self.run_url,
            at=self.now,
        )
