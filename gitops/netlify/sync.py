"""Brings the site to what the stack made: its variables, and, only when the published bundle is older, its build.

Whether a build is needed is read from the published scripts and not remembered: so a run that was killed at any point
is simply run again, and a second run writes nothing. What is published is the last thing to change, and a build that
fails, or publishes something else, is undone.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import httpx

from gitops.netlify import bundle
from gitops.netlify.builds import BUDGET, OURS, Builds, affordable, spending
from gitops.netlify.client import Netlify
from gitops.netlify.errors import PublishError, SyncError, ValueRefusedError
from gitops.netlify.model import PRODUCTION, Site
from gitops.netlify.plan import Plan, Synced
from gitops.netlify.restore import Former, put_back, write
from gitops.netlify.values import CONTEXTS, changes, checked, former_of, wanted_of
from gitops.netlify.waiting import Waiting
from gitops.revision import REVISION


def plan(
    netlify: Netlify,
    site_id: str,
    stack: str,
    environment: Any,
    *,
    revision: str,
    budget: int = BUDGET,
    build: bool = True,
    waiting: Waiting | None = None,
    pages: httpx.Client | None = None,
) -> Plan:
    """What `sync` would do; nothing is changed.

    Raises:
        SyncError: it would be refused, or Netlify or the site cannot be read.
    """
    with nullcontext(pages) if pages else bundle.client() as asked:
        sync_ = _Sync(netlify, stack, checked(stack, environment), waiting or Waiting(), asked, lambda _: None)
        return sync_.plan(netlify.site(site_id), revision, budget, build=build)


def sync(
    netlify: Netlify,
    site_id: str,
    stack: str,
    environment: Any,
    *,
    revision: str,
    budget: int = BUDGET,
    build: bool = True,
    former: Former | None = None,
    waiting: Waiting | None = None,
    pages: httpx.Client | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Synced:
    """Bring the site to what the stack made; when everything is so already, nothing is written.

    Args:
        netlify: who may.
        site_id: the site.
        stack: `dev` writes for previews of the site and for its branches, `prod` for what people see.
        environment: the stack output `netlifyEnvironment`.
        revision: commit of the program that made it, for the build's title.
        budget: credits that the site's production deploys of a month may cost.
        build: whether the site is built when what is published is older.
        former: what an earlier run of the same change found before it was killed.
        waiting: how long, and how often.
        pages: reads the published site.
        progress: told what goes on.

    Raises:
        ValueRefusedError, BudgetError: before anything is written.
        PublishError: the build failed; what was there before is there again, or the message says why not.
        SyncError: Netlify or the site cannot be read, or refuses; run again.
    """
    with nullcontext(pages) if pages else bundle.client() as asked:
        sync_ = _Sync(netlify, stack, checked(stack, environment), waiting or Waiting(), asked, progress)
        return sync_.run(site_id, revision, budget, build=build, former=former)


class _Sync:
    """One sync."""

    def __init__(
        self,
        netlify: Netlify,
        stack: str,
        values: Mapping[str, str],
        waiting: Waiting,
        pages: httpx.Client,
        progress: Callable[[str], None],
    ) -> None:
        self._netlify, self._stack, self._values = netlify, stack, values
        self._waiting, self._pages, self._progress = waiting, pages, progress
        self._wanted = wanted_of(stack, values)

    def plan(self, site: Site, revision: str, budget: int, *, build: bool) -> Plan:
        there = self._netlify.variables(site)
        found = tuple(changes(there, self._wanted))
        publishes = PRODUCTION in CONTEXTS[self._stack]
        outdated = self._outdated(site) if publishes else ()
        month = self._builds(site).month() if publishes else []
        title = _title(revision, outdated) if outdated and build else ""
        if title and site.published_deploy and site.published_deploy.locked:
            raise SyncError(
                "publishing is stopped at Netlify, so a build would change nothing: start auto publishing in the "
                "site's deploys (or `netlify deploys:unlock`), then run again; nothing was written"
            )
        return Plan(
            stack=self._stack,
            changes=found,
            outdated=outdated,
            title=title,
            credits=affordable(month, budget, title) if title else spending(month, budget),
            former=Former(
                stack=self._stack,
                deploy=site.published if publishes else None,
                values=former_of(there, self._wanted),
            ),
        )

    def run(self, site_id: str, revision: str, budget: int, *, build: bool, former: Former | None) -> Synced:
        self._progress("looking at the site")
        site = self._netlify.site(site_id)
        found = self.plan(site, revision, budget, build=build)
        if found.changes:
            self._progress("writing its variables")
            write(self._netlify, site, self._wanted, self._waiting)
        if not found.title:
            return Synced(plan=found, deploy=None, credits=found.credits)
        try:
            deploy = self._publish(site, found.title)
        except PublishError as error:
            raise self._undone(site, former or found.former, error) from error
        credits_ = spending(self._builds(site).month(), budget)
        return Synced(plan=found, deploy=deploy, credits=credits_)

    def _publish(self, site: Site, title: str) -> str:
        """Build, unless one that is under way brings what is missing: its deploy."""
        builds = self._builds(site)
        if running := builds.running():
            self._progress(f"waiting for the build that is under way ({running.id})")
            try:
                builds.wait(running.id)
            except PublishError:
                if running.title == title:  # ours, of a run that was killed
                    raise
            if not self._shown_late(site, self._waiting.shown if running.title == title else 0):
                return running.id
        deploy = builds.start(title)
        builds.wait(deploy)
        if lacking := self._shown_late(site, self._waiting.shown):
            raise PublishError(
                f"{site.ssl_url} does not hold {', '.join(lacking)} after the build: does the frontend use it, and "
                f"does no file of its own set it? ({deploy})"
            )
        return deploy

    def _shown_late(self, site: Site, within: float) -> tuple[str, ...]:
        """The names whose values the site does not show, even after so many seconds."""
        began = self._waiting.now()
        self._progress("looking for the values in the published scripts")
        while (lacking := self._missing(site)) and self._waiting.now() - began < within:
            self._waiting.sleep(self._waiting.pause)
        return lacking

    def _outdated(self, site: Site) -> tuple[str, ...]:
        return self._missing(site) if site.published_deploy else tuple(self._values)

    def _missing(self, site: Site) -> tuple[str, ...]:
        return bundle.missing(self._values, site.ssl_url or "", self._pages, self._waiting.sleep)

    def _builds(self, site: Site) -> Builds:
        return Builds(self._netlify, site, self._waiting, self._progress)

    def _undone(self, site: Site, former: Former, error: PublishError) -> PublishError:
        self._progress("putting back what was there before")
        try:
            put_back(self._netlify, site, former, self._waiting, self._progress, whatever=True)
        except SyncError as second:
            return PublishError(f"{error}; and what was there before could not be put back: {second}")
        return PublishError(f"{error}; what was there before is there again")


def _title(revision: str, names: tuple[str, ...]) -> str:
    """Of a build; the same for the same change, so that a later run finds it."""
    if not REVISION.fullmatch(revision):
        raise ValueRefusedError("the revision is no commit of 40 hex digits: update the stack first")
    return f"{OURS}{revision[:7]}: {', '.join(names)}"
