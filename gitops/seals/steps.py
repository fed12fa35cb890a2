"""One step of a sealed plan: a change with fingerprints in place of values, and without what differs each time."""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from gitops.engine_result import SECRET, UNKNOWN, Change, Result
from gitops.previews.values import parsed

WILD = "*"
"""What stands for a part that may differ."""
MADE = frozenset({"create", "import"})
"""Operations whose resource is new: all of its inputs count, since the engine tells no difference."""
COUNTER = re.compile(r"(?<=:task-definition/)([\w-]+):\d+")
"""A task definition's number: the next deployment, whosever it is, counts it up."""
IMAGE = re.compile(r"(?<=\bsha-)(?:[0-9a-f]{40}|unreleased)\b|(?<=@sha256:)[0-9a-f]{64}\b")
"""What each build makes anew: the name of the image by its commit, and its digest."""
REVISION = re.compile(r"(?:\.REVISION|\[REVISION\]\.value)$")
"""Where the commit of an image stands beside it, as the end of a path."""
Leaves = Mapping[str, Any]
"""Path -> single value."""
DEFAULTS = "__defaults"  # the provider's own note on the inputs that it filled in


@dataclass(frozen=True, kw_only=True, order=True)
class Property:
    """One value that a step changes.

    Args:
        path: down to a single value, such as `containerDefinitions[api].environment[LOG_LEVEL].value`.
        before: fingerprint of what is there, because another start is another change; `[secret]` where it is one;
            empty where there is nothing, and where what comes is not known.
        after: likewise of what comes; `[unknown]` where it is known only once it is made.
    """

    path: str
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, order=True)
class Step:
    """What happens to one resource.

    Args:
        urn: its unique name.
        op: `create`, `update`, `replace`, `delete`, or another of the engine's words.
        properties: what it changes, in order.
        replaces: paths of the properties that force a replacement.
        retained: whether it goes from the stack only, and stays where it is.
    """

    urn: str
    op: str
    properties: tuple[Property, ...] = ()
    replaces: tuple[str, ...] = ()
    retained: bool = False


@dataclass(frozen=True, kw_only=True)
class Normal:
    """What is the same in two previews of the same thing.

    Args:
        names: as the engine made them -> with a wildcard in place of their end.
        image: whether the image is built, so that every commit has another one.
    """

    names: Mapping[str, str]
    image: bool

    def text(self, text: str) -> str:
        """A text without what differs each time."""
        for name, lasting in self.names.items():
            text = text.replace(name, lasting)
        text = COUNTER.sub(rf"\1:{WILD}", text)
        return IMAGE.sub(WILD, text) if self.image else text

    def fingerprint(self, value: Any) -> str:
        """SHA-256 of a value, or the word that stands for it."""
        return value if value in (SECRET, UNKNOWN) else sha256(self.text(canonical(value)))

    def properties(self, path: str, before: Any, after: Any) -> Iterator[Property]:
        """What one property of a change means: each single value that differs."""
        old, new = _leaves(path, before), _leaves(path, after)
        later = [place for place, value in new.items() if value == UNKNOWN]
        yield from (Property(path=place, before="", after=UNKNOWN) for place in later)
        differs = [place for place in {**old, **new} if _differ(old, new, place) and not _lies_in(place, later)]
        for place in differs:
            yield self._property(place, old, new)
        if not differs and not later:
            # What differs inside a secret, or only in its order, has no place that differs.
            yield self._property(path, {path: parsed(before)}, {path: parsed(after)})

    def step(self, change: Change, inputs: Mapping[str, Any]) -> Step:
        """What happens to one resource.

        Args:
            change: as the engine found it.
            inputs: of the resource, once it is there.
        """
        made = [(name, None, value) for name, value in inputs.items() if name != DEFAULTS]
        diff = made if change.op in MADE else [(one.path, one.before, one.after) for one in change.diff]
        found = {one for path, before, after in diff for one in self.properties(path, before, after)}
        return Step(
            urn=self.text(change.urn),
            op=change.op,
            properties=tuple(sorted(found)),
            replaces=tuple(sorted({*change.reasons})),
            retained=change.retained,
        )

    def _property(self, path: str, old: Leaves, new: Leaves) -> Property:
        if self.image and REVISION.search(path):
            return Property(path=path, before=WILD, after=WILD)
        before, after = (self.fingerprint(side[path]) if path in side else "" for side in (old, new))
        return Property(path=path, before=before, after=after)


def normal_of(result: Result, *, wildcard_image: bool) -> Normal:
    """What does not count in a result: the ends of names that the engine made, and an image that it builds."""
    names = {
        value: f"{name}-{WILD}"
        for state in result.after
        for name in (state.urn.rsplit("::", 1)[-1],)
        for value in state.inputs.values()
        if isinstance(value, str) and re.fullmatch(rf"{re.escape(name)}-[0-9a-f]{{7}}", value)
    }
    return Normal(names=names, image=wildcard_image)


def canonical(value: Any) -> str:
    """The one way to write a value as JSON."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def sha256(text: str) -> str:
    """Its fingerprint, 64 hex digits."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def covers(approved: Step, step: Step) -> bool:
    """Whether a step is the approved one, as far as that was known: what was not yet may have become anything."""
    if replace(approved, properties=()) != replace(step, properties=()):
        return False
    gaps, other = {*approved.properties} - {*step.properties}, {*step.properties} - {*approved.properties}
    filled = all(gap.after == UNKNOWN and any(_lies_in(one.path, [gap.path]) for one in other) for gap in gaps)
    return filled and all(_lies_in(one.path, [gap.path for gap in gaps]) for one in other)


def _lies_in(path: str, places: Iterable[str]) -> bool:
    """Whether a path is one of the places, or below one."""
    return any(path == place or path.startswith((f"{place}.", f"{place}[")) for place in places)


def _differ(old: Leaves, new: Leaves, place: str) -> bool:
    # To Python, true is 1.
    return place not in old or place not in new or canonical(old[place]) != canonical(new[place])


def _leaves(path: str, value: Any) -> Leaves:
    """Each single value in a value, by its path; none where there is nothing."""
    return {} if value is None else dict(_walk(path, value))


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Paths that tell everything but the order of elements that have names; what is empty is a value itself."""
    inner = parsed(value)
    if isinstance(inner, Mapping) and inner:
        for key, item in inner.items():
            yield from _walk(f"{path}.{_quoted(key)}", item)
    elif isinstance(inner, list) and inner:
        for label, item in zip(_labels(inner), inner, strict=True):
            yield from _walk(f"{path}[{label}]", item)
    else:
        yield path, inner


def _labels(items: Sequence[Any]) -> Iterable[str]:
    """What tells the elements of a list apart: their names, so that a new one moves no other; else their places."""
    found = [item.get("name") for item in items if isinstance(item, Mapping)]
    names = {name: _quoted(name) for name in found if isinstance(name, str)}
    return names.values() if len(names) == len(items) else map(str, range(len(items)))


def _quoted(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)
