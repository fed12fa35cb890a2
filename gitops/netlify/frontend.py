"""The site as a stage of a release has it: what it was given, and what takes it back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from gitops.netlify import bundle
from gitops.netlify.builds import BUDGET
from gitops.netlify.client import API, Netlify
from gitops.netlify.plan import Plan, Synced
from gitops.netlify.restore import restore
from gitops.netlify.sync import plan, sync
from gitops.netlify.waiting import Waiting


@dataclass(frozen=True, kw_only=True)
class NetlifyFrontend:
    """One site, for one stack. Every method raises `gitops.netlify.errors.SyncError`.

    Args:
        token: of who may see and change it.
        url: where Netlify's API is.
        site_id: the site.
        stack: `dev` or `prod`.
        budget: credits a month.
        build: whether it is built when what is published is older.
        waiting: how long, and how often.
        progress: told what goes on.
        transport: what carries all requests, instead of the network.
    """

    token: str = field(repr=False)
    url: str = API
    site_id: str
    stack: str
    budget: int = BUDGET
    build: bool = True
    waiting: Waiting = field(default_factory=Waiting)
    progress: Callable[[str], None] = lambda _: None
    transport: httpx.BaseTransport | None = None

    def plan(self, outputs: Mapping[str, Any]) -> Plan:
        """What a sync with these stack outputs would do."""
        with self._netlify() as netlify, bundle.client(self.transport) as pages:
            return plan(
                *(netlify, self.site_id, self.stack, outputs.get("netlifyEnvironment")),
                revision=str(outputs.get("revision")),
                budget=self.budget,
                build=self.build,
                waiting=self.waiting,
                pages=pages,
            )

    def carry_out(self, outputs: Mapping[str, Any]) -> Synced:
        """Give the site these stack outputs."""
        with self._netlify() as netlify, bundle.client(self.transport) as pages:
            return sync(
                *(netlify, self.site_id, self.stack, outputs.get("netlifyEnvironment")),
                revision=str(outputs.get("revision")),
                budget=self.budget,
                build=self.build,
                waiting=self.waiting,
                pages=pages,
                progress=self.progress,
            )

    def sync(self, outputs: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        """As `carry_out`: what was done, in a line, and what `restore` needs to undo it; empty when nothing was."""
        done = self.carry_out(outputs)
        return done.line(), done.former.as_dict() if done.deploy or done.plan.changes else {}

    def restore(self, record: Mapping[str, Any]) -> str:
        """Put back what `sync` found; what was done, in a line."""
        if not record:
            return "there was nothing to put back"
        with self._netlify() as netlify:
            return restore(netlify, self.site_id, record, waiting=self.waiting, progress=self.progress).line()

    def _netlify(self) -> Netlify:
        return Netlify(self.token, url=self.url, transport=self.transport, waiting=self.waiting)
