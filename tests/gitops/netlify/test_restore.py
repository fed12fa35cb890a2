"""What a sync found is put back, whatever happened since; and nothing else is taken from a record."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.netlify.errors import NetlifyError, RecordError, SyncError, ValueRefusedError
from gitops.netlify.restore import former
from tests.gitops.netlify.world import DEV, NEW, OLD, TITLE, World

RECORD: dict[str, Any] = {"stack": "prod", "deploy": "0123abc", "values": {"VITE_API_BASE_URL": {"production": "x"}}}


def test_values_and_deploy_are_put_back() -> None:
    """From what was kept as JSON; a second time, nothing is written."""
    world = World()
    before = world.published()
    record = json.loads(json.dumps(world.sync().former.as_dict()))

    done = world.restore(record)

    assert (world.values(), world.published(), world.shown()) == (OLD, before, set(OLD.values()))
    assert done.line() == f"2 variables put back; {before} is published again"
    world.asked.clear()
    assert world.restore(record).line() == "0 variables put back; what is published was not another"
    assert world.written == []


def test_what_was_not_there_is_there_no_longer() -> None:
    """A variable that the sync has made goes, and one that it gave a value for dev keeps the other."""
    world = World(published=False)
    name = "VITE_API_BASE_URL"
    world.have({name: OLD[name]})
    record = world.sync(DEV, "dev").former.as_dict()

    world.restore(record)

    assert (world.values(), world.values("deploy-preview")) == ({name: OLD[name]}, {})
    assert [variable["key"] for variable in world.variables.all()] == [name]


def test_what_happened_to_other_contexts_since_stays() -> None:
    """A rollback of prod takes nothing from dev."""
    world = World()
    record = world.sync().former.as_dict()
    world.sync(DEV, "dev")

    world.restore(record)

    assert (world.values(), world.values("deploy-preview")) == (OLD, DEV)


def test_our_build_that_is_under_way_is_cancelled() -> None:
    """Else it would be published after everything was put back; other people's builds go on."""
    world = World()
    planned = world.plan()
    world.sync(build=False)
    world.push(TITLE, wait=False)
    world.push("Fix a typo", wait=False)

    world.restore(planned.former.as_dict())

    assert [state for _, state in world.builds()] == ["ready", "error", "building"]
    assert world.values() == OLD


def test_a_deploy_that_netlify_has_no_longer_is_told_when_the_values_are_back() -> None:
    """Netlify deletes old deploys."""
    world = World()
    record = {**world.sync().former.as_dict(), "deploy": "gone"}

    with pytest.raises(NetlifyError, match="has the former deploy gone no longer; the former values are there again"):
        world.restore(record)
    assert world.values() == OLD


def test_what_somebody_has_published_since_stays() -> None:
    """A rollback, perhaps days later, takes no work from those who make the frontend; the next sync builds it anew."""
    world = World()
    record = world.sync().former.as_dict()
    newer = world.push("Add a page")

    said = world.restore(record).line()

    assert (world.values(), world.published()) == (OLD, newer)
    assert said == (
        f"2 variables put back; {newer}, which somebody has published since, stays until `priceguard netlify` is run"
    )
    assert world.sync(OLD).deploy == world.published()
    assert world.shown() == set(OLD.values())


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {**RECORD, "stack": "test"},
        {**RECORD, "deploy": "../../sites"},
        {**RECORD, "values": {"PATH": {"production": "x"}}},
        {**RECORD, "values": {"VITE_API_BASE_URL": {"deploy-preview": "x"}}},
        {**RECORD, "values": {"VITE_API_BASE_URL": {"production": "x" * 501}}},
        {**RECORD, "values": {"VITE_API_BASE_URL": {"production": 7}}},
        {**RECORD, "values": []},
    ],
)
def test_what_is_no_record_is_refused(wrong: dict[str, Any]) -> None:
    """Whoever can write where it is kept cannot have anything else written."""
    world = World()
    with pytest.raises(RecordError):
        world.restore(wrong)
    assert world.written == []


def test_a_record_with_a_secret_is_refused() -> None:
    """And not repeated."""
    secret = "sk_live_" + "x" * 20
    with pytest.raises(ValueRefusedError, match="looks like a secret") as told:
        former({**RECORD, "values": {"VITE_API_BASE_URL": {"production": secret}}})
    assert secret not in str(told.value)


SCALAR = st.none() | st.integers() | st.sampled_from(["prod", "dev", "production", "x", "sk_live_x"])
NAMED = st.dictionaries(st.sampled_from([*NEW, "production", "x"]), SCALAR, max_size=2)
ANY = SCALAR | NAMED | st.dictionaries(st.sampled_from([*NEW, "x"]), NAMED, max_size=2)


@settings(deadline=None, max_examples=50)
@given(record=st.fixed_dictionaries({"stack": SCALAR, "deploy": SCALAR, "values": ANY}))
def test_no_record_whatever_is_in_it_is_more_than_refused(record: dict[str, Any]) -> None:
    """Never a stack trace."""
    with suppress(SyncError):
        assert former(record).values.keys() <= NEW.keys()
