"""Whether what was deployed is what runs: every way in which it may not, and how long it is waited for."""

import json
from dataclasses import replace
from functools import partial

import httpx
import pytest

from gitops.verification.result import (
    RolledBackError,
    SupersededError,
    UnhealthyError,
    UnstableError,
    VerifyError,
    WrongImageError,
)
from tests.gitops.verification.verify_bench import (
    BACK,
    DIGEST,
    GOOD,
    NEW,
    NEWER,
    OLD,
    OTHER,
    OUTPUTS,
    REVISION,
    WELL,
    Answer,
    Aws,
    State,
    bench,
    deployment,
    rolling,
    task,
)

FAILED = "ECS deployment circuit breaker: tasks failed to start."
GIVING_UP = (deployment(OLD, "IN_PROGRESS"), deployment(NEW, "FAILED", "ACTIVE", FAILED))
DEGRADED = (200, {"status": "degraded", "revision": REVISION, "database": "interrupted"})
STARTING = (503, {"status": "starting", "revision": REVISION, "database": "connecting"})
FORMER = (200, {"status": "ok", "revision": "d" * 40, "database": "connected"})
ONE_LOST = replace(GOOD, tasks=(task("one"),))
PENDING = task("three", digest="", lastStatus="PENDING")
DRAINING = rolling(deployments=(deployment(NEW), deployment(OLD, status="ACTIVE")))
BARE = {"status": "PRIMARY", "taskDefinition": NEW}
SUCCESSOR = replace(GOOD, tasks=(task("one"), task("three")))


def test_what_was_promised_runs_and_stays_so() -> None:
    """The roll is waited for, then the soak time; the result is plain data."""
    tried = bench(rolling(), rolling(), GOOD)

    found = tried.verify()

    assert json.loads(json.dumps(found.as_dict())) == {
        "verified": True,
        "cluster": "priceguard-dev",
        "service": "priceguard-server",
        "task_definition": NEW,
        "image": OUTPUTS["image"],
        "digest": DIGEST,
        "revision": REVISION,
        "url": "https://api.dev.example.com",
        "log_group": OUTPUTS["logGroup"],
        "tasks": ["one", "two"],
        "seconds": 30.0,
        "soaked": 20.0,
        "restarts": 0,
    }
    assert tried.said == [
        *["deployments go on: priceguard-dev:8 IN_PROGRESS, priceguard-dev:7 COMPLETED"] * 2,
        *(f"as it should be for {seconds} of 20 s" for seconds in (0, 5, 10, 15)),
    ]


def test_it_only_reads() -> None:
    """So it may be killed and run again at any point."""
    tried = bench(GOOD)
    assert tried.verify() == bench(GOOD).verify()

    assert set(tried.aws.asked) == {"DescribeServices", "ListTasks", "DescribeTasks"}


