"""The rules of `policy`, asked about a manifest: what they find before there is an engine, or anything to change."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from policy.check import check
from policy.exceptions import RuleException, in_force
from policy.rule import Level, Violation
from policy.rules import RULES
from policy.stack import Resource, named_in
from render.manifest import Manifest

_CONTROLS = {rule.name: rule.controls for rule in RULES}


@dataclass(frozen=True, kw_only=True)
class Judgement:
    """What the rules say of an environment.

    Args:
        environment: the stack's name.
        mandatory: violations that stop an update, exceptions that have ended among them.
        advisory: violations that are only told.
        exceptions: those of this environment that have not ended.
    """

    environment: str
    mandatory: tuple[Violation, ...]
    advisory: tuple[Violation, ...]
    exceptions: tuple[RuleException, ...]

    def as_dict(self) -> dict[str, Any]:
        """The same as plain data, for JSON; days as `2027-11-30`."""
        return {
            "environment": self.environment,
            "mandatory": [asdict(one) for one in self.mandatory],
            "advisory": [asdict(one) for one in self.advisory],
            "exceptions": [
                {**asdict(one), "controls": controls(one), "until": one.until.isoformat()} for one in self.exceptions
            ],
        }


def judge(manifest: Manifest, today: date) -> Judgement:
    """Apply every rule.

    Args:
        manifest: an environment, its components expanded.
        today: the day on which exceptions must hold.
    """
    found = check(from_manifest(manifest), manifest.stack, today)
    return Judgement(
        environment=manifest.stack,
        mandatory=tuple(one for one in found if one.enforcement is Level.MANDATORY),
        advisory=tuple(one for one in found if one.enforcement is Level.ADVISORY),
        exceptions=in_force(manifest.stack, today),
    )


def controls(exception: RuleException) -> tuple[str, ...]:
    """The ids of the controls that an exception departs from."""
    return _CONTROLS.get(exception.rule, ())


def from_manifest(manifest: Manifest) -> list[Resource]:
    """Every resource of a manifest as the rules see it; what it names as unknown becomes a reference."""
    return connected(
        Resource(
            type=one.type,
            name=one.name,
            urn=one.urn,
            inputs=one.inputs,
            protect=bool(one.options.get("protect")),
            parent=one.parent,
        )
        for one in manifest.resources
    )


def connected(resources: Iterable[Resource]) -> list[Resource]:
    """The same resources, each with references to those that its inputs name, as `${type::name.output}`."""
    known = list(resources)
    urns = {f"{one.type}::{one.name}": one.urn for one in known}
    return [
        replace(
            one,
            references={
                path: frozenset(urns[name] for name in named_in(value) if name in urns)
                for path, value in one.inputs.items()
            },
        )
        for one in known
    ]
