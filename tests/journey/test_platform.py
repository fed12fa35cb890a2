"""`make up` from nothing to `down`, as a new engineer lives it. The steps build on each other, in this order."""

import asyncio
import json
import re
import signal
import socket
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from local.loopback import direct_session
from tests.journey.platform import Commands, Load, alive, wait_until

pytestmark = pytest.mark.usefixtures("postgresql_binaries")
ME = "/api/auth/me"


def names(status: dict[str, Any]) -> set[str]:
    """Names of the parts, tasks without their id."""
    return {part["name"].split("/")[0] for part in status["parts"]}


def test_everything_runs_and_is_listed(platform: Commands) -> None:
    """Each part with state, address and process; the stack outputs are the program's."""
    status = json.loads(platform.run("status", "--json"))

    assert status["state"] == "healthy"
    assert names(status) == {"platform", "postgresql", "aws", "netlify", "stripe", "load-balancer", "shop", "api"}
    assert all(map(alive, status["parts"]))
    assert status["outputs"]["service"] == "priceguard-server"
    assert status["made"]["ECS"]["service"] == status["made"]["Docker"]["image"] == 1
    assert status["api_url"].startswith("http://localhost:")


def test_the_shop_has_the_variables_of_the_stack(platform: Commands) -> None:
    """All that the output holds, and no others; the API lets its pages in."""
    status = platform.status()
    wanted = status["outputs"]["netlifyEnvironment"] | {"VITE_API_BASE_URL": status["api_url"]}
    with direct_session() as session:
        configuration = session.get(f"{status['shop_url']}/config.js", timeout=10).text
        headers = session.get(f"{status['api_url']}/health", headers={"Origin": status["shop_url"]}, timeout=10).headers

    assert json.loads(configuration.removeprefix("export const environment = ").rstrip(";\n")) == wanted
    assert headers["Access-Control-Allow-Origin"] == status["shop_url"]


def test_the_printed_lines_work(account: dict[str, str]) -> None:
    """Registering and logging in, word for word."""
    assert account["token"]


def test_the_directory_is_its_owners_only(platform: Commands) -> None:
    """It holds passwords and data."""
    assert platform.directory.stat().st_mode & 0o777 == 0o700
    assert (platform.directory / "state.json").stat().st_mode & 0o777 == 0o600


def test_the_chain_is_verified_tls_to_the_database(platform: Commands) -> None:
    """The URL that the program composed says verify-full, and the task got it from Secrets Manager."""
    task = psutil.Process(platform.part("api/")["pid"])

    variables = task.environ()

    assert "sslmode=verify-full" in variables["DATABASE_URL"]
    assert variables["ENVIRONMENT"] == "dev"
    assert "SHELL" not in variables
    assert "PRICEGUARD_LOCAL" not in variables


def test_no_key_of_the_developer_reaches_the_platform(platform: Commands) -> None:
    """The platform has a key of its own; that stands in Secrets Manager and in the task, and nowhere else."""
    for part in ("platform", "aws", "stripe", "api/"):
        assert "STRIPE_API_KEY" not in psutil.Process(platform.part(part)["pid"]).environ()
    key = psutil.Process(platform.part("api/")["pid"]).environ()["STRIPE_SECRET_KEY"]

    assert key.startswith("sk_test_local")
    files = [path for path in platform.directory.rglob("*") if path.is_file() and "postgres" not in path.parts]
    assert len(files) > 5
    assert not [path for path in files if key.encode() in path.read_bytes()]


def test_nothing_changes_without_a_change(platform: Commands) -> None:
    """A second `up` keeps every resource and every task."""
    before = platform.part("api/")

    assert "nothing to change" in platform.up()
    assert platform.part("api/") == before


def test_webhooks_can_be_listed_and_replayed(platform: Commands, account: dict[str, str]) -> None:
    """An event of the Stripe stand-in arrives, shows in the table, and is booked again by a task of the service."""
    api, session = f"{platform.status()['api_url']}/api/billing", {"Authorization": f"Bearer {account['token']}"}
    intent = httpx.post(f"{api}/create-setup-intent", json={}, headers=session, trust_env=False).json()
    platform.stripe(f"/v1/setup_intents/{intent['setup_intent_id']}/confirm", payment_method="pm_card_visa")
    wait_until(lambda: "booked" in platform.webhooks("list"))

    header, row, count = platform.webhooks("list", "--state", "booked").splitlines()

    assert header.split() == ["event", "type", "state", "attempts", "received", "(UTC)", "reason"]
    event_id, type_, *_ = row.split()
    assert type_ == "payment_method.attached"
    assert count == "1 event"
    booked = f"✓ {event_id}  booked\n1 replayed, 0 of them not booked\n"
    # Repeated, which is harmless: a worker of the service may be quicker, and the first answer is that it is at it.
    wait_until(lambda: platform.webhooks("replay", event_id, codes=(0, 1)) == booked)
    assert platform.webhooks("reconcile") == "1 account read again, 0 could not be read\n"


