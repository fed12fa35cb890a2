"""A one-off task that AWS refuses, or that fails before it has begun: the reason, and what to do.

The emulator never fails, so here AWS's answers are written down.
"""

from typing import Any

import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from moto import mock_aws

from gitops.aws.one_off_task import Clients, OneOffTaskError, Result, connect, run
from tests.gitops.cluster import GROUP, QUICK, REGION

COMMAND = ["python", "-m", "something", "else"]
TASK = "arn:aws:ecs:us-east-1:123456789012:task/priceguard-dev/0123abcd"
OPTIONS = {"awslogs-group": GROUP, "awslogs-stream-prefix": "api"}
STOPPED: dict[str, Any] = {"taskArn": TASK, "lastStatus": "STOPPED", "containers": [{"name": "api"}]}


def run_stubbed(started: dict[str, Any], *described: dict[str, Any]) -> Result:
    """Run with what AWS answers to RunTask and to each look; it needs no emulator, which never fails."""
    clients = Clients(*(anonymous(name) for name in ("ecs", "logs")))
    container = {"name": "api", "logConfiguration": {"logDriver": "awslogs", "options": OPTIONS}}
    service = {"status": "ACTIVE", "taskDefinition": "priceguard-dev:7", "networkConfiguration": {}}
    definition = {"taskDefinitionArn": "priceguard-dev:7", "containerDefinitions": [container]}
    with Stubber(clients.ecs) as ecs, Stubber(clients.logs) as logs:
        ecs.add_response("describe_services", {"services": [service]})
        ecs.add_response("describe_task_definition", {"taskDefinition": definition})
        if "error" in started:
            ecs.add_client_error("run_task", *started["error"])
        else:
            ecs.add_response("run_task", started)
        for answer in described:
            ecs.add_response("describe_tasks", answer)
        logs.add_client_error("get_log_events", "ResourceNotFoundException")
        return run("dev", REGION, COMMAND, clients=clients, waiting=QUICK)


def anonymous(service: str) -> Any:
    """A client of made-up credentials."""
    with mock_aws():
        return getattr(connect(REGION), service)


def test_aws_reason_for_not_starting_is_passed_on() -> None:
    """Such as missing capacity, in AWS's words."""
    failures = [{"arn": TASK, "reason": "RESOURCE:ENI", "detail": "no addresses are left in subnet-1"}]

    with pytest.raises(OneOffTaskError, match="did not start the task: no addresses are left in subnet-1; try again"):
        run_stubbed({"tasks": [], "failures": failures})


@pytest.mark.parametrize(
    ("code", "said", "words"),
    [
        ("ClientException", "Capacity is unavailable", r"refuses RunTask \(ClientException\): Capacity is unavailable"),
        ("AccessDeniedException", "not authorized: iam:PassRole", "may not do this: not authorized: iam:PassRole; use"),
        ("ExpiredTokenException", "the token is expired", "does not take these credentials .*aws sso login"),
    ],
)
def test_a_refusal_says_what_to_do(code: str, said: str, words: str) -> None:
    """By what AWS refuses."""
    with pytest.raises(OneOffTaskError, match=words):
        run_stubbed({"error": (code, said)})


def test_a_container_that_never_ran_has_a_reason() -> None:
    """No exit code means that it did not start."""
    reason = "ResourceInitializationError: unable to pull secrets"
    described = {"tasks": [{**STOPPED, "stoppedReason": reason}]}

    with pytest.raises(
        OneOffTaskError, match=f"the task did not start: {reason}; see `aws ecs describe-tasks .*0123abcd"
    ):
        run_stubbed({"tasks": [STOPPED]}, described)


def test_a_task_that_is_not_known_everywhere_yet_is_waited_for() -> None:
    """Right after RunTask, DescribeTasks may not know it; a killed container has its own reason."""
    killed = {"name": "api", "exitCode": 137, "reason": "OutOfMemoryError: container killed"}
    missing = {"tasks": [], "failures": [{"arn": TASK, "reason": "MISSING"}]}

    result = run_stubbed({"tasks": [STOPPED]}, missing, {"tasks": [{**STOPPED, "containers": [killed]}]})

    assert result == Result(exit_code=137, reason="OutOfMemoryError: container killed", lines=[])


def test_without_credentials_the_message_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything is started."""
    clients = Clients(anonymous("ecs"), anonymous("logs"))

    def refuse(**_: Any) -> None:
        raise NoCredentialsError

    monkeypatch.setattr(clients.ecs, "describe_services", refuse)

    with pytest.raises(OneOffTaskError, match=r"no credentials for AWS .*aws sso login"):
        run("dev", REGION, COMMAND, clients=clients, waiting=QUICK)


def test_a_region_that_is_none_is_named() -> None:
    """It comes from the stack's file."""
    with mock_aws(), pytest.raises(OneOffTaskError, match="'no region!' is no region of AWS; correct aws:region"):
        connect("no region!")


def test_nobody_answers(unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """No network, or a region that does not exist: not an endless wait."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{unused_tcp_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")

    with pytest.raises(OneOffTaskError, match=r"AWS does not answer in 'us-east-1' .*check the network"):
        run("dev", REGION, COMMAND, waiting=QUICK)
