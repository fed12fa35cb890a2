"""What a verification tells: AWS's reasons for a failure; what counts as the promised image; a stack without any."""

import json
from dataclasses import replace

import pytest

from gitops.verification.result import RolledBackError, UnhealthyError, VerifyError, WrongImageError
from tests.gitops.verification.verify_bench import BACK, DIGEST, GOOD, OTHER, REVISION, bench, task

STARTING = (503, {"status": "starting", "revision": REVISION, "database": "connecting"})


def test_a_rollback_comes_with_what_aws_tells() -> None:
    """Events, the reasons of the promised tasks that stopped, the last lines of the youngest; safe for a terminal."""
    lines = [f"line {number}" for number in range(30)]
    tried = bench(BACK, logs={"api/api/younger": lines, "api/api/other": ["not this one"]}, page=2)

    with pytest.raises(RolledBackError) as refused:
        tried.verify()

    told = json.loads(json.dumps(refused.value.as_dict()))
    message = told.pop("message")
    assert told == {
        "verified": False,
        "outcome": "rolled_back",
        "events": ["(service priceguard-server) failed [2J its deployment"],
        "stopped": [
            "younger: Essential container in task exited; OutOfMemoryError: killed; exit code 1",
            "young: Task failed container health checks",
        ],
        "log": lines[-20:],
    }
    assert refused.value.report().splitlines()[:4] == [
        message,
        "",
        "events:",
        "  (service priceguard-server) failed [2J its deployment",
    ]
    assert refused.value.report().endswith("\n  line 29")


def test_a_task_that_wrote_nothing_has_no_lines() -> None:
    """Its stream would come with the first one."""
    with pytest.raises(RolledBackError) as refused:
        bench(BACK).verify()

    assert refused.value.evidence.log == []
    assert "log:" not in refused.value.report()


def test_the_log_is_that_of_a_task_which_ended_by_itself() -> None:
    """One that ECS stopped because of the others has often said nothing yet, and stopped last."""
    late = task("late", stoppedAt=900, stopCode="ServiceSchedulerInitiated")
    state = replace(BACK, stopped=(*BACK.stopped, late))
    tried = bench(state, logs={"api/api/younger": ["this is why"], "api/api/late": ["I was beginning"]})

    with pytest.raises(RolledBackError) as refused:
        tried.verify()

    assert refused.value.evidence.log == ["this is why"]


def test_a_running_task_is_read_where_none_stopped() -> None:
    """An API that is not well says why in its own log."""
    tried = bench(GOOD, answers=[STARTING], logs={"api/api/one": ['{"event": "database_unreachable"}']})

    with pytest.raises(UnhealthyError) as refused:
        tried.verify()

    assert refused.value.evidence.log == ['{"event": "database_unreachable"}']


def test_the_digest_of_a_platform_is_the_image_too() -> None:
    """Of an image for several platforms, a task may tell that of its own; an attestation is no platform."""
    state = replace(GOOD, tasks=(task("one", digest=OTHER), task("two")))
    tried = bench(state, index=(OTHER,))

    assert tried.verify().tasks == ("one", "two")
    assert tried.aws.asked.count("BatchGetImage") == 1
    with pytest.raises(WrongImageError):
        bench(replace(GOOD, tasks=(task("one", digest=f"sha256:{'f' * 64}"), task("two"))), index=(OTHER,)).verify()


def test_only_the_own_registry_is_asked_for_platforms() -> None:
    """Another one has no such API."""
    tried = bench(replace(GOOD, tasks=(task("one", digest=OTHER), task("two"))))
    tried.outputs["image"] = f"registry.example.com/priceguard@{DIGEST}"

    with pytest.raises(WrongImageError):
        tried.verify()
    assert "BatchGetImage" not in tried.aws.asked


@pytest.mark.parametrize(
    ("outputs", "words"),
    [
        ({"image": "none", "taskDefinition": None, "service": None}, "has no output service, taskDefinition: it runs"),
        ({"image": "priceguard-dev:sha-1"}, "the image priceguard-dev:sha-1 is not named by a digest"),
    ],
)
def test_a_stack_that_promises_nothing_is_refused(outputs: dict[str, str | None], words: str) -> None:
    """Before anybody is asked."""
    tried = bench(GOOD)
    tried.outputs |= outputs

    with pytest.raises(VerifyError, match=words):
        tried.verify()
    assert not tried.aws.asked
