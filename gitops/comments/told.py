"""A preview as it comes back from JSON that somebody else may have written: checked before anything is believed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from gitops.comments.blast_radius import blast
from gitops.engine_result import Change, Diagnostic, PolicyResult
from gitops.previews.basis import Program
from gitops.previews.preview import LOSSES

Number = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Amount = Annotated[float, msgspec.Meta(ge=-1e9, le=1e9)]
Picture = Annotated[str, msgspec.Meta(max_length=50_000)]


class PreviewError(ValueError):
    """What was handed over is no preview of this stack."""


@dataclass(frozen=True, kw_only=True)
class ToldLine:
    """A line of the cost.

    Args:
        type: type token.
        what: in words.
        quantity: how much of it.
        monthly_usd: USD a month.
    """

    type: str
    what: str
    quantity: Amount
    monthly_usd: Amount


@dataclass(frozen=True, kw_only=True)
class ToldChange:
    """A line of the cost that is in both, and not the same.

    Args:
        before: as it was.
        after: as it becomes.
        monthly_usd: by how many USD a month it rises.
    """

    before: ToldLine
    after: ToldLine
    monthly_usd: Amount


@dataclass(frozen=True, kw_only=True)
class ToldCost:
    """The cost a month, before and after.

    Args:
        before_usd: none when it cannot be told.
        after_usd: likewise.
        monthly_usd: the difference.
        as_of: month in which the newest price was read.
        added: lines that are new.
        removed: lines that are no more.
        changed: lines that differ.
        unknown: what has no known price.
        missing: why the cost cannot be told.
    """

    before_usd: Amount | None = None
    after_usd: Amount | None = None
    monthly_usd: Amount = 0
    as_of: str = ""
    added: tuple[ToldLine, ...] = ()
    removed: tuple[ToldLine, ...] = ()
    changed: tuple[ToldChange, ...] = ()
    unknown: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A preview as `Preview.as_dict` tells it.

    Args:
        stack: the environment.
        changes: in the order of the engine.
        unchanged: how many resources stay the same.
        policy: what the rules found.
        diagnostics: what was said.
        cost: what it costs a month.
        picture: what changes, in Mermaid's language, as far as it says.
        rendered: whether no engine was asked.
        program: whose program it is.
    """

    stack: str
    changes: tuple[Change, ...]
    unchanged: Number
    policy: tuple[PolicyResult, ...]
    diagnostics: tuple[Diagnostic, ...]
    cost: ToldCost
    picture: Picture = ""
    rendered: bool = False
    program: Program = ""

    @property
    def mandatory(self) -> tuple[PolicyResult, ...]:
        """What stops an update."""
        return tuple(one for one in self.policy if one.mandatory)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What the engine could not do."""
        return tuple(one for one in self.diagnostics if one.severity == "error")

    @property
    def has_failed(self) -> bool:
        """Whether the engine came to no result at all."""
        return bool(self.errors) and not self.changes

    @property
    def blocked(self) -> bool:
        """Whether an update cannot be made; what the JSON says of it is not asked."""
        protected = any(one.protect and one.op in LOSSES for one in self.changes)
        return protected or bool(self.mandatory) or bool(self.errors)

    @property
    def destructive(self) -> tuple[Change, ...]:
        """What somebody has to allow: losses that are felt, or for good."""
        return tuple(one for one in self.changes if is_destructive(one))


def is_destructive(change: Change) -> bool:
    """Whether something real goes, that is missed."""
    loss = change.op
    if loss not in ("delete", "replace") or change.retained or not change.custom:
        return False
    return not blast(change.type, loss).harmless


def told(preview_json: Mapping[str, Any]) -> Told:
    """The preview of an object of JSON.

    Raises:
        PreviewError: it is none.
    """
    try:
        return msgspec.convert(preview_json, Told)
    except (msgspec.ValidationError, RecursionError) as error:
        raise PreviewError(f"this is no result of a preview: {error}") from error
