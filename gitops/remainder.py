"""What a destroyed stack leaves behind, and why: what its owner cannot delete, or not at once."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from gitops.engine_result import Change, ResourceState, Result
from render.registration import type_and_name

Inputs = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Remainder:
    """Something that is still there.

    Args:
        type: type token.
        name: logical name.
        id: what its provider knows it by.
        why: and what becomes of it.
    """

    type: str
    name: str
    id: str
    why: str


def _price(_: Inputs) -> str:
    return "Stripe deletes no price, because invoices may name it; the next update makes another one"


def _product(_: Inputs) -> str:
    return (
        "Stripe deletes no product that has prices; before the next update of a real account, take it over: "
        "`pulumi import stripe:index/product:Product <name> <id>`"
    )


def _key(inputs: Inputs) -> str:
    days = inputs.get("deletionWindowInDays", 30)
    return (
        f"AWS deletes a key after a window of {_days(days)}; until then its deletion can be cancelled, and it is free"
    )


def _secret(inputs: Inputs) -> str | None:
    days = inputs.get("recoveryWindowInDays", 30)
    return f"it can be restored for {_days(days)}, and until then its name is taken" if days else None


def _database(inputs: Inputs) -> str | None:
    if inputs.get("skipFinalSnapshot"):
        return None
    return f"its last snapshot {inputs.get('finalSnapshotIdentifier', '')} stays until somebody deletes it"


REASONS: Mapping[str, Callable[[Inputs], str | None]] = {
    "stripe:index/price:Price": _price,
    "stripe:index/product:Product": _product,
    "aws:kms/key:Key": _key,
    "aws:secretsmanager/secret:Secret": _secret,
    "aws:rds/instance:Instance": _database,
}
"""Type -> why one with such inputs is not gone when it is deleted; None when it is."""
WITH_ITS_OWNER = {
    "aws:secretsmanager/secretVersion:SecretVersion": "aws:secretsmanager/secret:Secret",
    "docker-build:index:Image": "aws:ecr/repository:Repository",
}
"""Type that is retained, so that a rollback finds it -> type that takes it along when it is deleted."""
RETAINED = "kept when it leaves the stack, so that a rollback finds it; it costs nothing"


def remainder(result: Result) -> list[Remainder]:
    """Everything that was deleted from the stack and is not gone, in the order of its type."""
    known = {state.urn: state for state in result.before}  # what a step deletes was there
    deleted = [change for change in result.changes if change.op == "delete" and change.custom]
    types = {change.type for change in deleted}
    found = ((known[change.urn], _why(change, known[change.urn], types)) for change in deleted)
    left = (
        Remainder(type=state.type, name=type_and_name(state.urn)[1], id=state.id, why=why)
        for state, why in found
        if why
    )
    return sorted(left, key=lambda one: (one.type, one.name))


def _why(change: Change, state: ResourceState, deleted: Collection[str]) -> str | None:
    if change.retained:
        return None if WITH_ITS_OWNER.get(change.type, "") in deleted else RETAINED
    return REASONS.get(change.type, lambda _: None)(state.inputs)


def _days(number: float) -> str:
    return f"{number:g} day{'' if number == 1 else 's'}"
