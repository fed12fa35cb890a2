"""AWS refuses, is busy or knows nothing of the service: what passes is waited for, the rest is told with its remedy."""

from types import SimpleNamespace

import pytest
from botocore.exceptions import EndpointConnectionError
from moto import mock_aws

from gitops.verification.ecs_roll import connect
from gitops.verification.result import Evidence, NoAnswerError, RolledBackError, UnstableError, VerifyError, expected
from gitops.verification.verify import verify
from tests.gitops.cluster import make_cluster
from tests.gitops.verification.verify_bench import (
    GOOD,
    NEW,
    OLD,
    OUTPUTS,
    Clock,
    State,
    bench,
    deployment,
    rolling,
    task,
)

BUSY = (400, "ThrottlingException", "Rate exceeded")
BROKEN = (500, "ServerException", "internal")
DENIED = (400, "AccessDeniedException", "the deployer is not authorized")
BACK = State(
    deployments=(deployment(OLD),), tasks=(task("old", OLD),), stopped=(task("new", NEW, stoppedReason="gone"),)
)


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let boto3 wait for nothing before it asks again."""
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))


@pytest.mark.parametrize("operation", ["DescribeServices", "ListTasks", "DescribeTasks"])
@pytest.mark.parametrize("refusal", [BUSY, BROKEN], ids=["busy", "broken"])
def test_what_passes_is_asked_again(operation: str, refusal: tuple[int, str, str]) -> None:
    """By boto3, without a word."""
    tried = bench(GOOD, refusals={operation: [refusal] * 3})

    assert tried.verify().seconds == 20
    assert tried.aws.asked.count(operation) == 5 + 3


@pytest.mark.parametrize(
    ("until", "seconds"),
    [pytest.param(10, 20, id="one look"), pytest.param(30, 30, id="the last look too: only a look can end it")],
)
def test_what_nobody_knows_does_not_begin_the_soak_time_anew(until: int, seconds: float) -> None:
    """Once AWS answers again, everything is as before."""
    tried = bench(GOOD)
    tried.aws.busy = lambda: 5 <= tried.clock.seconds < until

    found = tried.verify()

    assert (found.seconds, found.restarts) == (seconds, 0)
    assert tried.said[1] == "AWS refuses DescribeServices (ThrottlingException): Rate exceeded"


def test_what_boto3_does_not_get_over_is_looked_at_again_later() -> None:
    """AWS's own failures, and a network that is not there for a moment."""
    broken = bench(GOOD, refusals={"DescribeServices": [BROKEN] * 5})
    assert (broken.verify().seconds, broken.clock.seconds) == (25, 25)

    cut = bench(GOOD)
    cut.aws.busy = lambda: cut.clock.seconds < 10 and _cut()
    assert cut.verify().seconds == 30
    assert cut.said[0].startswith("AWS does not answer in 'us-east-1' (Could not connect to the endpoint URL")


def _cut() -> bool:
    raise EndpointConnectionError(endpoint_url="https://ecs.us-east-1.amazonaws.com/")


@pytest.mark.parametrize(("since", "seconds"), [(0, 60), (5, 80)])
def test_an_aws_that_stays_busy_is_told(since: int, seconds: float) -> None:
    """When time is up, with the soak time where that had begun."""
    tried = bench(GOOD)
    tried.aws.busy = lambda: tried.clock.seconds >= since

    with pytest.raises(
        NoAnswerError, match=r"within 60 s: AWS refuses .*Rate exceeded; nothing was changed, so run this again$"
    ) as refused:
        tried.verify()

    assert tried.clock.seconds == seconds
    assert refused.value.evidence.log == [
        "could not be read: AWS refuses ListTasks (ThrottlingException): Rate exceeded"
    ]


@pytest.mark.parametrize(
    ("operation", "permission"),
    [
        ("DescribeServices", "ecs:DescribeServices"),
        ("ListTasks", "ecs:ListTasks"),
        ("DescribeTasks", "ecs:DescribeTasks"),
        ("BatchGetImage", "ecr:BatchGetImage"),
    ],
)
def test_a_missing_permission_is_named(operation: str, permission: str) -> None:
    """At once: it does not come by waiting."""
    other = State(tasks=(task("one", digest=f"sha256:{'b' * 64}"), task("two")))
    tried = bench(other, refusals={operation: [DENIED]})

    with pytest.raises(VerifyError, match=f"may not do this: the deployer .*, or allow {permission}$") as refused:
        tried.verify()

    assert refused.value.outcome == "refused"
    assert tried.clock.seconds == 0


@pytest.mark.parametrize("operation", ["GetLogEvents", "DescribeTasks"])
def test_a_failure_is_told_also_where_its_reasons_may_not_be_read(operation: str) -> None:
    """What is missing says so in its place, and the rest is there."""
    tried = bench(rolling(tasks=()), BACK, logs={"api/api/new": ["Traceback"]})
    tried.aws.states[1] = State(deployments=(deployment(OLD),), tasks=(), stopped=BACK.stopped)
    tried.aws.refusals = {operation: [DENIED] * 2}

    with pytest.raises(RolledBackError, match="went back to priceguard-dev:7") as refused:
        tried.verify()

    evidence = refused.value.evidence
    assert evidence.events
    assert str(evidence.log).endswith("or allow logs:GetLogEvents']" if operation == "GetLogEvents" else "Tasks']")
    assert evidence.stopped == ["new: gone"] or operation == "DescribeTasks"


def test_expired_credentials_are_told_at_once() -> None:
    """They do not come back by waiting."""
    tried = bench(GOOD, refusals={"ListTasks": [(400, "ExpiredTokenException", "the token is expired")]})

    with pytest.raises(VerifyError, match=r"does not take these credentials .*aws sso login"):
        tried.verify()


@pytest.mark.parametrize("gone", [State(deployments=()), State(status="INACTIVE")], ids=["unknown", "deleted"])
def test_a_service_that_is_gone_is_named(gone: State) -> None:
    """With the usual reason, another account."""
    with pytest.raises(VerifyError, match=r"no service priceguard-server in cluster priceguard-dev in us-east-1; is "):
        bench(gone).verify()


@pytest.mark.parametrize(
    ("running", "words"),
    [
        ("0", "deployments go on: priceguard-dev:1 IN_PROGRESS"),
        ("1", "0 of 1 tasks run priceguard-dev:1, and 1 in all"),
    ],
)
def test_on_an_emulated_aws(monkeypatch: pytest.MonkeyPatch, running: str, words: str) -> None:
    """It starts no task for a service, whatever it counts: so the service never comes to rest."""
    monkeypatch.setenv("MOTO_ECS_SERVICE_RUNNING", running)
    promised, clock = expected({**OUTPUTS, "taskDefinition": f"{NEW.rpartition(':')[0]}:1"}), Clock()
    with mock_aws():
        with pytest.raises(VerifyError, match=r"ClusterNotFoundException.*is this the account .*and was the stack"):
            verify(promised)

        make_cluster()
        with pytest.raises(UnstableError, match=words) as refused:
            verify(promised, waiting=clock.waiting())

    assert refused.value.evidence == Evidence(events=[], stopped=[], log=[])
    assert clock.seconds == 60


def test_a_region_that_is_none_is_named() -> None:
    """It comes from the task definition."""
    with mock_aws(), pytest.raises(VerifyError, match="'no region!' is no region of AWS"):
        connect("no region!")
