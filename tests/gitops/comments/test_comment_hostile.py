"""Whatever a preview holds: the comment is what we wrote, it has an end, and nobody is called into it."""

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from gitops.comments.comment import comment, failed
from tests.gitops.golden_comment.comments import REVISION, RUN, TRICK

STAYS = "leaves? the stack, and stays? where (it is|they are)"
OURS = re.compile(
    r"<!-- priceguard:preview stack=dev -->|</details>"
    r"|<details><summary>(\d+ (to update|to create|of another kind|"
    + STAYS
    + r")|What changes, as a picture)</summary>"
)
TEXTS = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [TRICK, "`", "``` ", "````\n@octocat", "</details>", "<!--", "-->", "@octocat", "|", "\u2066@a", "\ud800"]
    ),
    st.builds(str.__mul__, st.sampled_from(["`", "𝄞", "\n@octocat ", "</details>"]), st.sampled_from([2, 3, 40, 900])),
)
TYPES = st.sampled_from(["aws:rds/instance:Instance", "aws:glue/job:Job", "aws:lb/listener:Listener"]) | TEXTS
PLAIN = st.none() | st.booleans() | st.integers() | TEXTS | st.lists(TEXTS, max_size=3)
VALUES = PLAIN | st.dictionaries(TEXTS, PLAIN, max_size=3)
PROPERTIES = st.fixed_dictionaries(
    {"path": TEXTS, "kind": TEXTS, "before": VALUES, "after": VALUES, "replaces": st.booleans()}
)
CHANGES = st.fixed_dictionaries(
    {
        "op": st.sampled_from(["delete", "replace", "update", "create"]) | TEXTS,
        "urn": TEXTS,
        "type": TYPES,
        "name": TEXTS,
        "diff": st.lists(PROPERTIES, max_size=3),
        "reasons": st.lists(TEXTS, max_size=12),
        "custom": st.booleans(),
        "protect": st.booleans(),
        "retained": st.booleans(),
    }
)
LINES = st.fixed_dictionaries(
    {"type": TYPES, "what": TEXTS, "quantity": st.floats(0, 1e6), "monthly_usd": st.floats(-1e6, 1e6)}
)
COSTS = st.builds(lambda text: {"missing": text}, TEXTS) | st.fixed_dictionaries(
    {
        "before_usd": st.floats(0, 1e6),
        "after_usd": st.floats(0, 1e6),
        "monthly_usd": st.floats(-1e6, 1e6),
        "as_of": TEXTS,
        "added": st.lists(LINES, max_size=3),
        "removed": st.lists(LINES, max_size=3),
        "unknown": st.lists(TEXTS, max_size=3),
    }
)
URNS = TEXTS | TEXTS.map(lambda text: f"urn:pulumi:dev::p::{text}::{text}")
PREVIEWS = st.fixed_dictionaries(
    {
        "stack": st.just("dev"),
        "changes": st.lists(CHANGES, max_size=6),
        "unchanged": st.integers(0, 1_000_000),
        "policy": st.lists(
            st.fixed_dictionaries({"policy": TEXTS, "mandatory": st.booleans(), "urn": URNS, "message": TEXTS}),
            max_size=3,
        ),
        "diagnostics": st.lists(
            st.fixed_dictionaries({"severity": st.sampled_from(["error", "warning"]), "message": TEXTS, "urn": URNS}),
            max_size=3,
        ),
        "cost": COSTS,
        "picture": st.one_of(TEXTS, TEXTS.map(lambda text: f'flowchart TB\n    tasks["{text}"]\n')),
        "program": st.sampled_from(["", "promotion", "revision"]),
        "rendered": st.booleans(),
    }
)
HARD = settings(
    max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], deadline=None
)


def made(told: dict[str, Any], text: str, limit: int) -> str:
    """The comment on a preview; all that may be a stranger's is."""
    return comment(told, stack="dev", revision=REVISION, run_url=RUN, since=text, seal_digest=text, limit=limit)


def tokens(text: str) -> list[Token]:
    """What a reader of Markdown makes of it; what stands in a line after the line."""
    return [one for block in MarkdownIt("commonmark").parse(text) for one in (block, *(block.children or []))]


def check(text: str, limit: int) -> None:
    """It ends, and outside code there is nothing that we did not write."""
    assert len(text) <= limit
    assert len(text.encode()) <= 262_144
    assert all(character.isprintable() or character == "\n" for character in text)
    found = tokens(text)
    for one in found:
        if one.type in {"html_block", "html_inline"}:
            assert OURS.fullmatch(one.content.strip())
        if one.type == "text":
            assert "octocat" not in one.content
        assert one.type != "image"
        assert one.attrs.get("href", RUN) == RUN
    html = [one.content for one in found if one.type == "html_block"]
    assert sum("<details>" in one for one in html) == sum("</details>" in one for one in html)


@HARD
@given(PREVIEWS, TEXTS, st.sampled_from([4_500, 8_000, 20_000, 65_000]))
def test_no_word_of_a_stranger_acts(told: dict[str, Any], text: str, limit: int) -> None:
    """Not too long, fences and folds closed, no HTML, name, picture or link; marker and counts first, seal last."""
    found = made(told, text, limit)

    check(found, limit)
    marker, second, *_ = found.splitlines()
    assert marker == "<!-- priceguard:preview stack=dev -->"
    numbers = {op: sum(one["op"] == op for one in told["changes"]) for op in ("replace", "delete", "create", "update")}
    counts = [f"{number} to {op}" for op, number in numbers.items() if number]
    if told["changes"]:
        assert all(count in found.splitlines()[3] for count in counts)
        last = tokens(found)[-3:]
        assert last[0].level == last[-1].level == 0
        assert found.splitlines()[-1].startswith("Seal `")
    else:
        assert second.startswith(("Preview of `dev`", "### Preview of `dev`"))


@HARD
@given(TEXTS, st.sampled_from([2_500, 65_000]))
def test_an_error_is_a_strangers_word_too(text: str, limit: int) -> None:
    """It may quote the program."""
    check(failed(text, stack="dev", revision=REVISION, run_url=RUN, limit=limit), limit)


def test_a_flood_does_not_hide_a_loss() -> None:
    """Ten thousand errors, warnings and creations, and a value of megabytes before the one deletion that matters."""
    urn = "urn:pulumi:dev::p::a:b:c::x"
    same: dict[str, Any] = {"urn": urn, "type": "a:b:c", "name": "x"}
    large = {"path": "p", "kind": "update", "before": "", "after": "y" * 100_000, "replaces": True}
    told = {
        "stack": "dev",
        "changes": [
            *({**same, "op": "create"} for _ in range(10_000)),
            *({**same, "op": "replace", "diff": [large] * 49} for _ in range(3)),
            {**same, "op": "delete", "type": "aws:rds/instance:Instance", "name": "database"},
        ],
        "unchanged": 0,
        "policy": [{"policy": "p", "mandatory": True, "urn": urn, "message": "no " * 100} for _ in range(10_000)],
        "diagnostics": [{"severity": "error", "message": "no\nno", "urn": urn} for _ in range(10_000)],
        "cost": {"missing": "nobody knows"},
    }

    text = made(json.loads(json.dumps(told)), "x" * 100_000, 65_000)

    check(text, 65_000)
    assert "**3 to replace, 1 to delete, 10000 to create**" in text
    assert "**-** `rds Instance` `database`" in text
    assert "**10000 left out**" in text
    assert text.count("**±** `a c` `x`") == 3
