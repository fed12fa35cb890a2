"""One issue for each stack that says what is adrift, and none when nothing is."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gitops.comments.cut import LIMIT
from gitops.drift_issue import LABEL, Told, body, marker, report_drift
from gitops.engine_result import Change, Result
from gitops.github.client import GitHub
from local.github.store import Store
from local.github.transport import transport
from tests.gitops.comments.pull_request_world import NAME, TOKEN, repository
from tests.gitops.engine_states import changed
from tests.gitops.golden_drift.issues import ALARM, HERE, ISSUES, RUN, SECRET, SIZE, drifted, of
from tests.gitops.golden_preview.samples import INSTANCE, change
from tests.gitops.killing import Calls, every_kill

MONDAY, TUESDAY = dt.date(2026, 11, 23), dt.date(2026, 11, 24)
NOTHING = drifted()


@dataclass
class World:
    """GitHub without an issue."""

    store: Store = field(default_factory=lambda: Store(repository()[0], NAME))

    def __post_init__(self) -> None:
        self.store.allow(TOKEN)

    @property
    def transport(self) -> httpx.BaseTransport:
        """The way there."""
        return transport(self.store)

    def report(
        self, found: Result, today: dt.date = MONDAY, *, stack: str = "dev", way: httpx.BaseTransport | None = None
    ) -> Told:
        """What the run of a day does."""
        github = GitHub(NAME, TOKEN, transport=way or self.transport)
        return report_drift(github, stack, found, run_url=RUN, today=today)

    @property
    def issues(self) -> list[tuple[str, str, str]]:
        """State, title and body of each, the oldest first."""
        return [(one["state"], one["title"], one["body"]) for one in self.store.threads.values()]

    def facts(self) -> Any:
        """What a person sees."""
        return self.issues, [self.store.comments(number) for number in self.store.threads]


@pytest.fixture
def world() -> World:
    """GitHub."""
    return World()


@pytest.mark.parametrize("name", ISSUES)
def test_an_issue_reads_as_it_did(name: str) -> None:
    """The texts in `golden_drift`. `python -m tests.gitops.golden_drift` writes them."""
    assert ISSUES[name] == (HERE / f"{name}.md").read_text()


def test_nothing_adrift_is_no_issue(world: World) -> None:
    """And nothing is written."""
    assert world.report(NOTHING) == Told(outcome="none")
    assert not world.store.writes


def test_drift_is_told_once(world: World) -> None:
    """What is the same the next day makes nobody read it again; the day on which it began stays."""
    told = world.report(drifted(SIZE))
    writes = list(world.store.writes)
    again = world.report(drifted(SIZE), TUESDAY)
    ((state, title, text),) = world.issues

    assert (told.outcome, again.outcome, told.url) == ("told", "unchanged", again.url)
    assert world.store.writes == writes
    assert (state, title) == ("open", "dev: 1 resource is no longer as the program made it")
    assert "first seen on 2026-11-23" in text
    assert world.store.threads[1]["labels"] == [LABEL]


def test_another_drift_changes_the_issue(world: World) -> None:
    """In place; the order in which the engine finds it says nothing."""
    world.report(drifted(SIZE))
    assert world.report(drifted(ALARM, SIZE), TUESDAY).outcome == "told"
    assert world.report(drifted(SIZE, ALARM), TUESDAY).outcome == "unchanged"
    ((_, title, text),) = world.issues

    assert title == "dev: 2 resources are no longer as the program made it"
    assert "first seen on 2026-11-23" in text
    assert text.index("is gone") < text.index("allocatedStorage")


def test_an_issue_is_closed_when_nothing_is_adrift(world: World) -> None:
    """With a word; when it is back there is another one."""
    world.report(drifted(SIZE))
    assert world.report(NOTHING, TUESDAY).outcome == "gone"
    assert world.report(NOTHING, TUESDAY).outcome == "none"
    assert [state for state, _, _ in world.issues] == ["closed"]
    assert RUN in world.store.comments(1)[0]

    world.report(drifted(SIZE), TUESDAY)
    assert [state for state, _, _ in world.issues] == ["closed", "open"]
    assert "first seen on 2026-11-24" in world.issues[1][2]


def test_each_stack_has_its_own(world: World) -> None:
    """And an issue that somebody else wrote is nobody's."""
    world.store.open_thread("mine", f"{marker('dev')}\n", "mallory", [LABEL])
    world.report(drifted(SIZE))
    world.report(drifted(ALARM), stack="prod")
    world.report(NOTHING)

    assert [state for state, _, _ in world.issues] == ["open", "closed", "open"]


def test_no_secret_is_told() -> None:
    """Neither what the engine knows as one, nor what only looks like it."""
    text = of(SECRET)

    assert "sk_live_" not in text
    assert "another [secret]" in text


@settings(max_examples=30, deadline=None)
@given(st.lists(st.text(max_size=20) | st.just("```\n@octocat <b>"), min_size=1, max_size=5), st.integers(1, 400))
def test_an_issue_has_an_end_and_calls_nobody(texts: list[str], times: int) -> None:
    """However much drifts, and whatever it is called."""
    one = [change("update", INSTANCE, text, changed(text or "p", text, text * 20)) for text in texts]
    text = of(*(one * times))

    assert len(text) <= LIMIT
    assert text.endswith("the next run closes this.\n")
    assert "\n@octocat" not in text


def test_arguments_are_what_they_have_to_be() -> None:
    """They stand outside code."""
    with pytest.raises(ValueError, match="no name of a stack"):
        marker("dev -->")
    with pytest.raises(ValueError, match="address of the run"):
        body("dev", NOTHING, run_url="javascript:1", since="", digest="")


@pytest.mark.parametrize(
    ("before", "now"), [((), (SIZE,)), ((SIZE,), (SIZE, ALARM)), ((SIZE,), ())], ids=["opened", "changed", "closed"]
)
def test_killed_anywhere_it_comes_to_the_same(before: tuple[Change, ...], now: tuple[Change, ...]) -> None:
    """Once it is run again."""

    def make() -> World:
        made = World()
        made.report(drifted(*before))
        return made

    def act(world: World, calls: Calls) -> None:
        world.report(drifted(*now), TUESDAY, way=calls)

    every_kill(make, act, World.facts)
