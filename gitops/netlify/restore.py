"""Puts the site back to what it was before a sync: the values of ours, and the deploy that people saw."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import msgspec

from gitops.netlify.builds import OURS, ROUNDS, Builds
from gitops.netlify.client import Netlify
from gitops.netlify.errors import NetlifyError, RecordError
from gitops.netlify.model import PRODUCTION, UNDER_WAY, Site, Variable
from gitops.netlify.values import CONTEXTS, NAMES, Change, Wanted, changes, merged, refuse_secret
from gitops.netlify.waiting import Waiting
from infra.patient_http import UnsureError

_DEPLOY = re.compile(r"[A-Za-z0-9-]{1,64}")
_LONGEST = 500  # characters of a value
_GONE = 404


@dataclass(frozen=True, kw_only=True)
class Former:
    """What there was before a sync.

    Args:
        stack: whose sync.
        deploy: id of the deploy that people saw; None before the first, and of dev.
        values: name -> context -> value; None for none.
    """

    stack: str
    deploy: str | None
    values: dict[str, dict[str, str | None]]

    def as_dict(self) -> dict[str, Any]:
        """To be kept as JSON; `former` reads it."""
        return asdict(self)


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was put back.

    Args:
        changes: values that became others.
        deploy: the former one, when people saw another; None when nothing was to be published again.
        newer: one that somebody else has published since, which stays.
    """

    changes: tuple[Change, ...]
    deploy: str | None = None
    newer: str | None = None

    def line(self) -> str:
        """What was done, for people."""
        said = f"{len({change.name for change in self.changes})} variables put back"
        if self.deploy:
            return f"{said}; {self.deploy} is published again"
        if self.newer:
            return f"{said}; {self.newer}, which somebody has published since, stays until `priceguard netlify` is run"
        return f"{said}; what is published was not another"


def former(record: Mapping[str, Any]) -> Former:
    """A record that was kept, perhaps where others can write.

    Raises:
        RecordError: it is none, or would write what no sync writes.
        ValueRefusedError: it holds what looks like a secret.
    """
    try:
        found = msgspec.convert(record, Former)
    except msgspec.ValidationError as error:
        raise RecordError(f"this is no record of what the site was before ({error})") from None
    contexts = set(CONTEXTS.get(found.stack, ()))
    if not contexts or (found.deploy is not None and not _DEPLOY.fullmatch(found.deploy)):
        raise RecordError("the record's stack is none of ours, or its deploy none of Netlify's")
    for name, values in found.values.items():
        if name not in NAMES or not contexts >= values.keys():
            raise RecordError("the record names a variable or a context that is not ours")
        for value in values.values():
            refuse_secret(name, value)
            if len(value or "") > _LONGEST:
                raise RecordError(f"the record's {name} is too long")
    return found


def restore(
    netlify: Netlify,
    site_id: str,
    record: Mapping[str, Any],
    *,
    waiting: Waiting | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Restored:
    """Put back what a sync found: `Synced.former.as_dict()`. A second time, nothing is written.

    Builds of ours that are under way are cancelled, so that none of them is published afterwards. What somebody else
    has published since stays: it has changes of the frontend, which a rollback does not take from anybody. Whether it
    was built with what is taken back, the next sync finds out.

    Raises:
        RecordError, ValueRefusedError: the record is not taken; nothing was written.
        NetlifyError: Netlify refuses or does not answer, or has the deploy no longer; run again.
    """
    checked = former(record)
    return put_back(netlify, netlify.site(site_id), checked, waiting or Waiting(), progress, whatever=False)


def put_back(
    netlify: Netlify,
    site: Site,
    record: Former,
    waiting: Waiting,
    progress: Callable[[str], None],
    *,
    whatever: bool,
) -> Restored:
    """As `restore`; with `whatever` the former deploy takes the place of whatever people see, not only of ours."""
    builds = Builds(netlify, site, waiting, progress)
    if PRODUCTION in CONTEXTS[record.stack]:
        for deploy in builds.month():
            if deploy.state in UNDER_WAY and (deploy.title or "").startswith(OURS):
                progress(f"cancelling the build that is under way ({deploy.id})")
                builds.cancel(deploy.id)
    progress("putting back the former values")
    written = write(netlify, site, record.values, waiting)
    now = netlify.site(site.id).published_deploy
    if not record.deploy or not now or now.id == record.deploy:
        return Restored(changes=written)
    if not (whatever or (now.title or "").startswith(OURS)):
        return Restored(changes=written, newer=now.id)
    progress(f"publishing {record.deploy} again")
    try:
        netlify.publish(site.id, record.deploy)
    except NetlifyError as error:
        if error.status != _GONE:
            raise
        raise NetlifyError(
            f"Netlify has the former deploy {record.deploy} no longer; the former values are there again: have the "
            "site built anew",
            error.status,
        ) from None
    return Restored(changes=written, deploy=record.deploy)


def write(netlify: Netlify, site: Site, wanted: Wanted, waiting: Waiting) -> tuple[Change, ...]:
    """Give our variables these values, and look whether they have them; what was changed.

    Raises:
        NetlifyError: refused, or somebody else writes them at the same time.
    """
    first: tuple[Change, ...] | None = None
    for attempt in range(ROUNDS):
        there = netlify.variables(site)
        due = tuple(changes(there, wanted))
        first = due if first is None else first
        if not due:
            return first
        if attempt > 1:
            waiting.sleep(waiting.pause)
        try:
            _write(netlify, site, there, {change.name: wanted[change.name] for change in due})
        except UnsureError:
            continue  # the next look tells
    raise NetlifyError("the site's variables do not stay as they are written: does somebody else write them? run again")


def _write(netlify: Netlify, site: Site, there: Mapping[str, Variable], wanted: Wanted) -> None:
    """What is new in one request, then each of the others, whole: Netlify replaces all values of a variable."""
    new = {name: merged(there.get(name, Variable(key=name)), values) for name, values in wanted.items()}
    if created := [variable for name, variable in new.items() if name not in there]:
        netlify.create(site, created)
    for name, variable in new.items():
        if name in there and variable.values:
            netlify.replace(site, variable)
        elif name in there:
            netlify.delete(site, name)
