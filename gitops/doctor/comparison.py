"""Every resource of the template beside what AWS has in its place."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from gitops.doctor.account import Account
from gitops.doctor.documents import Difference, differences, normal
from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.kinds import KINDS
from gitops.doctor.report import Row, good, shown, wrong
from gitops.doctor.stack import deploy, revert
from gitops.doctor.subject import Subject
from gitops.doctor.template import Resource

_MOST = 3
"""Differences of one property that are shown."""


def check_resources(subject: Subject) -> Iterator[Row]:
    """A row for each property of each resource; a single one for a resource that does not exist."""
    remedy = revert(subject.stack) if subject.stack.current else deploy(subject.account.region)
    for resource in subject.template.resources():
        yield from _compare(subject.account, resource, remedy)


def _compare(account: Account, resource: Resource, remedy: str) -> Iterator[Row]:
    kind = KINDS[resource.type]
    for name, read in kind.read.items():
        check = f"{resource.name}.{name}"
        expected = resource.properties.get(name, kind.defaults.get(name))
        try:
            found = read(account, resource)
        except MissingError:
            yield wrong(resource.name, expected=f"{resource.type} {resource.ref}", found="it is missing", fix=remedy)
            return
        except UnreadError as error:
            yield error.row(check, shown(expected))
            continue
        undo = "" if name in resource.properties else kind.undo.get(name, "").format(ref=resource.ref)
        yield _row(check, expected, found, undo or remedy)


def _row(check: str, expected: Any, found: Any, fix: str) -> Row:
    several = list(differences(_whole(expected), _whole(found)))
    if not several:
        return good(check, shown(expected))
    return wrong(check, expected=_words(several, 1), found=_words(several, 2), fix=fix)


def _whole(value: Any) -> Any:
    """In normal form; nothing and empty are the same."""
    return None if (same := normal(value)) in ({}, [], "") else same


def _words(several: list[Difference], side: int) -> str:
    told = [f"{each[0]}: {shown(each[side])}".removeprefix(": ") for each in islice(several, _MOST)]
    return "; ".join([*told, *([f"and {len(several) - _MOST} more"] if len(several) > _MOST else [])])
