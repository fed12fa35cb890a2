"""What a promotion's pull request says."""

import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops.github.model import Commit, Comparison
from gitops.promotion.body import LIMIT, MARKER, Proposal, body
from gitops.promotion.notes import Migration, Notes, Package
from gitops.promotion.schema_change import Effect, Finding
from gitops.release.proof import Stage
from tests.gitops.golden_comment.comments import RUN, TRICK
from tests.gitops.golden_promotion.bodies import (
    BODIES,
    CARE,
    DIGEST,
    FORMER,
    HERE,
    LOSES,
    ORDINARY,
    PROOF,
    PROPOSALS,
    REVISION,
    compared,
)
from tests.gitops.promotion.bench import tokens

OURS = re.compile(rf"{MARKER}|</?details>|<details><summary>[\w ]+</summary>|</?sub>")
LINKS = re.compile(r"https://github\.com/[\w./-]+")


@pytest.mark.parametrize("name", BODIES)
def test_a_promotion_reads_as_it_did(name: str) -> None:
    """The texts beside the bodies. `python -m tests.gitops.golden_promotion` writes them."""
    assert BODIES[name] == (HERE / f"{name}.md").read_text()


def test_every_text_is_of_a_promotion() -> None:
    """None is left of a body that is made no more."""
    assert {path.stem for path in HERE.glob("*.md")} == BODIES.keys()


def headline(text: str) -> str:
    """What is said of the way back."""
    return next(line for line in text.splitlines() if line.startswith("> **"))


def test_an_ordinary_promotion_can_be_undone() -> None:
    """The digest that prod would go back to, and the command."""
    text = body(ORDINARY)

    assert (
        headline(text)
        == f"> **Rollback:** image back to `{FORMER.digest}`, program back to `91e0c2d`, no data is lost."
    )
    assert "`priceguard rollback prod` does that" in text


@pytest.mark.parametrize(
    ("notes", "said"),
    [
        (
            Notes(migrations=(CARE,)),
            "no data is lost, but `0042` `renames column accounts.email to address`, and 1 more.",
        ),
        (
            Notes(migrations=(CARE, LOSES)),
            "> **NOT reversible:** `0043` `drops column accounts.card_brand`, and 1 more.",
        ),
        (
            Notes(missing="git diff: no such commit"),
            "> **Whether it can be undone cannot be told:** `git diff: no such commit`.",
        ),
    ],
)
def test_what_stands_in_the_way_of_going_back_is_the_headline(notes: Notes, said: str) -> None:
    """The worst of all; that nothing is lost is said only where it is known."""
    line = headline(body(replace(ORDINARY, notes=notes)))

    assert line.endswith(said)


def test_only_the_infrastructure_is_promoted() -> None:
    """The image stays, and title, table and headline say so."""
    proposal = PROPOSALS["infrastructure_only"]
    text = body(proposal)

    assert proposal.title == "Promote 3f2c1ab to prod, the infrastructure only"
    assert f"| image | `{FORMER.digest}` | the same |" in text
    assert headline(text) == "> **Rollback:** program back to `91e0c2d`; the image and its database stay as they are."


def test_the_first_promotion_has_nothing_to_go_back_to() -> None:
    """No placeholder is shown as if it were an image."""
    text = body(PROPOSALS["first"])

    assert "0000000" not in text
    assert "| image | nothing yet |" in text
    assert headline(text).startswith("> **The first promotion.**")


def test_three_hundred_commits_are_counted_and_the_newest_shown() -> None:
    """The rest is a number."""
    text = body(PROPOSALS["many_commits"])

    assert "300 commits since 91e0c2d" in text
    assert text.count("Change 2") == 50
    assert "- and 250 more\n" in text


def test_the_worst_migrations_are_shown_of_many() -> None:
    """Behind thirty harmless ones, too."""
    harmless = tuple(Migration(name=f"{number:04}_a", findings=()) for number in range(40))

    text = body(replace(ORDINARY, notes=Notes(migrations=(*harmless, LOSES))))

    assert "- `0043_no_cards` **cannot be undone**" in text
    assert "- and 11 more" in text


TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from([TRICK, "`", "````\n@octocat", "</details>", "<!--", "@octocat", "|", "\\|", "\u2066@a", "\ud800"]),
    st.builds(str.__mul__, st.sampled_from(["`", "𝄞", "\n@octocat ", "|"]), st.sampled_from([2, 40, 900])),
)
PROPOSED = st.builds(
    lambda stages, commits, migrations, packages, cost, url, missing: replace(
        ORDINARY,
        proof=replace(PROOF, stages=tuple(stages), run_url=url),
        commits=Comparison(status="diverged", ahead_by=len(commits), commits=tuple(commits)),
        notes=Notes(migrations=tuple(migrations), packages=tuple(packages), missing=missing),
        cost=cost,
    ),
    st.lists(st.builds(Stage, name=TEXTS, seconds=st.floats(0, 1e6), said=TEXTS), max_size=40),
    st.lists(st.builds(Commit, sha=TEXTS, subject=TEXTS, author=TEXTS, url=TEXTS), max_size=60),
    st.lists(
        st.builds(
            Migration,
            name=TEXTS,
            findings=st.lists(
                st.builds(Finding, effect=st.sampled_from([Effect.CARE, Effect.LOSES]), said=TEXTS), max_size=12
            ).map(tuple),
        ),
        max_size=5,
    ),
    st.lists(st.builds(Package, name=TEXTS, before=TEXTS, after=TEXTS), max_size=5),
    TEXTS,
    TEXTS | st.just(RUN),
    st.just("") | TEXTS,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None)
@given(PROPOSED, st.sampled_from([4_500, 9_000, LIMIT]))
def test_no_word_of_a_stranger_acts(proposal: Proposal, limit: int) -> None:
    """It has an end; no HTML, name, picture or link but ours; no row of a table is broken; the summary is whole."""
    text = body(proposal, limit=limit)

    assert len(text) <= limit
    assert text.startswith(f"{MARKER}\n### Promote `{REVISION[:7]}` to prod\n")
    assert DIGEST in text
    assert headline(text)
    assert all(character.isprintable() or character == "\n" for character in text)
    for one in tokens(text):
        assert one.type != "image"
        if one.type in {"html_block", "html_inline"}:
            assert OURS.fullmatch(one.content.strip()) or one.content.startswith("<sub>The deployment of dev")
        if one.type == "text":
            assert "octocat" not in one.content
        if one.type == "link_open":
            assert LINKS.fullmatch(str(one.attrs["href"]))
    assert text.count("\n<details>") == text.count("\n</details>")
    for row in re.findall(r"^\|.*$", text, re.MULTILINE):
        assert row.count("|") == 4


def test_a_flood_does_not_hide_the_headline() -> None:
    """Thousands of everything."""
    word: Any = "`" * 400
    flood = replace(
        ORDINARY,
        proof=replace(PROOF, stages=(Stage(name=word, seconds=1, said=word),) * 5_000),
        commits=replace(compared("a"), commits=compared("a").commits * 5_000, ahead_by=5_000),
        notes=Notes(
            migrations=(*(Migration(name=word, findings=CARE.findings * 100),) * 1_000, LOSES),
            packages=(Package(name=word, before=word, after=word),) * 5_000,
        ),
        cost=word * 100,
    )

    text = body(flood)

    assert len(text) <= LIMIT
    assert "**NOT reversible:** `0043`" in text
    assert "1001 migrations" in text
