"""`priceguard webhooks --stack dev`: from the command line to a task on an emulated AWS and back."""

import json
from collections.abc import Iterator

import pytest
from moto import mock_aws

from gitops.aws.one_off_task import Waiting
from tests.gitops.cluster import QUICK, Cluster, make_cluster
from tests.priceguard.test_webhooks import EVENT, READY, call


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """The service in dev, on an emulated AWS."""
    with mock_aws():
        made = make_cluster()
        monkeypatch.setattr("gitops.aws.one_off_task.connect", lambda _: made.clients)
        monkeypatch.setattr("gitops.aws.one_off_task.Waiting", lambda **_: QUICK)
        yield made


def test_on_aws_it_is_a_task_of_the_service(cluster: Cluster) -> None:
    """From the command line to the log in CloudWatch; progress goes to standard error."""
    cluster.writes = [json.dumps(line) for line in (READY, EVENT, {"event": "done", "events": 1})]

    printed = call("list", "--stack", "dev", "--json")

    assert [event["id"] for event in json.loads(printed.stdout)["events"]] == ["evt_1ABC"]
    (asked,) = cluster.asked
    command = ["python", "-m", "api.operations", "list", "--most", "50"]
    assert asked["overrides"] == {"containerOverrides": [{"name": "api", "command": command}]}
    assert "one-off task on dev: STOPPED" in printed.stderr


def test_on_aws_a_task_that_goes_on_has_its_exit_code(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """And a hint how to look on."""
    assert isinstance(cluster, Cluster)
    monkeypatch.setattr("gitops.aws.one_off_task.Waiting", lambda **_: Waiting(most=0, late=0, pause=0))

    printed = call("reconcile", "--stack", "dev")

    assert "goes on; look on with `aws ecs describe-tasks" in printed.stderr
    assert printed.exit_code == 5


def test_on_aws_a_stack_that_was_not_deployed_is_named(cluster: Cluster) -> None:
    """Exit code 1."""
    printed = call("list", "--stack", "prod")

    assert "there is no cluster priceguard-prod in us-east-1" in printed.stderr
    assert printed.exit_code == 1
    assert not cluster.asked
