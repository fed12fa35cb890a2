"""What a preview means: its cost, whether an update can be made, and all of it for programs."""

import datetime as dt
import json
from dataclasses import replace

import pytest

from gitops.engine_result import Diagnostic, PolicyResult, Result
from gitops.previews.preview import examine
from policy.exceptions import EXCEPTIONS
from render.configuration import read_configuration
from render.cost import cost
from render.manifest import Manifest
from render.program import run
from tests.gitops.engine_states import states
from tests.gitops.golden_preview.samples import LEVEL, PREVIEWS, change

EMPTY = replace(PREVIEWS["nothing_changes"].result, policy=(), unchanged=0)
CHANGED = replace(EMPTY, changes=LEVEL)


@pytest.fixture(scope="module")
def dev() -> Manifest:
    """The dev environment."""
    return run("dev")


def test_the_cost_goes_from_what_is_there_to_what_is_asked_for(dev: Manifest) -> None:
    """A database in two zones costs more; nothing else differs."""
    there = replace(CHANGED, before=states(dev))
    settings = json.loads(read_configuration("dev")["priceguard:database"])

    same = examine("dev", there, {}).cost
    larger = examine("dev", there, {"priceguard:database": json.dumps({**settings, "multiAz": True})}).cost

    assert same
    assert (same.added, same.removed, same.changed, same.monthly) == ((), (), (), 0)
    assert examine("dev", replace(EMPTY, before=states(dev)), {}).cost == same
    assert larger
    assert larger.monthly > 0
    assert {line.after.resource for line in larger.changed} == {"database"}


def test_where_nothing_is_there_everything_is_added(dev: Manifest) -> None:
    """A first update."""
    found = examine("dev", CHANGED, {}).cost

    assert found
    assert (found.before.monthly, found.monthly) == (0, cost(dev).monthly)


def test_why_a_cost_cannot_be_told(dev: Manifest) -> None:
    """What is there has a class without a price; the program refuses its settings; there is no such stack."""
    known = [
        replace(one, inputs={**one.inputs, "instanceClass": "db.x9.large"}) if "rds/instance" in one.type else one
        for one in states(dev)
    ]

    assert "db.x9.large" in missing("dev", replace(CHANGED, before=tuple(known)), {})
    assert "logLevel" in missing("dev", CHANGED, {"priceguard:logLevel": "LOUD"})
    assert "Pulumi.staging.yaml" in missing("staging", CHANGED, {})


def missing(stack: str, result: Result, config: dict[str, str]) -> str:
    """The reason in place of a cost."""
    found = examine(stack, result, config)
    assert found.cost is None
    assert found.as_dict()["cost"] == {"missing": found.cost_missing}
    return found.cost_missing


@pytest.mark.parametrize(
    ("result", "has_changes", "refused", "blocked"),
    [
        (EMPTY, False, False, False),
        (replace(EMPTY, changes=LEVEL), True, False, False),
        (replace(EMPTY, changes=(change("delete", "t", "n", protect=True),)), True, True, True),
        (replace(EMPTY, changes=(change("update", "t", "n", protect=True),)), True, False, False),
        (replace(EMPTY, policy=(PolicyResult(policy="p", mandatory=True, urn="", message=""),)), False, True, True),
        (replace(EMPTY, policy=(PolicyResult(policy="p", mandatory=False, urn="", message=""),)), False, False, False),
        (replace(EMPTY, diagnostics=(Diagnostic(severity="error", message="", urn=""),)), False, False, True),
        (replace(EMPTY, diagnostics=(Diagnostic(severity="warning", message="", urn=""),)), False, False, False),
    ],
)
def test_whether_an_update_can_be_made(result: Result, *, has_changes: bool, refused: bool, blocked: bool) -> None:
    """Not against a mandatory rule, not over a protected resource, not after an error."""
    found = replace(PREVIEWS["nothing_changes"], result=result)

    assert (found.has_changes, found.refused, found.blocked) == (has_changes, refused, blocked)


def test_the_exceptions_are_those_of_the_environment() -> None:
    """Those that have not ended."""
    today = dt.datetime.now(tz=dt.UTC).date()

    found = examine("prod", EMPTY, {}).exceptions

    assert found == tuple(one for one in EXCEPTIONS if one.environment == "prod" and one.until >= today)


@pytest.mark.parametrize("name", PREVIEWS)
def test_programs_get_every_field(name: str) -> None:
    """As JSON has them."""
    preview = PREVIEWS[name]

    found = json.loads(json.dumps(preview.as_dict()))

    assert set(found) == {
        *("stack", "rendered", "program", "blocked", "changes", "unchanged", "policy", "exceptions", "diagnostics"),
        *("cost", "picture", "timing"),
    }
    assert [one["urn"] for one in found["changes"]] == [one.urn for one in preview.result.changes]
    assert found["timing"] == {"total": 20.5, "start": 1.5, "program": 3.25, "resources": 13, "end": 2.75, "ours": 0.5}
    assert found["exceptions"][0]["until"] == "2027-11-30"


def test_a_change_has_its_differences() -> None:
    """Each with path, kind, both values, and whether it forces a replacement."""
    found = PREVIEWS["log_level"].as_dict()["changes"][1]

    assert found == {
        "op": "update",
        "urn": LEVEL[1].urn,
        "type": "aws:ecs/service:Service",
        "name": "api",
        "diff": (
            {
                "path": "taskDefinition",
                "kind": "update",
                "before": "arn:aws:ecs:us-east-1:123456789012:task-definition/priceguard-dev:41",
                "after": "[unknown]",
                "replaces": False,
            },
        ),
        "reasons": (),
        "custom": True,
        "protect": False,
        "retained": False,
    }
