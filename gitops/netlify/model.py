"""What Netlify tells, as far as a sync needs it. Fields by the names of its API; what else there is, is ignored."""

import datetime as dt
from dataclasses import dataclass

UNDER_WAY = {
    *("new", "accepted", "enqueued", "building", "uploading", "uploaded"),
    *("preparing", "prepared", "processing", "processed", "retrying"),
}
READY = "ready"
FAILED = {"error", "rejected"}
PRODUCTION = "production"


@dataclass(frozen=True, kw_only=True)
class Deploy:
    """One deploy: a build, and what came of it.

    Args:
        state: one of `UNDER_WAY`, `READY`, or one of `FAILED`; a cancelled one has failed.
        locked: of the published one, that what is built next is not published by itself.
    """

    id: str
    state: str = ""
    title: str | None = None
    context: str | None = None
    created_at: dt.datetime | None = None
    error_message: str | None = None
    locked: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site; `ssl_url` is where people see it."""

    id: str
    account_id: str
    name: str | None = None
    ssl_url: str | None = None
    published_deploy: Deploy | None = None

    @property
    def published(self) -> str | None:
        """The id of the deploy that people see; None before the first."""
        return self.published_deploy.id if self.published_deploy else None


@dataclass(frozen=True, kw_only=True)
class Value:
    """What a variable is in one context; empty where it is not set there. `branch` has the branch as parameter."""

    context: str
    value: str = ""
    context_parameter: str | None = None


@dataclass(frozen=True, kw_only=True)
class Variable:
    """An environment variable of a site. Of a secret one, the values cannot be read."""

    key: str
    values: tuple[Value, ...] = ()
    scopes: tuple[str, ...] = ()
    is_secret: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Build:
    """A build that was asked for."""

    deploy_id: str
