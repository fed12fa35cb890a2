"""Seals as text of a check, and several seals as one."""

import base64
import hashlib
import lzma
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.engine_result import Change
from gitops.seals.pack import LARGEST, LIMIT, pack, together, unpack
from gitops.seals.seal import NOTHING, Seal, compare
from gitops.seals.steps import Property, Step
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import INSTANCE, SERVICE, change, violation
from tests.gitops.seals.test_seal import CHANGES, applies, sealed

LEVEL, COUNT = changed("logLevel", "INFO", "DEBUG"), changed("desiredCount", 1, 2)


def service(*diff: Any, op: str = "update") -> Change:
    """A change of the service."""
    return change(op, SERVICE, "api", *diff)


@settings(max_examples=30, deadline=None)
@given(CHANGES)
def test_a_seal_is_the_same_once_it_is_unpacked(found: list[Any]) -> None:
    """With its refusals; whatever stands around it."""
    seal = sealed(*found, policy=(violation("database-logs", INSTANCE, "database", "no"),))
    text = pack(seal)

    assert unpack(text) == seal
    assert unpack(f"A check.\n\n{text}\nMore.\n") == seal
    assert len(text) <= LIMIT


def test_a_plan_that_is_too_large_leaves_its_digest() -> None:
    """No approval can be read from that."""
    digests = (hashlib.sha256(str(place).encode()).hexdigest() for place in range(3_000))
    step = Step(urn="u", op="create", properties=tuple(Property(path=one[:8], before="", after=one) for one in digests))
    large = replace(NOTHING, steps=(step,))

    assert large.digest in pack(large)
    assert len(pack(large)) < 200
    assert unpack(pack(large)) is None


def bomb() -> str:
    """Little text that would be much more than a seal may be."""
    return base64.b64encode(lzma.compress(b" " * (LARGEST + 1), preset=0)).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "seal:",
        "seal:AAAA",
        f"seal:{bomb()}",
        f"seal:{base64.b64encode(lzma.compress(b'{}')).decode()}",
        f"seal:{base64.b64encode(lzma.compress(b'[' * 100_000)).decode()}",
        f"seal:{base64.b64encode(lzma.compress(bytes([255]))).decode()}",
        f"seal:{base64.b64encode(lzma.compress(b'{}')[:-4]).decode()}",
        f"seal:{base64.b64encode(lzma.compress(b'{}', lzma.FORMAT_ALONE)).decode()}",
        "seal:" + "A" * 70_000,
        "x seal:AAAA",
    ],
)
def test_what_is_no_seal_is_none(text: str) -> None:
    """And takes no memory."""
    assert unpack(text) is None


@given(st.text(max_size=200) | st.binary(max_size=200).map(lambda data: f"seal:{base64.b64encode(data).decode()}"))
def test_no_text_does_more_than_be_none(text: str) -> None:
    """Whatever it says."""
    assert unpack(text) is None


@settings(max_examples=40, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_together_they_approve_what_each_approves(found: list[list[Any]]) -> None:
    """And nothing of a resource that none of them names."""
    seals = [sealed(*one) for one in found]
    both = together(seals)

    assert all(applies(both, one) for one in seals)
    assert {step.urn for step in both.steps} == {step.urn for one in seals for step in one.steps}
    assert both.context == seals[0].context
    assert applies(together([both]), both) == applies(both, both)


def test_two_changes_of_one_resource_may_come_at_once() -> None:
    """Each alone too; but not with a third."""
    both = together([sealed(service(COUNT)), sealed(service(LEVEL))])

    assert applies(both, sealed(service(COUNT, LEVEL)))
    assert applies(both, sealed(service(LEVEL)))
    assert not applies(both, sealed(service(COUNT, LEVEL, changed("cpu", 1, 2))))
    assert not applies(both, sealed(service(changed("desiredCount", 1, 3), LEVEL)))
    assert not compare(both, sealed(service(LEVEL))).gone


def test_the_newer_change_goes_on_from_the_older_one() -> None:
    """From what that found; one that takes it back leaves nothing to do."""
    older, newer = sealed(service(LEVEL)), sealed(service(changed("logLevel", "DEBUG", "ERROR"), COUNT))
    back = sealed(service(changed("logLevel", "DEBUG", "INFO"), COUNT))

    assert applies(together([newer, older]), sealed(service(changed("logLevel", "INFO", "ERROR"), COUNT)))
    assert applies(together([back, older]), sealed(service(COUNT)))


def test_the_stronger_operation_counts() -> None:
    """A replacement with an update of the same thing is a replacement; what is deleted is not changed as well."""
    forced = service(changed("cluster", "a", "b", replaces=True), op="replace")
    both = together([sealed(service(LEVEL)), sealed(forced)])
    gone = together([sealed(service(op="delete")), sealed(service(LEVEL))])

    now = service(LEVEL, changed("cluster", "a", "b", replaces=True), op="replace")
    assert applies(both, sealed(now))
    assert applies(gone, sealed(service(op="delete")))
    assert not applies(gone, sealed(service(LEVEL, op="delete")))


def test_nothing_covers_only_nothing() -> None:
    """Without any approval."""
    seal: Seal = sealed(service(LEVEL))

    assert applies(NOTHING, NOTHING)
    assert not applies(NOTHING, seal)
