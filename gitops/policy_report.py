"""A judgement as plain text, for a terminal or a log."""

from collections.abc import Iterator

from gitops.manifest_policy import Judgement, controls
from gitops.previews.words import numbered
from policy.exceptions import RuleException
from policy.rule import Violation


def report(judgement: Judgement) -> str:
    """What is violated, what is advised and what is excepted, each with its reason; the numbers come last."""
    counts = (
        numbered(len(judgement.mandatory), "mandatory violation"),
        f"{len(judgement.advisory)} advisory",
        f"{numbered(len(judgement.exceptions), 'exception')} in force",
    )
    blocks = [
        *_group("Mandatory, they stop an update", map(_violation, judgement.mandatory)),
        *_group("Advisory", map(_violation, judgement.advisory)),
        *_group("Exceptions in force", map(_exception, judgement.exceptions)),
        f"{judgement.environment}: {', '.join(counts)}",
    ]
    return "\n\n".join(blocks) + "\n"


def _group(heading: str, entries: Iterator[str]) -> Iterator[str]:
    if texts := list(entries):
        yield "\n".join([f"{heading}:", *texts])


def _violation(one: Violation) -> str:
    # What is missing from the stack is wrong with no single resource.
    resource = f"{one.type} {one.name}" if one.type else "the stack"
    return f"- {_rule(one.rule, one.controls)}: {resource}\n  {one.what}\n  why: {one.why}\n  fix: {one.fix}"


def _exception(one: RuleException) -> str:
    return f"- {_rule(one.rule, controls(one))}: {one.type} {one.name}, until {one.until}\n  why: {one.reason}"


def _rule(name: str, known_as: tuple[str, ...]) -> str:
    return f"{name} ({', '.join(known_as)})" if known_as else name
