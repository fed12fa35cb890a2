"""The comment on a preview, as a reviewer reads it, and what the check concludes."""

import json
from dataclasses import replace
from typing import Any

import pytest

from gitops.comments.comment import APPROVAL, comment, conclusion, failed, marker
from gitops.comments.told import PreviewError
from gitops.engine_result import Diagnostic
from gitops.previews.preview import Preview
from tests.gitops.engine_states import changed
from tests.gitops.golden_comment.comments import COMMENTS, HERE, LOSSES, REVISION, RUN, SEAL, STOPPED, of, plain
from tests.gitops.golden_preview.samples import INSTANCE, LEVEL, PREVIEWS, TASK, change, preview, violation

DATABASE = change("replace", INSTANCE, "database", changed("username", "a", "b", replaces=True))
PROTECTED = replace(DATABASE, protect=True)
ALARM = change("delete", "aws:cloudwatch/metricAlarm:MetricAlarm", "cpu")
RULE = violation("database-logs", INSTANCE, "database", "enabledCloudwatchLogsExports lacks upgrade")
ERROR = Diagnostic(severity="error", message="no", urn="")
WHERE: dict[str, Any] = {"stack": "dev", "revision": REVISION, "run_url": RUN}
ARGUMENTS: dict[str, Any] = {**WHERE, "since": None, "seal_digest": SEAL}


@pytest.mark.parametrize("name", COMMENTS)
def test_a_comment_reads_as_it_did(name: str) -> None:
    """The texts beside the comments. `python -m tests.gitops.golden_comment` writes them."""
    assert COMMENTS[name] == (HERE / f"{name}.md").read_text()


def test_every_text_is_of_a_comment() -> None:
    """None is left of a comment that is made no more."""
    assert {path.stem for path in HERE.glob("*.md")} == COMMENTS.keys()


@pytest.mark.parametrize(
    ("found", "labels", "concluded"),
    [
        (preview(unchanged=3), (), "neutral"),
        (preview(*LEVEL), (), "success"),
        (preview(ALARM), (), "success"),
        (preview(change("delete", "priceguard:alarms:Alarms", "alarms", custom=False)), (), "success"),
        (preview(replace(DATABASE, op="create")), (), "success"),
        (preview(DATABASE), (), "action_required"),
        (preview(DATABASE), ("another",), "action_required"),
        (preview(DATABASE), ("another", APPROVAL), "success"),
        (preview(replace(DATABASE, op="delete")), (), "action_required"),
        (preview(replace(DATABASE, retained=True)), (), "success"),
        (preview(change("delete", TASK, "api")), (), "action_required"),
        (preview(change("delete", "aws:glue/job:Job", "report")), (), "action_required"),
        (preview(PROTECTED), (APPROVAL,), "failure"),
        (preview(*LEVEL, policy=(RULE,)), (APPROVAL,), "failure"),
        (preview(policy=(RULE,)), (), "failure"),
        (preview(said=(ERROR,)), (), "failure"),
        (preview(*LEVEL, said=(replace(ERROR, severity="warning"),)), (), "success"),
    ],
)
def test_what_the_check_concludes(found: Preview, labels: tuple[str, ...], concluded: str) -> None:
    """What is refused fails with every label; what is destructive waits for its own."""
    assert conclusion(plain(found), labels) == concluded


def test_what_the_json_says_of_itself_is_not_believed() -> None:
    """That nothing blocks the update is found out anew."""
    told = {**plain(preview(PROTECTED)), "blocked": False}

    assert conclusion(told, (APPROVAL,)) == "failure"
    assert "An update would be refused" in comment(told, **ARGUMENTS)


def test_nothing_changes_is_one_line() -> None:
    """Below the marker; with what changed since the last look, too."""
    found = preview(unchanged=161, policy=())

    first, line = of(found, "91e0c2d: 2 changes gone").splitlines()
    assert first == marker("dev") == "<!-- priceguard:preview stack=dev -->"
    assert "**nothing changes, 161 resources are as the program says**" in line
    assert "Since you last looked, at `91e0c2d`: `2 changes gone`." in line
    assert "last looked" not in of(found)


def test_what_has_to_be_allowed_is_cautioned() -> None:
    """With its number, and how many of it hold what cannot be made again; an alarm that goes is none."""
    said = "> 2 resources are lost or out of service, 1 of them with what cannot be made again. Only the label"

    assert said in of(preview(DATABASE, ALARM, change("delete", "aws:lb/listener:Listener", "http")))
    assert "[!CAUTION]" not in of(preview(ALARM, *LEVEL))


def test_losses_come_before_everything_else() -> None:
    """First what cannot be made again, then other deletions, then what is replaced, then the rest."""
    text = of(replace(LOSSES, result=replace(LOSSES.result, changes=(*LEVEL, *LOSSES.result.changes))))

    order = ["`kms Key`", "`lb Listener`", "#### Replaced", "`stripe Price`", "<details>", "`ecs Service`", "#### Cost"]
    assert [text.count(words) for words in order] == [1] * len(order)
    assert sorted(order, key=text.index) == order


