"""How a promotion changes what prod costs: its program of now and the new one, rendered with prod's own settings."""

from pathlib import Path

from gitops.previews.rendered import RenderedError, manifest_of
from gitops.promotion.stack_file import STACK_FILE, Pair, with_pair
from gitops.release.checkout import CheckoutError, checkout
from gitops.release.proof import Proof
from render.cost import CostError, Difference, cost, difference
from render.manifest import Manifest

STACK = "prod"


def promoted_cost(repository: Path, settings: str, running: Pair | None, proof: Proof) -> Difference | str:
    """The difference, or why it cannot be told.

    Args:
        repository: a clone with both commits.
        settings: text of prod's file.
        running: what runs; the whole cost is new when that is nothing.
        proof: of what is promoted.
    """
    nothing = Manifest(STACK, (), {})
    try:
        before = _manifest(repository, running.revision, settings) if running else nothing
        after = _manifest(repository, proof.revision, with_pair(settings, proof.digest, proof.revision))
        return difference(cost(before), cost(after))
    except (CheckoutError, RenderedError, CostError) as error:
        return str(error)


def _manifest(repository: Path, revision: str, settings: str) -> Manifest:
    """What the program of a commit declares with these settings, by its own code."""
    with checkout(repository, revision, {STACK_FILE: settings}) as root:
        return manifest_of(root, STACK)
