"""The platform on this machine as an environment of the pipeline: what it tells of what runs."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from gitops.engine import EngineError
from gitops.verification.result import Expected, RolledBackError, VerifyError
from gitops.verification.verify import Waiting, verify
from local.control import FILE
from local.engine_client import PlatformEngineError
from priceguard.local_target import LocalTarget
from tests.priceguard.fake_platform import OUTPUTS, Platform, installed, nobody

EXPECTED = Expected(
    cluster="priceguard-dev",
    service="priceguard-server",
    task_definition="arn:api:1",
    image="registry/api@sha256:1",
    revision="c" * 40,
    url="http://localhost:1",
    log_group="/api",
)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Platform:
    """One that runs dev on the engine."""
    return installed(monkeypatch, tmp_path / "local")


def test_what_was_promised_is_at_an_address_of_this_machine(platform: Platform) -> None:
    """All else as the program says it; without a platform there is nothing."""
    found = LocalTarget("dev").expected()

    assert (found.url, found.task_definition, found.digest) == (
        "http://localhost:1",
        "arn:api:2",
        f"sha256:{'a' * 64}",
    )
    assert LocalTarget("dev").outputs() == OUTPUTS
    platform.status = {}
    assert LocalTarget("dev").outputs() == {}
    with pytest.raises(VerifyError, match="was never deployed"):
        LocalTarget("dev").expected()


@pytest.mark.parametrize(("stack", "mode"), [("dev", "test"), ("prod", "live")])
def test_the_stand_in_is_asked_in_the_right_mode(platform: Platform, stack: str, mode: str) -> None:
    """And only where it runs."""
    made = LocalTarget(stack).stripe()

    assert made._requestor.api_key == f"sk_{mode}_local"  # pyright: ignore[reportPrivateUsage]
    assert made._requestor.base_addresses["api"] == "http://127.0.0.1:2"  # pyright: ignore[reportPrivateUsage, reportTypedDictNotRequiredAccess]
    platform.status = {}
    for asked in (LocalTarget(stack).stripe, lambda: LocalTarget(stack).drift(nobody)):
        with pytest.raises(EngineError, match="nothing runs here"):
            asked()


def test_an_event_is_booked_when_a_task_says_so(platform: Platform, tmp_path: Path) -> None:
    """In any line since then; what else is in a log is no obstacle."""
    now = time.time()
    log = tmp_path / "local" / "logs" / "tasks" / "api-1.log"
    log.parent.mkdir(parents=True)
    booked = {"timestamp": datetime.fromtimestamp(now, UTC).isoformat(), "event": "webhook_booked"}
    lines = [
        '{"event": "webhook_booked", "event_ids": ["evt_undated"]}',
        '{"event": "webhook_booked", "event_ids": "evt_2", "timestamp": ',
        json.dumps({**booked, "event": "webhook_postponed", "event_ids": ["evt_later"]}),
        json.dumps({**booked, "event_ids": ["evt_1", "evt_2"]}),
    ]
    log.write_bytes(b"\xff\xfe\n" + "\n".join(lines).encode())

    def found(event: str, since: float) -> bool:
        return LocalTarget("dev").booked(event, since)

    assert [found(event, now - 1) for event in ("evt_1", "evt_2")] == [True, True]
    assert [found(event, now - 1) for event in ("evt_later", "evt_undated", "evt_", "evt_3")] == [False] * 4
    assert not found("evt_1", now + 1)
    platform.status = {}
    assert not found("evt_1", now - 1)


DESCRIBED: dict[str, Any] = {
    "deployments": [
        {"status": "PRIMARY", "task_definition": "arn:api:0", "state": "IN_PROGRESS", "reason": ""},
        {"status": "ACTIVE", "task_definition": "arn:api:1", "state": "FAILED", "reason": "3 tasks failed"},
    ],
    "desired": 1,
    "running": 1,
    "tasks": [{"id": "t", "task_definition": "arn:api:0", "digest": "sha256:0", "reason": "", "log": ["runs"]}],
    "stopped": [
        {"id": "b", "task_definition": "arn:api:0", "digest": "", "reason": "replaced", "log": ["old"]},
        {"id": "a", "task_definition": "arn:api:1", "digest": "", "reason": "exited\x1b", "log": ["no \x1bdatabase"]},
    ],
    "events": ["rolling back"],
}


def test_a_roll_that_went_back_is_told_with_its_evidence(platform: Platform) -> None:
    """The service's events, why tasks stopped, and the last words of one; nothing in them steers a terminal."""
    platform.services = {"priceguard-server": DESCRIBED}

    with pytest.raises(RolledBackError, match=r"deployment of arn:api:1 \(3 tasks failed\)") as refused:
        verify(EXPECTED, service=LocalTarget("dev").service(EXPECTED), http=httpx.Client())

    found = refused.value.evidence
    assert (found.events, found.stopped, found.log) == (["rolling back"], ["a: exited "], ["no  database"])
    platform.services["priceguard-server"] = {**DESCRIBED, "stopped": []}
    assert LocalTarget("dev").service(EXPECTED).evidence().log == ["runs"]
    silent = {"id": "c", "task_definition": "arn:api:1", "digest": "", "reason": "replaced", "log": []}
    platform.services["priceguard-server"] = {**DESCRIBED, "stopped": [silent, *DESCRIBED["stopped"]]}
    assert LocalTarget("dev").service(EXPECTED).evidence().log == ["no  database"]


def test_a_platform_that_has_gone_is_told(platform: Platform) -> None:
    """As is one that does not answer, which may pass; the evidence says so in its place."""
    service = LocalTarget("dev").service(EXPECTED)

    with pytest.raises(VerifyError, match="there is no service priceguard-server of dev, or nothing runs here"):
        service.look()
    platform.refusal = PlatformEngineError("the platform does not answer")
    with pytest.raises(VerifyError, match="does not answer"):
        service.look()

    assert service.evidence().events == ["could not be read: the platform does not answer"]


@pytest.fixture
def process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A platform's process with one service."""
    monkeypatch.setenv("PRICEGUARD_LOCAL", str(tmp_path))
    with subprocess.Popen([sys.executable, "-m", "tests.priceguard.platform_process", str(tmp_path)]) as running:
        deadline = time.monotonic() + 20
        while not (tmp_path / FILE).exists() and running.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        yield
        running.terminate()


@pytest.mark.usefixtures("process")
def test_the_real_service_is_looked_at() -> None:
    """Over the connection, from the local ECS."""
    answers = httpx.MockTransport(lambda _: httpx.Response(200, json={"status": "ok", "revision": "c" * 40}))
    promised = replace(EXPECTED, image="api:1")

    with httpx.Client(transport=answers) as http:
        found = LocalTarget("dev").service(promised).look()
        assert [(one.status, one.task_definition, one.state) for one in found.deployments] == [
            ("PRIMARY", "arn:api:1", "COMPLETED")
        ]
        with pytest.raises(VerifyError, match="0 of 1 tasks run arn:api:1, and 1 in all"):
            verify(promised, service=LocalTarget("dev").service(promised), http=http, waiting=Waiting(most=0))