def test_a_program_that_fails_is_no_program_that_changes_nothing() -> None:
    """What it costs is not known either."""
    text = of(STOPPED)

    assert "The preview failed" in text
    assert "nothing changes" not in text
    assert "Cost" not in text


def test_a_retained_deletion_says_that_it_stays() -> None:
    """And not what it would mean if it went."""
    text = of(preview(replace(DATABASE, op="delete", retained=True)))

    assert "leaves the stack, and stays where it is" in text
    assert "EMPTY" not in text
    assert "gone" not in text


@pytest.mark.parametrize(
    ("before", "after", "shown"),
    [
        (None, "b", ["+ p: b"]),
        ("a", None, ["- p: a"]),
        ("[secret]", "[secret]", ["! p: another [secret]"]),
        (None, None, ["! p: differs"]),
        ("a", "[unknown]", ["- p: a", "+ p: known after the update"]),
        ("x" * 200 + "a" * 200, "x" * 200 + "b", ["- p: …" + "x" * 10 + "a" * 148 + "…", "+ p: …" + "x" * 10 + "b"]),
        ("x" * 200, "x" * 201, ["- p: …" + "x" * 10, "+ p: …" + "x" * 11]),
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}', ['- p: {"a": 1, "b": 2}', '+ p: {"b": 2, "a": 1}']),
    ],
)
def test_properties_are_a_diff(before: Any, after: Any, shown: list[str]) -> None:
    """What goes with a minus, what comes with a plus, long ones from where they begin to differ."""
    text = of(preview(change("update", INSTANCE, "database", changed("p", before, after))))

    assert "```diff\n" + "\n".join(shown) + "\n```" in text


def test_many_properties_are_counted() -> None:
    """Of one resource, and inside one property."""
    many = [changed(f"p{place}", 1, 2) for place in range(53)]
    inside = changed("p", {f"k{place}": 1 for place in range(54)}, {f"k{place}": 2 for place in range(54)})

    assert "and 3 properties more" in of(preview(change("update", INSTANCE, "database", *many)))
    assert "  p: and 4 more" in of(preview(change("update", INSTANCE, "database", inside)))


def test_a_value_that_is_too_deep_is_named() -> None:
    """It cannot stop the comment."""
    deep: Any = 1
    for _ in range(5_000):
        deep = [deep]
    told = plain(preview(change("update", INSTANCE, "database", changed("p", 1, 2))))
    told["changes"][0]["diff"][0].update(before=[deep, 1], after=[deep, 2])

    assert "! p: too deep to be shown" in comment(told, **ARGUMENTS)


def test_a_large_value_is_not_taken_apart() -> None:
    """Its length would be felt; it is shown from where it begins to differ."""
    large = list(range(20_000))
    found = preview(change("update", INSTANCE, "database", changed("p", large, [*large, 1])))

    assert "- p: …" in of(found)
    assert "+ p: …" in of(found)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {**plain(preview()), "changes": "none"},
        {**plain(preview()), "unchanged": -1},
        {**plain(preview()), "unchanged": 10**400},
        {**plain(preview()), "policy": [{"policy": "x"}]},
        {**plain(preview()), "cost": {"before_usd": 1e300}},
        {**plain(preview()), "stack": ["dev"]},
    ],
)
def test_what_is_no_preview_is_refused(told: dict[str, Any]) -> None:
    """By the comment and by the check."""
    with pytest.raises(PreviewError, match="no result of a preview"):
        comment(told, **ARGUMENTS)
    with pytest.raises(PreviewError, match="no result of a preview"):
        conclusion(told, ())


def test_a_preview_of_another_stack_is_refused() -> None:
    """A comment on prod never shows what dev would do."""
    with pytest.raises(PreviewError, match="a preview of 'dev', not of 'prod'"):
        comment(plain(preview()), **dict(ARGUMENTS, stack="prod"))


@pytest.mark.parametrize(
    "wrong",
    [{"revision": "3f2c1ab"}, {"run_url": "javascript:1"}, {"run_url": f"{RUN}) @octocat"}, {"limit": 300}],
)
def test_arguments_are_what_they_have_to_be(wrong: dict[str, Any]) -> None:
    """A short commit, an address that is none, a limit that leaves no room."""
    with pytest.raises(ValueError, match=r"40 hexadecimal|address of the run|too few"):
        comment(plain(preview(*LEVEL)), **(ARGUMENTS | wrong))
    with pytest.raises(ValueError, match="no name of a stack"):
        marker("dev --> <b>")


def test_an_error_of_one_line_stands_once() -> None:
    """Longer ones stand in full below."""
    assert failed("no credentials\n", **WHERE).count("no credentials") == 1
    assert "x" * 5_000 in failed("x" * 5_000, **WHERE)
    assert "(empty)" in failed("", **WHERE)


def test_json_and_plain_data_are_the_same() -> None:
    """Tuples or lists."""
    for found in PREVIEWS.values():
        assert comment(found.as_dict(), **ARGUMENTS) == comment(json.loads(json.dumps(found.as_dict())), **ARGUMENTS)
