"""The words for what was not approved, and for what is new since the last look."""

from collections.abc import Sequence
from typing import Any

import pytest

from gitops.engine_result import Change, PolicyResult, PropertyChange
from gitops.previews.values import MOST_PATHS
from gitops.seals.seal import compare
from gitops.seals.words import since, words
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import INSTANCE, SERVICE, TASK, change, violation
from tests.gitops.seals.test_seal import sealed

Found = Change | tuple[Change, dict[str, Any]]
COUNT = changed("desiredCount", 1, 2)
SERVICE_UPDATE = change("update", SERVICE, "api", COUNT)
DATABASE_GOES = change("delete", INSTANCE, "database", retained=True)


def told(approved: Sequence[Found], now: Sequence[Found], **more: Any) -> list[str]:
    """The lines on an update, `more` being about it."""
    return words(compare(sealed(*approved), sealed(*now, **more))).splitlines()


def service(*diff: PropertyChange) -> Change:
    """An update of the service."""
    return change("update", SERVICE, "api", *diff)


@pytest.mark.parametrize(
    ("approved", "now", "expected"),
    [
        ([SERVICE_UPDATE], [SERVICE_UPDATE], ["as approved"]),
        ([SERVICE_UPDATE], [], ["nothing is left to do; 1 approved change is needed no more"]),
        (
            [SERVICE_UPDATE, DATABASE_GOES],
            [SERVICE_UPDATE],
            ["as approved; 1 approved change is needed no more"],
        ),
        (
            [SERVICE_UPDATE],
            [SERVICE_UPDATE, (change("create", TASK, "api"), {"cpu": 256})],
            ["1 change was not approved", "+ ecs TaskDefinition api: to create"],
        ),
        (
            [service(changed("desiredCount", 1, 3), changed("tags.Name", "a", "b"))],
            [service(COUNT, changed("tags.Owner", "a", "b"))],
            [
                "1 change was not approved",
                "~ ecs Service api: to update, otherwise than approved",
                "    desiredCount: not as approved",
                "    tags.Owner: changes, and was not approved",
                "    tags.Name: approved, and does not change",
            ],
        ),
        (
            [SERVICE_UPDATE, DATABASE_GOES],
            [
                change("replace", SERVICE, "api", changed("desiredCount", 1, 2, replaces=True)),
                change("delete", INSTANCE, "database"),
            ],
            [
                "2 changes were not approved",
                "± ecs Service api: to replace, approved was to update",
                "    replaced because of desiredCount",
                "- rds Instance database: to delete, approved was to delete from the stack only",
            ],
        ),
    ],
)
def test_only_what_was_not_approved_is_told(approved: list[Found], now: list[Found], expected: list[str]) -> None:
    """By its resource and its properties."""
    assert sorted(told(approved, now)) == sorted(expected)
    assert told(approved, now)[0] == expected[0]


def test_rules_and_context() -> None:
    """A rule that refuses anew, and what else is not what it was."""
    rule = PolicyResult(policy="database-multi-az", mandatory=True, urn=DATABASE_GOES.urn, message="no")

    assert told([], [], policy=(rule,), requirements="y") == [
        "1 refusal by the rules is new",
        "✗ database-multi-az: rds Instance database",
        "changed since aaaaaaa was approved: the locked requirements, what the rules say",
    ]


def test_a_change_of_many_properties_is_cut() -> None:
    """With the number of the rest; what comes in a text of others leaves the terminal alone."""
    lines = told([], [service(*(changed(f"p{place:02}\x1b[31m", 1, 2) for place in range(MOST_PATHS + 3)))])

    assert lines[2] == "    p00 [31m: changes, and was not approved"
    assert lines[-1] == "    and 3 more"
    assert len(lines) == MOST_PATHS + 3


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ([SERVICE_UPDATE, DATABASE_GOES], "the same changes"),
        (
            [
                *(change("replace", TASK, name, changed("cpu", 1, 2, replaces=True)) for name in "ab"),
                DATABASE_GOES,
            ],
            "2 new replaces, 1 change gone",
        ),
        (
            [
                service(changed("desiredCount", 1, 3)),
                change("delete", INSTANCE, "database"),
                change("create", TASK, "a"),
            ],
            "1 delete that differs, 1 new create, 1 update that differs",
        ),
        ([change("replace", SERVICE, "api", COUNT), DATABASE_GOES], "1 from update to replace"),
        ([], "2 changes gone"),
    ],
)
def test_what_is_new_since_the_last_look(now: list[Change], expected: str) -> None:
    """In one line, what loses something first."""
    last = sealed(SERVICE_UPDATE, DATABASE_GOES, revision="3f2c1ab" + "0" * 33)

    assert since(last, sealed(*now)) == f"3f2c1ab: {expected}"


def test_a_rule_that_refuses_since_the_last_look() -> None:
    """Beside the changes."""
    rule = violation("database-multi-az", INSTANCE, "database", "no")
    refusal = PolicyResult(policy=rule.policy, mandatory=True, urn=rule.urn, message=rule.message)

    assert since(sealed(), sealed(policy=(refusal,))) == "aaaaaaa: 1 new refusal"
