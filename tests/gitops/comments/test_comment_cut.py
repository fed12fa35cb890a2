"""What is left out of a text that would be too long: whole parts, the least important first, and counted."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gitops.comments.cut import Part, Section, fitted

PARTS = st.lists(
    st.builds(Part, short=st.text("s", max_size=60), details=st.text("d", min_size=1, max_size=200)), max_size=20
)
SECTIONS = st.lists(
    st.builds(
        Section,
        opening=st.just("<<"),
        parts=PARTS,
        closing=st.sampled_from(["", ">>"]),
        rank=st.integers(0, 5),
        gap=st.sampled_from(["\n", "\n\n"]),
    ),
    max_size=6,
)


@given(SECTIONS, st.integers(1_000, 6_000))
def test_it_is_never_too_long(sections: list[Section], limit: int) -> None:
    """Head, tail, openings and closings always stand; and nothing is left out that there is room for."""
    text = fitted("HEAD", sections, "TAIL", limit)

    assert len(text) <= limit
    assert text.startswith("HEAD")
    assert text.endswith("TAIL")
    assert text.count("<<") == len(sections)
    assert text.count(">>") == sum(bool(section.closing) for section in sections)
    everything = fitted("HEAD", sections, "TAIL", 1_000_000)
    assert "left out" not in everything
    if len(everything) + 130 * len(sections) <= limit:
        assert text == everything


def test_short_texts_come_before_details_and_ranks_before_places() -> None:
    """The later section has the better rank: its details stand, those of the first do not."""
    first = Section(opening="first", parts=[Part(short="one", details="d" * 300), Part(short="two")], rank=1)
    second = Section(opening="second", parts=[Part(short="three", details="e" * 300)], rank=0)

    text = fitted("HEAD", [first, second], "TAIL", 680)

    assert "d" * 300 not in text
    assert re.sub("e{300}", "E", text).split("\n\n") == [
        "HEAD",
        "first",
        "one",
        "two",
        "**the details of 1 left out**, because a comment has an end; the run has all of it.",
        "second",
        "three",
        "E",
        "TAIL",
    ]


def test_what_is_left_out_is_counted() -> None:
    """Parts, and details of others."""
    parts = [Part(short="s" * 100, details="d" * 50) for _ in range(5)]

    text = fitted("HEAD", [Section(opening="o", parts=parts)], "TAIL", 500)

    assert text.count("s" * 100) == 3
    assert "**2 left out and the details of" in text


def test_a_limit_that_leaves_no_room_is_refused() -> None:
    """Rather than cut through the head."""
    with pytest.raises(ValueError, match="too few"):
        fitted("HEAD" * 100, [], "TAIL", 300)
