"""What the rules found in a preview: what stops an update in full, what is advised by name."""

from collections import Counter
from collections.abc import Iterator

from gitops.engine_result import PolicyResult
from gitops.previews.preview import Preview
from gitops.previews.values import plain
from gitops.previews.words import indented, subject
from policy.check import EXPIRED, STALE
from policy.rules import RULES

KNOWN = {rule.name: rule for rule in (*RULES, EXPIRED, STALE)}


def blocks(preview: Preview) -> Iterator[str]:
    """One for what stops an update, one for the rest."""
    mandatory = [one for one in preview.result.policy if one.mandatory]
    advisory = Counter(one.policy for one in preview.result.policy if not one.mandatory)
    if mandatory:
        yield "\n".join(["POLICY, it stops an update", *(line for one in mandatory for line in _violation(one))])
    lines = list(_advice(advisory))
    if preview.exceptions:
        number = len(preview.exceptions)
        lines.append(f"{number} exception{'' if number == 1 else 's'} in force, see `priceguard policy`")
    if lines:
        yield "\n".join(lines)


def _advice(advisory: Counter[str]) -> Iterator[str]:
    if advisory:
        names = ", ".join(f"{plain(name)} ({times})" if times > 1 else plain(name) for name, times in advisory.items())
        yield from indented(f"{advisory.total()} advisory, in full with --json: {names}", following=4)


def _violation(one: PolicyResult) -> Iterator[str]:
    """The rule and the resource, then what is wrong, why that matters, and what to do."""
    heading, _, message = one.message.partition("\n")
    if not heading.endswith(one.policy):  # the engine puts the description of the rule first
        heading, message = one.policy, one.message
    controls = heading.removesuffix(one.policy).strip().replace(" ", ", ")
    name = f"{one.policy} ({controls})" if controls else one.policy
    yield plain(f"✗ {name}: {subject(one.urn)}")
    yield from (f"    {plain(line)}" for line in _parts(one, message))


def _parts(one: PolicyResult, message: str) -> list[str]:
    """A message of our own pack, taken apart again; any other as it is."""
    rule = KNOWN.get(one.policy)
    ending = f". {rule.why} {rule.fix}" if rule else ""
    if rule is None or not message.endswith(ending):
        return message.splitlines()
    what = message.removesuffix(ending).removeprefix(f"{one.urn.rsplit('::', 1)[-1] or 'stack'}: ")
    return [*what.splitlines(), f"why: {rule.why}", f"fix: {rule.fix}"]
