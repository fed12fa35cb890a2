"""What a preview, an update, a refresh or a destruction found and did: plain data, which also travels as JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from render.registration import MASK

SECRET, UNKNOWN = MASK, "[unknown]"
"""What stands for a secret, and for what is known only once the resource is made."""


@dataclass(frozen=True, kw_only=True)
class PropertyChange:
    """One property that differs.

    Args:
        path: such as `tags.Name` or `ingress[0].fromPort`.
        kind: `add`, `delete` or `update`.
        before: None where there was nothing; `[secret]` where it is one.
        after: likewise; `[unknown]` where it is known only once it is made.
        replaces: whether the resource is replaced because of it.
    """

    path: str
    kind: str
    before: Any = field(repr=False)
    after: Any = field(repr=False)
    replaces: bool


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happens to one resource.

    Args:
        op: `create`, `update`, `replace`, `delete`, or another of the engine's words.
        urn: its unique name.
        type: type token.
        name: logical name.
        diff: the properties that differ, in an update or a replacement.
        reasons: paths of the properties that force a replacement.
        custom: whether a provider makes it, and it is none itself.
        protect: whether it must not be deleted.
        retained: whether it goes from the stack only, and stays where it is.
    """

    op: str
    urn: str
    type: str
    name: str
    diff: tuple[PropertyChange, ...] = ()
    reasons: tuple[str, ...] = ()
    custom: bool = True
    protect: bool = False
    retained: bool = False


@dataclass(frozen=True, kw_only=True)
class PolicyResult:
    """What a rule of a policy pack found.

    Args:
        policy: name of the rule.
        mandatory: whether the update is refused for it.
        urn: the resource; empty when it is about the stack.
        message: what is wrong.
    """

    policy: str
    mandatory: bool
    urn: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """Something that the engine, the program or a provider said.

    Args:
        severity: `error`, `warning`, `info` or `info#err`.
        message: without colours.
        urn: the resource; empty when it is about none.
    """

    severity: str
    message: str
    urn: str


@dataclass(frozen=True, kw_only=True)
class ResourceState:
    """A resource as the engine sees it.

    Args:
        urn: its unique name.
        type: type token.
        id: what its provider knows it by; empty for a component, and before it is made.
        custom: whether a provider makes it.
        parent: URN; empty for the stack.
        provider: URN and id of its provider; empty for a component.
        protect: whether it must not be deleted.
        inputs: secrets as `[secret]`, unknown ones as `[unknown]`.
        outputs: likewise.
    """

    urn: str
    type: str
    id: str
    custom: bool
    parent: str
    provider: str
    protect: bool
    inputs: Mapping[str, Any] = field(repr=False)
    outputs: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Timing:
    """Where the time went, in seconds.

    Args:
        total: from the command to its end.
        start: until the engine had read the stack and began.
        program: from then until the program had declared its first resource: its start, and that of the plugins.
        resources: from then until the last one was done.
        end: the rest: policy over the whole stack, writing, the end of the processes.
    """

    total: float
    start: float
    program: float
    resources: float
    end: float


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a preview, an update, a refresh or a destruction found and did.

    Args:
        changes: in the order of the engine; without what stays the same.
        unchanged: how many resources stay the same.
        policy: what the policy packs found.
        diagnostics: what was said.
        before: every resource that was there.
        after: every resource that is there then.
        timing: where the time went.
    """

    changes: tuple[Change, ...]
    unchanged: int
    policy: tuple[PolicyResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    before: tuple[ResourceState, ...] = field(repr=False)
    after: tuple[ResourceState, ...] = field(repr=False)
    timing: Timing
