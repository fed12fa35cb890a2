"""What somebody changed behind the embedded runner's back."""

import uuid
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gitops.engine import Result
from local.drift import drift
from local.providers import Providers, Resource, Surroundings
from local.runner import run
from local.state import REPLACED, Entry, State
from tests.local.conftest import AskAws

GROUP = "aws:cloudwatch/logGroup:LogGroup"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"


def found(providers: Providers, state: State) -> Result:
    """As the engine tells it, too."""
    return msgspec.convert(drift(providers, state), Result)


@pytest.fixture
def group(providers: Providers) -> Resource:
    """A log group of the test's own."""
    return providers.create(GROUP, "logs", {"name": f"/{uuid.uuid4().hex}", "retentionInDays": 7})


def state_of(tmp_path: Path, *resources: Resource, **options: Any) -> State:
    """A state that knows them."""
    return State(tmp_path / "state.json", {f"urn:{one.name}": Entry(one, options) for one in resources})


def test_what_nobody_touched_has_not_drifted(providers: Providers, group: Resource, tmp_path: Path) -> None:
    """And is counted."""
    result = found(providers, state_of(tmp_path, group))

    assert (result.changes, result.unchanged) == ((), 1)


def test_what_was_changed_is_told(providers: Providers, group: Resource, ask_aws: AskAws, tmp_path: Path) -> None:
    """The property, what it was and what it is; the state stays as it is."""
    ask_aws("logs", "put_retention_policy", logGroupName=group.id, retentionInDays=30)
    state = state_of(tmp_path, group, protect=True)

    result = found(providers, state)

    (change,) = result.changes
    (difference,) = change.diff
    assert (change.op, change.type, change.name, change.urn, change.protect) == (
        *("update", GROUP, "logs", "urn:logs"),
        True,
    )
    assert (difference.path, difference.kind, difference.before, difference.after) == (
        "retentionInDays",
        "update",
        7,
        30,
    )
    assert result.unchanged == 0
    assert state.entries["urn:logs"].resource == group
    assert not state.path.exists()


def test_what_is_gone_is_told(providers: Providers, group: Resource, tmp_path: Path) -> None:
    """But not what has a successor, and is to go."""
    providers.delete(group)
    state = state_of(tmp_path, group)
    state.entries[f"urn:logs{REPLACED}"] = Entry(group, {})

    (change,) = found(providers, state).changes

    assert (change.op, change.name, change.diff) == ("delete", "logs", ())


def test_what_the_program_ignores_is_somebody_elses(
    providers: Providers, group: Resource, ask_aws: AskAws, tmp_path: Path
) -> None:
    """As the count of a service, which autoscaling sets."""
    ask_aws("logs", "put_retention_policy", logGroupName=group.id, retentionInDays=30)

    assert found(providers, state_of(tmp_path, group, ignoreChanges=["retentionInDays"])).changes == ()


def test_no_secret_is_told(surroundings: Surroundings, tmp_path: Path) -> None:
    """Only that it is another."""

    class Changed(Providers):
        def read(self, resource: Resource) -> Resource | None:
            return Resource(resource.type, resource.name, "", {"secretId": "s", "secretString": "theirs"}, {})

    ours = Resource(VERSION, "url", "", {"secretId": "s", "secretString": "ours"}, {})
    told = drift(Changed(surroundings), state_of(tmp_path, ours))

    assert told["changes"][0]["diff"] == [
        {"path": "secretString", "kind": "update", "before": "[secret]", "after": "[secret]", "replaces": False}
    ]


def test_the_runner_looks_and_runs_no_program(
    surroundings: Surroundings, group: Resource, ask_aws: AskAws, tmp_path: Path
) -> None:
    """There is none in its folder."""
    ask_aws("logs", "put_retention_policy", logGroupName=group.id, retentionInDays=30)
    state = state_of(tmp_path, group)
    state.save()
    job: dict[str, Any] = {"operation": "drift", "state": str(state.path), "program": str(tmp_path)}
    job["surroundings"] = msgspec.to_builtins(surroundings)

    done = run(job, lambda _: None)

    assert [one["name"] for one in done["result"]["changes"]] == ["logs"]
    assert State.load(state.path).entries == state.entries
