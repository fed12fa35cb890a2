"""Sites with their builds, in memory: what is built with which values, what is published, and when."""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from secrets import token_hex
from typing import Any

from local.netlify import bundle
from local.netlify.dns import NetlifyError, Object
from local.netlify.variables import Variables

ACCOUNT = "team"
OUTCOMES = {"ready", "error", "stale"}


class Sites:
    """Every site, by id.

    Args:
        now: Unix time.
        paid: whether the plan has scopes of variables.

    Attributes:
        seconds: that a build takes.
        outcomes: of the next builds, the first first: `ready` (as all that follow), `error`, or `stale`, which is ready
            and holds what the published one held.
    """

    def __init__(self, now: Callable[[], float] = time.time, *, paid: bool = False) -> None:
        self._now, self._paid = now, paid
        self._sites: dict[str, Object] = {}
        self._variables: dict[str, Variables] = {}
        self._deploys: dict[str, Object] = {}
        self._files: dict[str, dict[str, str]] = {}
        self._ends: dict[str, tuple[float, str]] = {}
        self.seconds = 1.0
        self.outcomes: list[str] = []

    def add(self, name: str, address: str) -> Object:
        """Make a site that people see at `address`."""
        site: Object = {
            "id": token_hex(12),
            "name": name,
            "account_id": ACCOUNT,
            "account_slug": ACCOUNT,
            "ssl_url": address,
            "published_deploy": None,
        }
        self._sites[site["id"]], self._variables[site["id"]] = site, Variables(paid=self._paid)
        return site

    def all(self) -> list[Object]:
        """The sites."""
        self._pass()
        return list(self._sites.values())

    def site(self, site_id: str) -> Object:
        """One site."""
        self._pass()
        return _one(self._sites, site_id)

    def variables(self, site_id: str) -> Variables:
        """The variables of a site."""
        return _one(self._variables, site_id)

    def deploys(self, site_id: str) -> list[Object]:
        """The deploys of a site, the newest first."""
        self.site(site_id)
        return [deploy for deploy in reversed(self._deploys.values()) if deploy["site_id"] == site_id]

    def deploy(self, deploy_id: str) -> Object:
        """One deploy."""
        self._pass()
        return _one(self._deploys, deploy_id)

    def build(self, site_id: str, title: str | None = None) -> Object:
        """Begin to build a site, with the values that there are now."""
        site = self.site(site_id)
        outcome = self.outcomes.pop(0) if self.outcomes else "ready"
        deploy: Object = {
            "id": token_hex(12),
            "site_id": site_id,
            "build_id": token_hex(12),
            "state": "building",
            "title": title,
            "context": "production",
            "created_at": self._date(),
            "published_at": None,
            "error_message": None,
            "locked": False,
        }
        published = site["published_deploy"]
        self._deploys[deploy["id"]] = deploy
        self._files[deploy["id"]] = (
            self._files[published["id"]]
            if outcome == "stale" and published
            else bundle.files({} if outcome == "stale" else self.variables(site_id).at("production"))
        )
        self._ends[deploy["id"]] = (self._now() + self.seconds, outcome)
        return {"id": deploy["build_id"], "deploy_id": deploy["id"], "sha": None, "done": False, "error": None}

    def cancel(self, deploy_id: str) -> Object:
        """End a build that is under way."""
        deploy = self.deploy(deploy_id)
        if self._ends.pop(deploy_id, None) is None:
            raise NetlifyError(422, "this deploy is over")
        deploy.update(state="error", error_message="Canceled build")
        return deploy

    def publish(self, site_id: str, deploy_id: str) -> Object:
        """Have people see a deploy."""
        site, deploy = self.site(site_id), self.deploy(deploy_id)
        if deploy["site_id"] != site_id or deploy["state"] != "ready":
            raise NetlifyError(422, "this deploy cannot be published")
        deploy["published_at"], site["published_deploy"] = self._date(), deploy
        return deploy

    def set_builds(self, asked: Mapping[str, Any]) -> None:
        """Change `outcomes` and `seconds`.

        Raises:
            ValueError: neither can be so.
        """
        outcomes, seconds = asked.get("outcomes", self.outcomes), asked.get("seconds", self.seconds)
        if not isinstance(outcomes, list) or not OUTCOMES.issuperset(outcomes):
            raise ValueError(f"outcomes is a list of {', '.join(sorted(OUTCOMES))}")
        if not isinstance(seconds, int | float) or not 0 <= seconds <= 3600:
            raise ValueError("seconds is a number from 0 to 3600")
        self.outcomes, self.seconds = list(outcomes), float(seconds)

    def page(self, site_id: str, path: str) -> str | None:
        """What a browser gets; any other path is the page, as of an application that has its routes in the browser."""
        published = self.site(site_id)["published_deploy"]
        if not published:
            return None
        files = self._files[published["id"]]
        return files.get(path) or (None if path.startswith("/assets/") else files["/index.html"])

    def _pass(self) -> None:
        """Let the builds end whose time has come."""
        for deploy_id, (end, outcome) in list(self._ends.items()):
            if end <= self._now():
                del self._ends[deploy_id]
                deploy = self._deploys[deploy_id]
                site = self._sites[deploy["site_id"]]
                if outcome == "error":
                    deploy.update(state="error", error_message="Build script returned non-zero exit code: 2")
                    continue
                deploy["state"] = "ready"
                if not (site["published_deploy"] or deploy)["locked"]:
                    deploy["published_at"], site["published_deploy"] = self._date(), deploy

    def _date(self) -> str:
        return dt.datetime.fromtimestamp(self._now(), dt.UTC).isoformat().replace("+00:00", "Z")


def _one(of: Mapping[str, Any], key: str) -> Any:
    if key not in of:
        raise NetlifyError(404, "Not Found")
    return of[key]
