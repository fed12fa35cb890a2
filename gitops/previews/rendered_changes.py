"""What happens to each resource on the way from one manifest to another."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from gitops.engine_result import UNKNOWN, Change, Diagnostic, PropertyChange
from gitops.previews.values import parsed
from gitops.previews.words import short_type
from gitops.seals.steps import canonical
from policy.stack import canonical as canonical_type
from render.manifest import Manifest, ManifestResource

TABLE = Path(__file__).with_name("rendered_replacing.json")
REPLACING: Mapping[str, list[str]] = json.loads(TABLE.read_text())
"""Type -> properties that cannot change in place; `python -m tests.gitops.previews.rendered_replacing` writes it."""
ALL = "*"
"""Every property but the tags."""
TAGS = "tags"
OWN = ("pulumi:", "priceguard:", "awsx:")
"""Beginnings of types that no provider replaces: providers and components."""
_REFERENCE = re.compile(r"\$\{(?P<key>[^}$]+?::[^.}]+)\.[^}]*\}")


def changes(before: Manifest | None, after: Manifest) -> tuple[Change, ...]:
    """Creations, updates and replacements in the order of `after`, then deletions in that of `before`."""
    was = {one.urn: one for one in before.resources} if before else {}
    comes = {one.urn: one for one in after.resources}
    both = {urn: (was[urn], one) for urn, one in comes.items() if urn in was}
    found = _settled(both, {_key(one) for urn, one in comes.items() if urn not in was})
    stays = [found[urn] if urn in found else _change("create", one, one) for urn, one in comes.items()]
    goes = [_change("delete", one, one) for urn, one in was.items() if urn not in comes]
    return tuple(one for one in (*stays, *goes) if one)


def unlisted(found: Iterable[Change]) -> Iterator[Diagnostic]:
    """A warning for each type of which it is not known what replaces it."""
    changed = {one.type for one in found if one.op == "update" and one.custom}
    for type_ in sorted(changed):
        if _listed(type_) is None:
            message = f"{short_type(type_)}: it is not known here which properties replace it; an update may be more"
            yield Diagnostic(severity="warning", message=message, urn="")


def _settled(both: Mapping[str, tuple[ManifestResource, ManifestResource]], anew: set[str]) -> dict[str, Change | None]:
    """What becomes of the resources that are in both, once nothing more is replaced for what another one is.

    Args:
        both: URN -> as it was, as it comes.
        anew: `type::name` of what is made anew.
    """
    while True:
        found = {urn: _differing(old, new, anew) for urn, (old, new) in both.items()}
        more = {_key(both[urn][1]) for urn, one in found.items() if one and one.op == "replace"} - anew
        if not more:
            return found
        anew = anew | more


def _differing(old: ManifestResource, new: ManifestResource, anew: Collection[str]) -> Change | None:
    """The update or the replacement of one resource; None when nothing of it differs. A component has only children."""
    diff = tuple(_properties(old, new, anew)) if new.custom else ()
    if not diff:
        return None
    return _change("replace" if any(one.replaces for one in diff) else "update", old, new, diff)


def _properties(old: ManifestResource, new: ManifestResource, anew: Collection[str]) -> Iterator[PropertyChange]:
    ignored = {ALL, *new.inputs, *old.inputs}.intersection(new.options.get("ignoreChanges", ()))
    forcing = {*new.options.get("replaceOnChanges", ())}
    for path in sorted({*old.inputs, *new.inputs}):
        before, after = old.inputs.get(path), _known(new.inputs.get(path), anew)
        if {path, ALL} & ignored or canonical(parsed(before)) == canonical(parsed(after)):
            continue
        kind = "add" if before is None else "delete" if after is None else "update"
        replaces = bool({path, ALL} & forcing) or _replaces(new.type, path)
        yield PropertyChange(path=path, kind=kind, before=before, after=after, replaces=replaces)


def _replaces(type_: str, path: str) -> bool:
    listed = _listed(type_) or []
    return path in listed or (ALL in listed and path != TAGS)


def _listed(type_: str) -> list[str] | None:
    return [] if type_.startswith(OWN) else REPLACING.get(canonical_type(type_))


def _known(value: Any, anew: Collection[str]) -> Any:
    """A value with `[unknown]` in place of what only the update will tell, because its owner is made anew."""
    match value:
        case Mapping():
            return {key: _known(item, anew) for key, item in value.items()}
        case list():
            return [_known(item, anew) for item in value]
        case str():
            return _REFERENCE.sub(lambda found: UNKNOWN if found["key"] in anew else found[0], value)
        case _:
            return value


def _change(op: str, old: ManifestResource, new: ManifestResource, diff: tuple[PropertyChange, ...] = ()) -> Change:
    return Change(
        op=op,
        urn=new.urn,
        type=new.type,
        name=new.name,
        diff=diff,
        reasons=tuple(one.path for one in diff if one.replaces),
        custom=new.custom and not new.type.startswith("pulumi:"),
        protect=bool(new.options.get("protect")),
        retained=op != "create" and bool(old.options.get("retainOnDelete")),
    )


def _key(resource: ManifestResource) -> str:
    return f"{resource.type}::{resource.name}"
