"""The sealed plan: what a reviewer approved, as data that travels, and whether an update is that or a part of it.

A seal holds fingerprints, no values. It does not see that a secret becomes another secret.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from gitops.engine_result import Result
from gitops.seals.steps import Step, canonical, covers, normal_of, sha256


@dataclass(frozen=True, kw_only=True, order=True)
class Refusal:
    """A mandatory rule that is violated.

    Args:
        policy: name of the rule.
        urn: the resource; empty when it is about the stack.
        message: fingerprint of what is wrong.
    """

    policy: str
    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Context:
    """What the steps came from.

    Args:
        revision: commit of the program.
        configuration: fingerprint of the stack's configuration.
        requirements: fingerprint of the locked requirements.
        policy: fingerprint of all that the rules found.
    """

    revision: str
    configuration: str
    requirements: str
    policy: str


@dataclass(frozen=True, kw_only=True)
class Seal:
    """What was approved.

    Args:
        steps: without components and providers, in order.
        refusals: for which the update would be refused, in order.
        context: what they came from.
    """

    steps: tuple[Step, ...]
    refusals: tuple[Refusal, ...]
    context: Context

    @property
    def digest(self) -> str:
        """Stands for all of it, 64 hex digits. It is no part of the data, so it cannot say anything else."""
        return sha256(canonical(asdict(self)))


NOTHING = Seal(steps=(), refusals=(), context=Context(revision="", configuration="", requirements="", policy=""))
"""By which nothing is approved but an update that changes nothing."""


@dataclass(frozen=True, kw_only=True)
class Unapproved:
    """A step that was not approved.

    Args:
        step: what would happen.
        instead: what was approved for the same resource; None when nothing was.
    """

    step: Step
    instead: Step | None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """How an update differs from what was approved.

    Args:
        added: steps that were not approved.
        gone: approved steps whose resource needs nothing any more, one for each resource.
        refusals: mandatory rules that were not violated before.
        context: fields of the context that differ; that alone voids nothing, because another pull request may have
            been deployed in between.
        approved: the seal.
        now: that of the update.
    """

    added: tuple[Unapproved, ...]
    gone: tuple[Step, ...]
    refusals: tuple[Refusal, ...]
    context: tuple[str, ...]
    approved: Seal
    now: Seal

    @property
    def applies(self) -> bool:
        """Whether the approval covers the update."""
        return not self.added and not self.refusals


def seal(
    result: Result, *, revision: str, configuration: Mapping[str, Any], requirements: str, wildcard_image: bool
) -> Seal:
    """The steps of a preview, without what differs between two previews of the same thing.

    Args:
        result: what the engine found.
        revision: commit of the program.
        configuration: that it ran with.
        requirements: text of the locked requirements.
        wildcard_image: whether the update builds the image, so that every commit has another one; its repository
            still counts.
    """
    normal = normal_of(result, wildcard_image=wildcard_image)
    inputs = {state.urn: state.inputs for state in result.after}
    steps = {normal.step(change, inputs.get(change.urn, {})) for change in result.changes if change.custom}
    found = {
        (one.mandatory, Refusal(policy=one.policy, urn=normal.text(one.urn), message=sha256(normal.text(one.message))))
        for one in result.policy
    }
    context = Context(
        revision=revision,
        configuration=sha256(canonical(dict(configuration))),
        requirements=sha256(requirements),
        policy=sha256(canonical([(mandatory, asdict(one)) for mandatory, one in sorted(found)])),
    )
    refusals = sorted(one for mandatory, one in found if mandatory)
    return Seal(steps=tuple(sorted(steps)), refusals=tuple(refusals), context=context)


def compare(approved: Seal, now: Seal) -> Difference:
    """What an update would do beyond what was approved, and what of that it need not do any more."""
    spare: defaultdict[str, list[Step]] = defaultdict(list)
    for step in approved.steps:
        spare[step.urn].append(step)
    added: list[Step] = []
    for step in now.steps:
        found = next((one for one in spare[step.urn] if covers(one, step)), None)
        if found:
            spare[step.urn].remove(found)
        else:
            added.append(step)
    unapproved = [Unapproved(step=step, instead=spare[step.urn].pop() if spare[step.urn] else None) for step in added]
    needed = {step.urn for step in now.steps}
    return Difference(
        added=tuple(unapproved),
        gone=tuple({urn: steps[0] for urn, steps in spare.items() if steps and urn not in needed}.values()),
        refusals=tuple(sorted({*now.refusals} - {*approved.refusals})),
        context=tuple(
            one.name for one in fields(Context) if getattr(approved.context, one.name) != getattr(now.context, one.name)
        ),
        approved=approved,
        now=now,
    )
