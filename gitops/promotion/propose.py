"""The promotion: a pull request that would give prod what dev has proved. Merging it is the release.

There is one at the most. A newer proof takes the place of an older one in the same pull request, never the other way
round; when prod has it, the pull request is closed.
"""

from pathlib import Path

from gitops.github.client import GitHub
from gitops.github.model import Comparison, Pull
from gitops.promotion import stack_pull
from gitops.promotion.body import Proposal, body
from gitops.promotion.notes import Notes, notes
from gitops.promotion.stack_file import STACK_FILE, Pair, pair, with_pair
from gitops.promotion.stack_pull import Content, Robot
from gitops.release.proof import Proof
from render.cost import Difference

LABEL = "promotion"
BRANCH = "promote/prod"
ROBOT = Robot(branch=BRANCH, file=STACK_FILE, label=LABEL, pair_only=True)
UNTOLD = "nobody has looked at prod's resources"


def propose(
    github: GitHub, *, proof: Proof, running: Pair | None, repository: Path, cost: Difference | str = UNTOLD
) -> Pull | None:
    """Open the promotion of what was proved, or bring the open one up to date.

    Args:
        github: asks GitHub.
        proof: of dev.
        running: what prod runs; None when nothing was ever promoted.
        repository: a clone with the history up to the proof's commit.
        cost: how prod's cost a month changes, or why that cannot be told.

    Returns:
        The open pull request, which may be for a newer proof, or be left to people; None when nothing is to be
        promoted, and then none is open.

    Raises:
        StackFileError: main's file of prod has no place for a pair.
        GitHubError: GitHub cannot be asked, or refuses.
    """
    former = running if running and running.exists else None
    base = stack_pull.main_head(github)
    text = github.file(STACK_FILE, base)
    pull = stack_pull.opened(github, ROBOT)
    if stack_pull.is_left_to_people(github, ROBOT, pull, base):
        return pull
    proposed = pair(github.file(STACK_FILE, pull.head)) if pull else None
    wanted = Pair(image=proof.image, digest=proof.digest, revision=proof.revision)
    there = _There(github, former, pair(text))
    if there.needs_no(wanted):
        return _kept(github, pull, proposed, there)
    if pull and proposed and there.is_older(wanted, proposed):
        return pull
    proposal = _proposal(proof, there, repository, cost)
    changed = with_pair(text, proof.digest, proof.revision)
    content = Content(base=base, text=changed, title=proposal.title, body=body(proposal))
    return stack_pull.refresh(github, ROBOT, pull, content)


def _proposal(proof: Proof, there: "_There", repository: Path, cost: Difference | str) -> Proposal:
    """All that is known of what is between prod and the proof."""
    former = there.former
    before = former.revision if former else None
    return Proposal(
        proof=proof,
        former=former,
        commits=there.compared(before, proof.revision) if before else None,
        notes=Notes() if former and former.digest == proof.digest else notes(repository, before, proof.revision),
        cost=cost,
    )


def _kept(github: GitHub, pull: Pull | None, proposed: Pair | None, there: "_There") -> Pull | None:
    """The open promotion, unless what it proposes is needed no more: then it is closed."""
    if pull is None or proposed is None:
        return None
    why = there.needs_no(proposed)
    if not why:
        return pull
    stack_pull.close(github, pull, f"Closed, because {why}.")
    return None


class _There:
    """What is there already, and how commits stand to each other, which is asked once because it never changes."""

    def __init__(self, github: GitHub, former: Pair | None, named: Pair) -> None:
        self.former = former
        self._github = github
        self._compared: dict[tuple[str, str], Comparison | None] = {}
        self._pairs = {"`main` names": named if named.exists else None, "prod runs": former}

    def needs_no(self, one: Pair) -> str:
        """Why a pair need not be promoted; empty when it should be."""
        for who, there in self._pairs.items():
            if there and there.same_as(one.digest, one.revision):
                return f"{who} it already"
            if there and self.is_older(one, there):
                return f"{who} something newer: `{there.revision[:7]}`"
        return ""

    def is_older(self, one: Pair, other: Pair) -> bool:
        """Whether the commit of the one is an ancestor of that of the other."""
        if one.revision == other.revision:
            return False
        found = self.compared(other.revision, one.revision)
        return found is not None and found.status == "behind"

    def compared(self, base: str, head: str) -> Comparison | None:
        """How the one commit stands to the other; None when GitHub has lost one of them."""
        if (base, head) not in self._compared:
            self._compared[base, head] = self._github.compared(base, head)
        return self._compared[base, head]
