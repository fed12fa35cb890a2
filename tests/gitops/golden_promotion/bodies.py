"""The promotions: an ordinary one, the special ones, one with words that are meant to do harm, and ones that failed."""

import datetime as dt
from dataclasses import replace
from pathlib import Path

from gitops.github.model import Commit, Comparison, Pull
from gitops.promotion.body import Proposal, body
from gitops.promotion.notes import Migration, Notes, Package
from gitops.promotion.put_back import Failure, failure_body, put_back_body
from gitops.promotion.schema_change import Effect, Finding, findings
from gitops.promotion.stack_file import Pair
from gitops.release.proof import Proof, Stage
from render.cost import difference
from tests.gitops.golden_comment.comments import RUN, TRICK
from tests.gitops.golden_preview.samples import LARGE, SMALL

HERE = Path(__file__).parent
REVISION, FORMER_REVISION = "3f2c1ab5" * 5, "91e0c2d7" * 5
DIGEST, FORMER_DIGEST = f"sha256:{'c0ffee17' * 8}", f"sha256:{'0ddba11e' * 8}"
PROD, DEV = (f"123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard-{stack}" for stack in ("prod", "dev"))
FORMER = Pair(image=f"{PROD}@{FORMER_DIGEST}", digest=FORMER_DIGEST, revision=FORMER_REVISION)
PROOF = Proof(
    stack="dev",
    revision=REVISION,
    digest=DIGEST,
    image=f"{DEV}@{DIGEST}",
    run_url=RUN,
    at=dt.datetime(2026, 11, 28, 14, 5, tzinfo=dt.UTC),
    stages=(
        Stage(name="approval", seconds=1.2, said="5 changes were approved"),
        Stage(name="update", seconds=341.0, said="4 resources changed, 158 are as they were"),
        Stage(name="verify", seconds=187.4, said=f"2 tasks are on {DIGEST[:19]}, well for 120 s"),
        Stage(name="money path", seconds=6.8, said="Stripe's event evt_1SUr8W2eZvKYlo2C was booked"),
        Stage(name="frontend", seconds=0.9, said="nothing to do"),
    ),
    soaked=120.0,
)
SUBJECTS = ("Prices of a plan can be read without an account", "A refused card says why", "Quart 0.21")


def commit(number: int, subject: str, author: str = "ada") -> Commit:
    """One of the repository's."""
    sha = f"{number * 0x9E3779B1 % 16**8:08x}" * 5
    return Commit(sha=sha, subject=subject, author=author, url=f"https://github.com/priceguard/platform/commit/{sha}")


def compared(*subjects: str, status: str = "ahead") -> Comparison:
    """So many commits, the oldest first."""
    commits = tuple(commit(number, subject) for number, subject in enumerate(subjects, 0x2A11))
    return Comparison(status=status, ahead_by=len(subjects), commits=commits)


def migration(name: str, sql: str) -> Migration:
    """As it is judged."""
    return Migration(name=name, findings=tuple(findings(sql, set())))


ADDS = migration("0041_invoices", "CREATE TABLE invoices (id text PRIMARY KEY); CREATE INDEX i ON invoices (id);")
CARE = migration("0042_names", "ALTER TABLE accounts RENAME email TO address, ALTER COLUMN address SET NOT NULL;")
LOSES = migration("0043_no_cards", "ALTER TABLE accounts DROP COLUMN card_brand, DROP COLUMN card_last4;")
PACKAGES = (
    Package(name="hypercorn", before="0.17.3", after="0.18.0"),
    Package(name="quart", before="0.20.0", after="0.21.0"),
    Package(name="taskgroup", before="0.2.2", after=""),
    Package(name="uvloop", before="", after="0.22.1"),
)
ORDINARY = Proposal(
    proof=PROOF,
    former=FORMER,
    commits=compared(*SUBJECTS),
    notes=Notes(migrations=(ADDS,), packages=PACKAGES),
    cost=difference(SMALL, LARGE),
)
FIRST = replace(
    ORDINARY,
    former=None,
    commits=None,
    notes=Notes(migrations=(migration("0001_accounts", ""), migration("0002_billing", ""))),
    cost="prod has no resources yet",
)
HOSTILE = replace(
    ORDINARY,
    proof=replace(PROOF, stages=(Stage(name=f"a|b{TRICK}", seconds=1, said=f"|\n{TRICK}|"),), run_url=TRICK),
    commits=Comparison(
        status="diverged",
        ahead_by=2,
        commits=(commit(1, TRICK, TRICK), Commit(sha="x", subject="", author="", url="x")),
    ),
    notes=Notes(
        migrations=(Migration(name=TRICK, findings=(Finding(effect=Effect.LOSES, said=f"drops table {TRICK}"),)),),
        packages=(Package(name=TRICK, before="", after=TRICK),),
    ),
    cost=TRICK,
)
PROPOSALS: dict[str, Proposal] = {
    "ordinary": ORDINARY,
    "first": FIRST,
    "infrastructure_only": replace(
        ORDINARY, proof=replace(PROOF, digest=FORMER_DIGEST), commits=compared("Alarms look at p99"), notes=Notes()
    ),
    "with_care": replace(ORDINARY, notes=Notes(migrations=(ADDS, CARE))),
    "irreversible": replace(ORDINARY, notes=Notes(migrations=(ADDS, CARE, LOSES)), cost=difference(LARGE, LARGE)),
    "many_commits": replace(
        ORDINARY,
        commits=compared(*(f"Change {number} of the API" for number in range(300))),
        notes=Notes(migrations=tuple(migration(f"{number:04}_table", "create table a ()") for number in range(50, 90))),
    ),
    "unknown": replace(
        ORDINARY,
        commits=None,
        notes=Notes(missing="git diff: fatal: bad object 91e0c2d; is the clone whole (`git fetch --unshallow`)?"),
    ),
    "hostile": HOSTILE,
}
FAILURE = Failure(
    stack="prod",
    failed=Pair(image=f"{PROD}@{DIGEST}", digest=DIGEST, revision=REVISION),
    former=FORMER,
    reason="verify: AWS gave the deployment up\ntask 1a2b stopped: exit code 1\nRuntimeError: no table names",
    trouble="",
    run_url=RUN,
    at=dt.datetime(2026, 11, 28, 15, 0, tzinfo=dt.UTC),
)
BACK = Pull(
    number=12,
    title="",
    body="",
    state="open",
    merged=False,
    merge_commit=None,
    head=REVISION,
    head_branch="rollback/prod",
    head_repository="priceguard/platform",
    base_branch="main",
    base=REVISION,
    labels=(),
    author="github-actions[bot]",
    url="https://github.com/priceguard/platform/pull/12",
)
LOST = replace(FAILURE, trouble="going back failed as well: update: there are no credentials for AWS")
BODIES = {
    **{name: body(one) for name, one in PROPOSALS.items()},
    "put_back": put_back_body(FAILURE, FORMER),
    "failure": failure_body(FAILURE, BACK),
    "failure_not_rolled_back": failure_body(LOST, None),
    "failure_of_dev": failure_body(replace(FAILURE, stack="dev", former=None), None),
    "failure_hostile": failure_body(replace(FAILURE, reason=f"{TRICK}\n" * 120, trouble=TRICK, run_url=TRICK), None),
    "cut": body(PROPOSALS["many_commits"], limit=3_500),
}
