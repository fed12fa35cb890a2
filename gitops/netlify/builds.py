"""Builds of the site: what they cost this month, one that is under way, one more, and waiting for it.

A production deploy costs 15 of a plan's monthly credits, a preview nothing; when none are left, Netlify takes every
site of the team off the air. https://docs.netlify.com/manage/accounts-and-billing/billing/billing-for-credit-based-plans
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from gitops.doctor.report import shown
from gitops.netlify.client import Netlify
from gitops.netlify.errors import BudgetError, NetlifyError, PublishError
from gitops.netlify.model import FAILED, READY, UNDER_WAY, Deploy, Site
from gitops.netlify.waiting import Waiting
from infra.patient_http import UnsureError

CREDITS = 15
"""What a production deploy costs."""
BUDGET = 150
"""Credits a month that this site's production deploys may cost: half of a free plan's."""
OURS = "priceguard "
"""How the title of a build of ours begins."""
ROUNDS = 5


@dataclass(frozen=True, kw_only=True)
class Credits:
    """What this site's production deploys of the calendar month (UTC) have cost, and may cost."""

    used: int
    budget: int

    @property
    def left(self) -> int:
        """What may still be spent."""
        return max(self.budget - self.used, 0)


class Builds:
    """Builds of one site."""

    def __init__(self, netlify: Netlify, site: Site, waiting: Waiting, progress: Callable[[str], None]) -> None:
        self._netlify, self._site, self._waiting, self._progress = netlify, site, waiting, progress

    def month(self) -> list[Deploy]:
        """This month's, and every newer one than the last of the month before; the newest first."""
        now = dt.datetime.fromtimestamp(self._waiting.now(), dt.UTC)
        first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        found: list[Deploy] = []
        for deploy in self._netlify.deploys(self._site.id):
            if deploy.created_at and deploy.created_at < first:
                break
            found.append(deploy)
        return found

    def running(self) -> Deploy | None:
        """One that is under way."""
        return next((deploy for deploy in self.month() if deploy.state in UNDER_WAY), None)

    def start(self, title: str) -> str:
        """Begin one; the id of its deploy. Where the answer is lost, look for it before trying again."""
        before = {deploy.id for deploy in self.month()}
        for _ in range(ROUNDS):
            try:
                return self._netlify.build(self._site.id, title)
            except UnsureError:
                self._waiting.sleep(self._waiting.pause)
            for deploy in self.month():
                if deploy.id not in before and deploy.title == title:
                    return deploy.id
        raise NetlifyError("Netlify does not say whether it builds: look at the site's deploys, then run again")

    def wait(self, deploy_id: str) -> Deploy:
        """Until it is ready.

        Raises:
            PublishError: it failed, or takes too long.
        """
        began = self._waiting.now()
        while True:
            deploy = self._netlify.deploy(deploy_id)
            if deploy.state == READY:
                return deploy
            if deploy.state in FAILED:
                why = shown(deploy.error_message or "Netlify gives no reason")
                raise PublishError(f"the build failed ({why}); its log: the site's deploys at Netlify, {deploy_id}")
            if self._waiting.now() - began >= self._waiting.most:
                raise PublishError(f"the build takes more than {self._waiting.most:g} s ({deploy_id})")
            self._progress(f"the build is {shown(deploy.state)}")
            self._waiting.sleep(self._waiting.pause)

    def cancel(self, deploy_id: str) -> None:
        """Have it not published, whether it is over or not."""
        try:
            self._netlify.cancel(deploy_id)
        except NetlifyError:
            if self._netlify.deploy(deploy_id).state in UNDER_WAY:
                raise


def affordable(month: list[Deploy], budget: int, title: str) -> Credits:
    """What the month has cost so far, when one more build may be made, or that very one is under way.

    Raises:
        BudgetError: it would be too much.
    """
    spent = spending(month, budget)
    if spent.left < CREDITS and not any(deploy.title == title and deploy.state in UNDER_WAY for deploy in month):
        raise BudgetError(
            f"this month's production deploys have cost {spent.used} of {budget} credits, one more costs {CREDITS}: "
            "nothing was written; if the team's plan has enough, allow more with --budget, else wait for next month"
        )
    return spent


def spending(month: list[Deploy], budget: int) -> Credits:
    """What the month has cost so far."""
    return Credits(used=CREDITS * sum(deploy.state not in FAILED for deploy in month), budget=budget)