async def test_a_changed_setting_rolls_the_task_and_loses_no_request(
    platform: Commands, account: dict[str, str]
) -> None:
    """200 requests a second meanwhile: only the task definition and the service change, and nobody notices."""
    old = platform.part("api/")
    load = Load(platform.status()["api_url"] + ME, account["token"])
    done = asyncio.Event()
    running = asyncio.create_task(load.run(done, most_seconds=60))

    printed = await asyncio.to_thread(platform.up, "--set", "priceguard:logLevel=WARNING")
    await asyncio.sleep(1)  # the old task is gone by now: a second of load on the new one alone
    done.set()
    await running

    assert not load.errors
    assert set(load.statuses) == {200}
    assert len(load.statuses) > 600
    changed = re.findall(r"^  . (create|update|replace|delete) +(\S+) (\S+)", printed, re.MULTILINE)
    assert set(changed) == {
        ("replace", "aws:ecs/taskDefinition:TaskDefinition", "api"),
        ("update", "aws:ecs/service:Service", "api"),
    }
    assert platform.part("api/")["name"] != old["name"]
    assert not alive(old)


def test_two_at_once_do_no_harm(platform: Commands) -> None:
    """The second says that the first is at work, or finds nothing left to do."""
    both = [platform.start("up", "--detach") for _ in range(2)]
    printed = [process.communicate(timeout=60)[0] for process in both]

    codes = sorted(process.returncode for process in both)
    assert codes in ([0, 4], [0, 0]), printed
    assert codes == [0, 0] or any("`up` is at work" in text for text in printed)
    assert platform.status()["state"] == "healthy"


def test_refused_settings_change_nothing(platform: Commands) -> None:
    """The message is the program's own, with every key."""
    before = platform.status()

    printed = platform.up("--set", "minCount=9", "--set", "priceguard:logLvel=INFO", code=1)

    assert "priceguard:minCount: must not be greater than maxCount" in printed
    assert "did you mean priceguard:logLevel?" in printed
    assert platform.status() == before


def test_a_foreground_up_that_fails_does_not_stop_what_ran(platform: Commands) -> None:
    """The platform was there before the command, and stays when the command ends."""
    before = platform.status()

    printed = platform.run("up", "--set", "minCount=9", code=1)

    assert "minCount: must not be greater than maxCount" in printed
    assert platform.status() == before


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    """With the way out; and nothing is left behind."""
    other = Commands(tmp_path / "local")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        printed = other.run("up", "--detach", "--port", str(port), code=1)

    (line,) = [line for line in printed.splitlines() if "✗" in line]
    assert f"port {port} is taken" in line
    assert f"--port {port + 1}" in line
    assert other.status()["state"] == "stopped"
    other.run("down", "--reset")


def test_ctrl_c_stops_everything(tmp_path: Path) -> None:
    """In the foreground the platform lives as long as the command."""
    other = Commands(tmp_path / "local")
    process = other.start("up", "--port", "0", "--engine", other.engine)
    assert process.stdout
    assert any("Ctrl-C stops it" in line for line in process.stdout)
    parts = other.status()["parts"]

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=30)

    assert process.returncode == 0
    assert not any(map(alive, parts))
    other.run("down", "--reset")


def test_down_leaves_nothing_running(platform: Commands) -> None:
    """Neither process nor address; a second `down` says that nothing runs."""
    parts = platform.status()["parts"]

    platform.run("down")

    assert not any(map(alive, parts))
    unsaid = ("stack", "checkout", "engine", "api_url", "shop_url", "at_work")
    nothing = {**dict.fromkeys(unsaid), "outputs": {}, "parts": [], "made": {}}
    assert json.loads(platform.run("status", "--json", code=3)) == {"state": "stopped", **nothing}
    assert "nothing runs here" in platform.run("down")