@pytest.mark.parametrize("calls", range(20))
def test_one_that_was_killed_is_simply_run_again(calls: int) -> None:
    """Between any two calls of the 20: to AWS three for each look, to the API one."""
    tried = bench(GOOD, answers=[WELL] * (calls // 4) + ([KeyboardInterrupt()] if calls % 4 == 3 else [WELL]))
    tried.aws.busy = partial(_kill, tried.aws, after=calls // 4 * 3 + calls % 4)

    with pytest.raises(KeyboardInterrupt):
        tried.verify()

    tried.aws.busy = lambda: False
    again = bench(GOOD)
    again.aws = tried.aws
    assert again.verify() == bench(GOOD).verify()


def _kill(aws: Aws, *, after: int) -> bool:
    if len(aws.asked) > after:
        raise KeyboardInterrupt
    return False


@pytest.mark.parametrize(
    ("states", "answers", "restarts", "seconds"),
    [
        pytest.param([GOOD, ONE_LOST, GOOD], [WELL], 1, 30, id="a task is lost"),
        pytest.param([GOOD, GOOD, SUCCESSOR], [WELL], 1, 35, id="a task has a successor already"),
        pytest.param([GOOD, replace(GOOD, tasks=(*GOOD.tasks, task("three")), desired=3)], [WELL], 0, 20, id="scaling"),
        pytest.param([GOOD], [WELL, WELL, STARTING, WELL, DEGRADED, WELL], 2, 45, id="the API falters twice"),
        pytest.param([GOOD], [FORMER, FORMER, WELL], 0, 30, id="an old task answers the first requests"),
        pytest.param([GOOD], [httpx.ConnectError("no route"), WELL], 0, 25, id="the API is out of reach at first"),
        pytest.param([replace(GOOD, tasks=(task("one"), task("two", digest=""))), GOOD], [WELL], 0, 25, id="no digest"),
        pytest.param(
            [GOOD, replace(GOOD, tasks=(*GOOD.tasks, PENDING))], [WELL], 0, 20, id="one more is being started"
        ),
        pytest.param([DRAINING, GOOD], [WELL], 0, 25, id="the old tasks end"),
        pytest.param([State(deployments=(BARE,))], [WELL], 0, 20, id="an emulator that tells no state"),
        pytest.param([rolling()] * 11 + [GOOD], [WELL], 0, 75, id="just in time, and then the soak time"),
        pytest.param(
            [State(deployments=(deployment(NEW, "IN_PROGRESS"), deployment(NEW, "FAILED", "ACTIVE"))), GOOD],
            [WELL],
            0,
            25,
            id="the same is tried again",
        ),
    ],
)
def test_what_passes_is_waited_for(states: list[State], answers: list[Answer], restarts: int, seconds: float) -> None:
    """The time in which it must stay well begins anew when it did not."""
    found = bench(*states, answers=answers).verify()

    assert (found.restarts, found.seconds, found.soaked) == (restarts, seconds, 20)


@pytest.mark.parametrize(
    ("states", "answers", "error", "words", "seconds"),
    [
        pytest.param(
            [rolling(), BACK], [WELL], RolledBackError, "of priceguard-dev:8 and went back to priceguard-dev:7;", 5
        ),
        pytest.param(
            [replace(BACK, deployments=GIVING_UP)],
            [WELL],
            RolledBackError,
            r"of priceguard-dev:8 \(ECS deployment circuit breaker: tasks failed to start.\) and went back to .*:7",
            0,
        ),
        pytest.param(
            [State(deployments=(deployment(NEW, "FAILED", reason=FAILED),), tasks=())],
            [WELL],
            RolledBackError,
            r"of priceguard-dev:8 \(ECS deployment .*start.\); read",
            0,
        ),
        pytest.param([GOOD, BACK], [WELL], RolledBackError, "went back to priceguard-dev:7", 5),
        pytest.param(
            [State(deployments=(deployment(NEWER),))], [WELL], SupersededError, r"dev:9 was deployed after .*dev:8", 0
        ),
        pytest.param([rolling()], [WELL], UnstableError, "within 60 s: deployments go on: priceguard-dev:8 IN_P", 60),
        pytest.param([ONE_LOST], [WELL], UnstableError, "within 60 s: 1 of 2 tasks run priceguard-dev:8, and 1 in", 60),
        pytest.param([replace(GOOD, tasks=(), desired=0)], [WELL], UnstableError, "0 of 0 tasks run", 60),
        pytest.param([GOOD, ONE_LOST] * 20, [WELL], UnstableError, "1 of 2 .*did not stay so, 7 times", 65),
        pytest.param(
            [replace(GOOD, tasks=(task("one"), task("two", digest=OTHER)))],
            [WELL],
            WrongImageError,
            f"tasks of priceguard-dev:8 run {OTHER}, and {DIGEST} was promised",
            0,
        ),
        pytest.param([GOOD], [STARTING], UnhealthyError, "/health answers 503, status starting, database connect", 60),
        pytest.param([GOOD], [DEGRADED], UnhealthyError, "/health answers 200, status degraded, database interru", 60),
        pytest.param([GOOD], [FORMER], UnhealthyError, "tells revision d{40}, and c{40} was deployed", 60),
        pytest.param([GOOD], [(200, {})], UnhealthyError, "200, and not as the API does; does this name lead to", 60),
        pytest.param([GOOD], [(200, b"<html>")], UnhealthyError, "200, and not as the API does", 60),
        pytest.param([GOOD], [(200, ["ok"])], UnhealthyError, "200, and not as the API does", 60),
        pytest.param([GOOD], [(301, {"status": "ok"})], UnhealthyError, "/health answers 301", 60),
        pytest.param([GOOD], [httpx.ConnectTimeout("")], UnhealthyError, r"not answer \(ConnectTimeout\); does", 60),
        pytest.param([GOOD], [WELL, STARTING] * 40, UnhealthyError, "status starting.*did not stay so, 7 times", 65),
    ],
)
def test_what_does_not_pass_is_told(
    states: list[State], answers: list[Answer], error: type[VerifyError], words: str, seconds: float
) -> None:
    """At once where it is certain, else when time is up; each kind has an error of its own."""
    tried = bench(*states, answers=answers)

    with pytest.raises(error, match=words) as refused:
        tried.verify()

    assert type(refused.value) is error
    assert tried.clock.seconds == seconds
