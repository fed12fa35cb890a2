"""dev: what is on main runs there, and is proven. That it is proposed for prod is `gitops.release.follow_up`'s."""

from gitops.github.client import GitHub
from gitops.release import proof
from gitops.release.stages import Release, StageError
from gitops.release.update import STOP, Approval


def deploy(release: Release, github: GitHub, *, approve: str = "", unapproved: str = STOP) -> None:
    """Release to dev, and leave at the commit what came of it.

    Args:
        release: to dev.
        github: asks GitHub.
        approve: digest of a seal that a person approves.
        unapproved: `stop` or `go-on` when the update would do more than was approved.

    Raises:
        StageError: a stage failed.
        GitHubError: GitHub cannot be asked, or refuses.
    """
    stack = release.target.stack
    try:
        seal = release.approved(github, release.revision, release.target.outputs().get("revision"))
        release.update(Approval(seal=seal, digest=approve, unapproved=unapproved))
        verified = release.prove()
        release.show()
    except StageError as error:
        ran = not (error.came_first or error.is_unsure)
        proof.refute(github, stack, release.revision, error.evidence, release.run_url, ran=ran)
        raise
    proof.record(github, release.proof(verified))
