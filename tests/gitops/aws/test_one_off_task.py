"""A one-off task of the service, on an emulated AWS."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from moto import mock_aws

from gitops.aws import one_off_task
from gitops.aws.one_off_task import (
    OneOffTaskError,
    Result,
    StillRunningError,
    Waiting,
    connect,
    region_of,
    run,
)
from infra import fargate_service
from infra.naming import Naming
from tests.gitops.cluster import GROUP, QUICK, REGION, Cluster, make_cluster

COMMAND = ["python", "-m", "something", "else"]


@pytest.fixture
def cluster() -> Generator[Cluster]:
    """A service that runs on Spot."""
    with mock_aws():
        yield make_cluster()


def run_on(cluster: Cluster, **options: Any) -> Result:
    """Run the command in dev."""
    options = {"waiting": QUICK, **options}
    return run("dev", REGION, COMMAND, clients=cluster.clients, **options)


def test_only_the_command_differs_from_the_service(cluster: Cluster) -> None:
    """Task definition and network are the service's; capacity is on demand, because Spot may take it away."""
    run_on(cluster)

    (asked,) = cluster.asked
    assert asked.pop("taskDefinition").endswith("task-definition/priceguard-dev:1")
    assert asked == {
        "cluster": "priceguard-dev",
        "count": 1,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "networkConfiguration": cluster.network,
        "overrides": {"containerOverrides": [{"name": "api", "command": COMMAND}]},
        "propagateTags": "TASK_DEFINITION",
        "startedBy": "priceguard",
    }
    assert len(cluster.tasks()) == 1


def test_names_are_those_of_the_program(cluster: Cluster) -> None:
    """What the program makes is what is asked for."""
    run_on(cluster)

    (asked,) = cluster.asked
    assert (one_off_task.SERVICE, one_off_task.CONTAINER) == (fargate_service.SERVICE, fargate_service.CONTAINER)
    assert asked["cluster"] == Naming("dev", "platform", "x").physical()


def test_exit_code_and_lines_come_back(cluster: Cluster) -> None:
    """Objects as objects, any other line as text, in their order."""
    cluster.writes = ['{"event": "database_ready"}', "Traceback", "[1, 2]", '{"event": "done", "events": 0}']
    said: list[str] = []

    result = run_on(cluster, progress=said.append)

    assert result.exit_code == 0
    assert result.lines == [
        {"event": "database_ready"},
        {"text": "Traceback"},
        {"text": "[1, 2]"},
        {"event": "done", "events": 0},
    ]
    assert said[-2:] == ["STOPPED", "reading its log"]


def test_a_long_log_is_read_whole(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, none twice."""
    cluster.writes = [f'{{"number": {number}}}' for number in range(250)]
    pages: list[int] = []
    get = cluster.clients.logs.get_log_events

    def get_few(**asked: Any) -> dict[str, Any]:
        answer = get(**asked, limit=100)
        pages.append(len(answer["events"]))
        return answer

    monkeypatch.setattr(cluster.clients.logs, "get_log_events", get_few)

    assert [line["number"] for line in run_on(cluster).lines] == list(range(250))
    assert pages[:3] == [100, 100, 50]


def test_late_lines_are_waited_for(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stream itself comes late as well; the last line ends the wait."""
    cluster.writes = []
    looks = 0
    get = cluster.clients.logs.get_log_events

    def get_late(**asked: Any) -> dict[str, Any]:
        nonlocal looks
        looks += 1
        if looks == 3:
            cluster.log(cluster.tasks()[0]["taskArn"], ['{"event": "done"}'])
        return get(**asked)

    monkeypatch.setattr(cluster.clients.logs, "get_log_events", get_late)
    waiting = Waiting(most=5, late=60, pause=0.01)

    assert run_on(cluster, waiting=waiting, is_last=lambda line: line.get("event") == "done").lines == [
        {"event": "done"}
    ]


def test_a_task_that_writes_nothing_has_no_lines(cluster: Cluster) -> None:
    """No stream is no failure."""
    assert run_on(cluster).lines == []


def test_a_task_that_does_not_end_goes_on(cluster: Cluster) -> None:
    """The message says where it can be watched."""
    with pytest.raises(StillRunningError) as error:
        run_on(cluster, waiting=Waiting(most=0, late=0, pause=0.01))

    (task,) = cluster.tasks()
    task_id = task["taskArn"].rpartition("/")[2]
    assert "within 0 minutes and goes on" in str(error.value)
    assert f"aws logs tail {GROUP} --region {REGION} --log-stream-names api/api/{task_id}" in str(error.value)


def test_ctrl_c_stops_the_task(cluster: Cluster) -> None:
    """Nobody waits for its answer any more."""

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_on(cluster, progress=interrupt)

    (task,) = cluster.tasks()
    assert (task["desiredStatus"], task["stoppedReason"]) == ("STOPPED", "Ctrl-C")


@pytest.mark.parametrize(
    ("stack", "words"),
    [
        ("prod", "no cluster priceguard-prod in us-east-1"),
        ("dev", "no service priceguard-server in cluster priceguard"),
    ],
)
def test_what_is_not_there_is_named(stack: str, words: str) -> None:
    """With the usual reason, another account."""
    with mock_aws():
        clients = connect(REGION)
        clients.ecs.create_cluster(clusterName="priceguard-dev")

        with pytest.raises(OneOffTaskError, match=f"{words}.*aws sts get-caller-identity"):
            run(stack, REGION, COMMAND, clients=clients, waiting=QUICK)


def test_a_container_without_a_log_is_refused() -> None:
    """It could not answer, so nothing is started."""
    with mock_aws():
        cluster = make_cluster(logConfiguration={"logDriver": "json-file"})

        with pytest.raises(OneOffTaskError, match=r"priceguard-dev:1: .*no container 'api' with a log in CloudWatch"):
            run_on(cluster)

        assert not cluster.asked


def test_the_region_is_that_of_the_stack(tmp_path: Path) -> None:
    """In the file that the program reads too."""
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-central-1\n")
    (tmp_path / "Pulumi.bare.yaml").write_text("config: {}\n")

    assert region_of("dev", tmp_path) == "eu-central-1"
    with pytest.raises(OneOffTaskError, match=r"Pulumi.bare.yaml names no aws:region"):
        region_of("bare", tmp_path)
    with pytest.raises(OneOffTaskError, match=r"there is no stack 'prod'.*there are: bare, dev"):
        region_of("prod", tmp_path)
