"""What goes wrong on a laptop: broken tasks, killed processes. The platform recovers, and nothing is lost."""

import json
import os
import re
import signal

import pytest

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
