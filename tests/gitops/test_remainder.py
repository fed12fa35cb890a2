"""What a destroyed stack leaves behind."""

from typing import Any

import pytest

from gitops.engine_result import Change, ResourceState, Result, Timing
from gitops.remainder import remainder

PRICE, PRODUCT = "stripe:index/price:Price", "stripe:index/product:Product"
KEY, SECRET, INSTANCE = "aws:kms/key:Key", "aws:secretsmanager/secret:Secret", "aws:rds/instance:Instance"
VERSION, IMAGE = "aws:secretsmanager/secretVersion:SecretVersion", "docker-build:index:Image"
REPOSITORY, VPC = "aws:ecr/repository:Repository", "aws:ec2/vpc:Vpc"


def urn(type_: str, name: str) -> str:
    """That of a resource in a component."""
    return f"urn:pulumi:dev::priceguard::priceguard:index:Data${type_}::{name}"


def result(*gone: tuple[str, dict[str, Any]], op: str = "delete", retained: tuple[str, ...] = ()) -> Result:
    """What a destruction of resources, each with its inputs, has told."""
    named = [(type_, f"r{number}", inputs) for number, (type_, inputs) in enumerate(gone)]
    states = [
        ResourceState(
            urn=urn(type_, name),
            type=type_,
            id=f"id-{name}",
            custom=True,
            parent="",
            provider="",
            protect=False,
            inputs=inputs,
            outputs=inputs,
        )
        for type_, name, inputs in named
    ]
    changes = [
        Change(op=op, urn=urn(type_, name), type=type_, name=name, retained=type_ in retained)
        for type_, name, _ in named
    ]
    timing = Timing(total=0, start=0, program=0, resources=0, end=0)
    return Result(
        changes=tuple(changes),
        unchanged=0,
        policy=(),
        diagnostics=(),
        before=tuple(states),
        after=(),
        timing=timing,
    )


@pytest.mark.parametrize(
    ("type_", "inputs", "why"),
    [
        (PRICE, {}, "Stripe deletes no price"),
        (PRODUCT, {}, "Stripe deletes no product that has prices"),
        (KEY, {}, "a window of 30 days"),
        (KEY, {"deletionWindowInDays": 7.0}, "a window of 7 days"),
        (SECRET, {}, "restored for 30 days"),
        (SECRET, {"recoveryWindowInDays": 1}, "restored for 1 day,"),
        (SECRET, {"recoveryWindowInDays": 0}, None),
        (INSTANCE, {"finalSnapshotIdentifier": "last-words"}, "its last snapshot last-words stays"),
        (INSTANCE, {"skipFinalSnapshot": False, "finalSnapshotIdentifier": "last-words"}, "last-words"),
        (INSTANCE, {"skipFinalSnapshot": True}, None),
        (VPC, {}, None),
    ],
)
def test_what_is_deleted_may_not_be_gone(type_: str, inputs: dict[str, Any], why: str | None) -> None:
    """By its type and what it was made with."""
    found = remainder(result((type_, inputs)))

    assert [(one.type, one.name, one.id) for one in found] == ([(type_, "r0", "id-r0")] if why else [])
    assert all(why in one.why for one in found if why)


@pytest.mark.parametrize(
    ("kept", "owner", "left"),
    [(VERSION, SECRET, [SECRET]), (VERSION, VPC, [VERSION]), (IMAGE, REPOSITORY, []), (IMAGE, SECRET, [SECRET, IMAGE])],
)
def test_what_is_kept_for_a_rollback_goes_with_its_owner(kept: str, owner: str, left: list[str]) -> None:
    """Else it stays."""
    found = remainder(result((kept, {}), (owner, {}), retained=(kept,)))

    assert [one.type for one in found] == left


def test_what_is_kept_says_that_instead_of_how_its_type_goes() -> None:
    """A price that nobody has deleted is no price that Stripe does not delete."""
    (one,) = remainder(result((PRICE, {}), retained=(PRICE,)))

    assert "kept when it leaves the stack" in one.why


@pytest.mark.parametrize("op", ["update", "replace", "same"])
def test_what_is_still_in_the_stack_is_no_remainder(op: str) -> None:
    """Only what was deleted."""
    assert remainder(result((KEY, {}), op=op)) == []


def test_what_is_left_is_in_the_order_of_its_type() -> None:
    """Then of its name."""
    found = remainder(result((PRICE, {}), (KEY, {}), (PRODUCT, {}), (KEY, {}), (VPC, {})))

    assert [(one.type, one.name) for one in found] == [(KEY, "r1"), (KEY, "r3"), (PRICE, "r0"), (PRODUCT, "r2")]
