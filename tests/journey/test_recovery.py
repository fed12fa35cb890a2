"""What goes wrong on a laptop: broken tasks, killed processes. The platform recovers, and nothing is lost."""

import json
import os
import re
import shutil
import signal
from pathlib import Path

import httpx
import psutil
import pytest

from gitops.verification.result import RolledBackError
from gitops.verification.verify import verify
from priceguard.local_target import LocalTarget
from render.configuration import ROOT
from tests.journey.platform import Commands, alive, shell, wait_until

pytestmark = pytest.mark.usefixtures("postgresql_binaries")


def test_a_task_that_cannot_serve_keeps_the_old_one(platform: Commands, account: dict[str, str]) -> None:
    """The circuit breaker says why, with the task's last words; the API answers all the while."""
    before = platform.part("api/")

    printed = platform.up("--set", "priceguard:database.rootCertificates=/nonexistent.pem", code=1)

    assert "tasks failed" in printed
    assert "nonexistent.pem" in printed or "database" in printed
    assert platform.part("api/") == before
    assert json.loads(shell(account["login"]))["token"]
    platform.up()


def test_another_checkout_takes_its_place_and_a_broken_one_goes_back(
    platform: Commands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its tasks start again from its files when it is gone; a verification tells why the broken one does not run."""
    monkeypatch.setenv("PRICEGUARD_LOCAL", str(platform.directory))
    other, broken = tmp_path / "other", tmp_path / "broken"
    for root, more in ((other, "# another\n"), (broken, "raise RuntimeError('broken')\n")):
        shutil.copytree(ROOT, root, ignore=shutil.ignore_patterns(".*", "__pycache__", "tests"))
        with (root / "api" / "app.py").open("a") as file:
            file.write(more)

    platform.up("--checkout", str(other))
    shutil.rmtree(other)
    first = platform.part("api/")
    os.kill(first["pid"], signal.SIGKILL)
    wait_until(lambda: platform.status()["state"] == "healthy" and platform.part("api/") != first)
    target = LocalTarget("dev")
    target.update(broken, lambda _: None)
    expected = target.expected()
    with httpx.Client(trust_env=False) as http, pytest.raises(RolledBackError) as refused:
        verify(expected, service=target.service(expected), http=http)

    shutil.rmtree(broken)
    assert "RuntimeError: broken" in refused.value.evidence.log
    after = Path(psutil.Process(platform.part("api/")["pid"]).cwd())
    assert after.is_relative_to(platform.directory / "images")
    assert "# another" in (after / "api" / "app.py").read_text()
    assert "nothing has drifted" in platform.run("drift")
    platform.up()


@pytest.mark.parametrize("part", ["api/", "aws", "postgresql", "stripe", "platform"])
def test_up_is_clean_after_a_kill(platform: Commands, account: dict[str, str], part: str) -> None:
    """Whatever is killed without a chance to tidy up, the next `up` works; accounts and what is at Stripe stay."""
    endpoints = platform.stripe("/v1/webhook_endpoints")["data"]
    killed = platform.part(part)
    before = platform.status()["parts"] if part == "platform" else [killed]  # with it, everything dies
    os.kill(killed["pid"], signal.SIGKILL)
    wait_until(lambda: not any(map(alive, before)))

    platform.up()

    assert platform.status()["state"] == "healthy"
    assert platform.stripe("/v1/webhook_endpoints")["data"] == endpoints != []
    login = re.sub(r"http://localhost:\d+", platform.status()["api_url"], account["login"])
    assert json.loads(shell(login))["account"]["email"] == account["email"]
