"""A sealed plan in words: what an update would do beyond what was approved, and what is new since the last look."""

from collections import Counter
from collections.abc import Iterator, Sequence

from gitops.previews.report import KINDS, OTHER
from gitops.previews.values import MOST_PATHS, plain
from gitops.previews.words import numbered, subject
from gitops.seals.seal import Difference, Seal, Unapproved, compare
from gitops.seals.steps import MADE, Step

CONTEXT = {
    "revision": "the program",
    "configuration": "the configuration",
    "requirements": "the locked requirements",
    "policy": "what the rules say",
}
"""Fields of a seal's context, in words."""
SHORT = 7
"""Digits of a commit that are shown."""


def words(difference: Difference) -> str:
    """Only what differs from what was approved; the fingerprints have no values, so it names the properties."""
    lines = [
        _heading(difference),
        *(line for one in difference.added for line in _step(one)),
        *(plain(f"✗ {one.policy}: {subject(one.urn)}") for one in difference.refusals),
    ]
    if difference.context and difference.approved.context.revision:
        changed = ", ".join(CONTEXT[name] for name in difference.context)
        lines.append(f"changed since {_short(difference.approved)} was approved: {changed}")
    return "\n".join(lines) + "\n"


def since(last: Seal, now: Seal) -> str:
    """One line with what changed since the reviewer last looked, such as `3f2c1ab: 2 new replaces`."""
    found = compare(last, now)
    steps = sorted(found.added, key=lambda one: [*KINDS].index(one.step.op) if one.step.op in KINDS else len(KINDS))
    counts = Counter(map(_kind, steps))
    told = [f"{number} {one if number == 1 else many}" for (one, many), number in counts.items()]
    told += [numbered(len(found.gone), "change") + " gone"] if found.gone else []
    told += [numbered(len(found.refusals), "new refusal")] if found.refusals else []
    return f"{_short(last)}: {', '.join(told) or 'the same changes'}"


def _kind(one: Unapproved) -> tuple[str, str]:
    """What is new in a step, of one and of many."""
    op = plain(one.step.op)
    if one.instead is None:
        return f"new {op}", f"new {op}s"
    if one.instead.op != one.step.op:
        text = f"from {plain(one.instead.op)} to {op}"
        return text, text
    return f"{op} that differs", f"{op}s that differ"


def _heading(difference: Difference) -> str:
    if difference.applies:
        gone, number = len(difference.gone), len(difference.now.steps)
        part = f"; {numbered(gone, 'approved change')} {_be(gone)} needed no more" if gone else ""
        return f"{'as approved' if number else 'nothing is left to do'}{part}"
    added, refused = len(difference.added), len(difference.refusals)
    told = [f"{numbered(added, 'change')} {'was' if added == 1 else 'were'} not approved"] if added else []
    told += [f"{numbered(refused, 'refusal')} by the rules {_be(refused)} new"] if refused else []
    return "; ".join(told)


def _step(one: Unapproved) -> Iterator[str]:
    """A step that was not approved, with the properties that make the difference below it."""
    step, instead = one.step, one.instead
    mark, to = KINDS.get(step.op, (OTHER, f"to {plain(step.op)}"))
    told = f"{mark} {subject(step.urn)}: {to}{_kept(step)}"
    if instead is None:
        yield told
    elif _to(instead) == _to(step):
        yield f"{told}, otherwise than approved"
    else:
        yield f"{told}, approved was {_to(instead)}"
    if step.op in MADE and instead is None:
        return  # all of it is new
    lines = list(_properties(step, instead or Step(urn=step.urn, op=step.op)))
    yield from (f"    {line}" for line in lines[:MOST_PATHS])
    if len(lines) > MOST_PATHS:
        yield f"    and {len(lines) - MOST_PATHS} more"


def _properties(step: Step, approved: Step) -> Iterator[str]:
    """Each path that differs, once."""
    comes, was = {*step.properties} - {*approved.properties}, {*approved.properties} - {*step.properties}
    known, still = {one.path for one in approved.properties}, {one.path for one in step.properties}
    for path in sorted({one.path for one in comes}):
        yield f"{plain(path)}: {'not as approved' if path in known else 'changes, and was not approved'}"
    for path in sorted({one.path for one in was} - still):
        yield f"{plain(path)}: approved, and does not change"
    if step.replaces and step.replaces != approved.replaces:
        yield f"replaced because of {_listed(step.replaces)}"


def _to(step: Step) -> str:
    return KINDS.get(step.op, ("", f"to {plain(step.op)}"))[1] + _kept(step)


def _kept(step: Step) -> str:
    return " from the stack only" if step.retained else ""


def _listed(paths: Sequence[str]) -> str:
    return ", ".join(map(plain, paths))


def _short(seal: Seal) -> str:
    return plain(seal.context.revision)[:SHORT]


def _be(number: int) -> str:
    return "is" if number == 1 else "are"
