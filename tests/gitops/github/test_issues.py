"""Comments that stay one, and issues that are opened once; a stranger's are never touched."""

from dataclasses import replace
from functools import partial

import pytest

from tests.gitops.github.bench import Bench, client

MARKER = "<!-- priceguard:preview stack=dev -->"
OTHER = "<!-- priceguard:preview stack=prod -->"
DRIFT = "<!-- priceguard:drift stack=dev -->"


class TestComment:
    """The sticky one."""

    def test_it_is_made_changed_and_left_alone(self, bench: Bench) -> None:
        """Three runs, of which the third finds what it would write."""
        for text in ("first", "second", "second"):
            bench.github.comment(bench.number, MARKER, f"{MARKER}\n{text}")

        assert bench.store.comments(bench.number) == [f"{MARKER}\nsecond"]
        assert bench.store.writes == ["POST /issues/1/comments", "PATCH /issues/comments/1001"]

    def test_it_is_found_behind_hundreds_of_others(self, bench: Bench) -> None:
        """On any page; each stack has its own."""
        bench.github.comment(bench.number, OTHER, f"{OTHER}\nprod")
        for number in range(150):
            bench.store.say(bench.number, f"Comment {number}")
        bench.github.comment(bench.number, MARKER, f"{MARKER}\ndev")
        for number in range(100):
            bench.store.say(bench.number, f"Later {number}")
        bench.github.comment(bench.number, MARKER, f"{MARKER}\ndev again")

        found = [body for body in bench.store.comments(bench.number) if body.startswith("<!--")]
        assert found == [f"{OTHER}\nprod", f"{MARKER}\ndev again"]
        assert len(list(bench.github.comments(bench.number))) == 252

    def test_a_strangers_with_the_same_marker_is_not_ours(self, bench: Bench) -> None:
        """Nor a program's that only quotes it."""
        bench.store.say(bench.number, f"{MARKER}\nfake", author="mallory")
        bench.store.say(bench.number, f"See {MARKER}", author="robot[bot]")
        bench.github.comment(bench.number, MARKER, f"{MARKER}\ngenuine")

        assert bench.store.comments(bench.number)[0] == f"{MARKER}\nfake"
        assert bench.store.comments(bench.number)[2:] == [f"{MARKER}\ngenuine"]

    def test_a_person_finds_their_own(self, bench: Bench) -> None:
        """Who runs a command by hand has no bot's name."""
        carol = client(bench.transport, token=bench.store.allow("ghp_carol", login="carol"))
        bench.store.say(bench.number, f"{MARKER}\nfake", author="mallory")
        for text in ("first", "second"):
            carol.comment(bench.number, MARKER, f"{MARKER}\n{text}")

        assert bench.store.comments(bench.number) == [f"{MARKER}\nfake", f"{MARKER}\nsecond"]

    def test_line_ends_that_github_changed_are_no_difference(self, bench: Bench) -> None:
        """Else every run would write."""
        bench.store.say(bench.number, f"{MARKER}\r\na\r\nb", author="github-actions[bot]")
        bench.github.comment(bench.number, MARKER, f"{MARKER}\na\nb\n")

        assert bench.store.writes == []

    @pytest.mark.parametrize("marker", ["", MARKER])
    def test_what_would_never_be_found_again_is_not_written(self, bench: Bench, marker: str) -> None:
        """A mistake of ours."""
        with pytest.raises(ValueError, match="must begin with"):
            bench.github.comment(bench.number, marker, f"Hello {MARKER}")
        with pytest.raises(ValueError, match="must begin with"):
            bench.github.issue(marker, "Title", f"Hello {MARKER}")
        assert bench.store.asked == []


class TestIssue:
    """One per subject."""

    def test_it_is_opened_changed_and_left_alone(self, bench: Bench) -> None:
        """With its labels, and those that people gave it."""
        made = bench.github.issue(DRIFT, "Drift", f"{DRIFT}\none", ("drift", "dev"))
        bench.store.label(made.number, "urgent")
        again = partial(bench.github.issue, DRIFT, "Drift of dev", f"{DRIFT}\ntwo", ("drift", "dev"))
        changed = again()
        assert again() == changed

        assert changed == replace(made, title="Drift of dev", body=f"{DRIFT}\ntwo", labels=("drift", "dev", "urgent"))
        assert bench.store.writes == ["POST /issues", f"PATCH /issues/{made.number}"]
        assert bench.github.issues("drift") == [changed]

    def test_pull_requests_and_other_labels_are_left_out(self, bench: Bench) -> None:
        """GitHub counts pull requests among the issues."""
        bench.github.label(bench.number, "drift")
        bench.github.issue(DRIFT, "Drift", DRIFT, ("other",))

        assert bench.github.issues("drift") == []
        assert [issue.title for issue in bench.github.issues()] == ["Drift"]

    def test_a_strangers_with_the_same_marker_is_not_ours(self, bench: Bench) -> None:
        """Nobody makes us write into theirs."""
        theirs = bench.store.open_thread("Drift", DRIFT, "mallory", ["drift"])
        ours = bench.github.issue(DRIFT, "Drift", DRIFT, ("drift",))

        assert ours.number != theirs
        assert ours.is_bot

    def test_a_closed_one_stays_closed(self, bench: Bench) -> None:
        """And what comes back gets another."""
        first = bench.github.issue(DRIFT, "Drift", DRIFT, ("drift",))
        for _ in range(2):
            bench.github.close_issue(first.number, "It is gone.")
        second = bench.github.issue(DRIFT, "Drift", DRIFT, ("drift",))

        assert bench.store.comments(first.number) == ["It is gone."]
        assert bench.store.thread(first.number)["state"] == "closed"
        assert bench.github.issues("drift") == [second]
        assert second.number != first.number

    def test_it_can_be_closed_without_a_word(self, bench: Bench) -> None:
        """The comment is optional."""
        number = bench.github.issue(DRIFT, "Drift", DRIFT).number
        bench.github.close_issue(number)

        assert bench.store.comments(number) == []
        assert bench.github.issues() == []
