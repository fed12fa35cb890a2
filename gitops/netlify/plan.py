"""What a sync means to do, and what it did."""

from dataclasses import asdict, dataclass
from typing import Any

from gitops.netlify.builds import CREDITS, Credits
from gitops.netlify.restore import Former
from gitops.netlify.values import Change


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a sync would do.

    Args:
        stack: `dev` or `prod`.
        changes: values that become others.
        outdated: names whose values the published bundle does not hold; of dev none, as it publishes nothing.
        title: of the build that is needed; empty when none is.
        credits: what the month has cost before.
        former: what would undo it.
    """

    stack: str
    changes: tuple[Change, ...]
    outdated: tuple[str, ...]
    title: str
    credits: Credits
    former: Former

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        credits_ = {**asdict(self.credits), "left": self.credits.left, "needed": CREDITS if self.title else 0}
        return {**asdict(self), "builds": bool(self.title), "credits": credits_}


@dataclass(frozen=True, kw_only=True)
class Synced:
    """What a sync did.

    Args:
        plan: what it had found and meant to do.
        deploy: id of the deploy that was built; None when none was.
        credits: what the month has cost now.
    """

    plan: Plan
    deploy: str | None
    credits: Credits

    @property
    def former(self) -> Former:
        """What undoes it, by `gitops.netlify.restore.restore`."""
        return self.plan.former

    def line(self) -> str:
        """What was done, for people."""
        written = len({change.name for change in self.plan.changes})
        said = [f"{written} variables written" if written else "every variable was as it should be"]
        if self.deploy:
            said.append(f"built and published as {self.deploy}, {self.credits.left} credits left this month")
        elif self.plan.outdated:
            said.append("not built, though the published site is older")
        return "; ".join(said)

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        credits_ = {**asdict(self.credits), "left": self.credits.left}
        return {**self.plan.as_dict(), "built": self.deploy is not None, "deploy": self.deploy, "credits": credits_}
