"""The complete program of prod on this machine: as configured, but for what a laptop must have otherwise."""

import json
import re
from collections.abc import Iterator

import psutil
import pytest

from local.loopback import direct_session
from tests.journey.platform import Commands, shell, wait_until

pytestmark = pytest.mark.usefixtures("postgresql_binaries")
LIVE = {"Authorization": "Bearer sk_live_local"}


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Commands, str]]:
    """Prod's platform and what its first `up` printed."""
    commands = Commands(tmp_path_factory.mktemp("prod") / "local")
    yield commands, commands.up("--stack", "prod")
    commands.run("down", "--reset")


def tasks(commands: Commands) -> list[psutil.Process]:
    """The processes of all tasks."""
    parts = commands.status()["parts"]
    return [psutil.Process(part["pid"]) for part in parts if part["name"].startswith("api/")]


def test_it_is_prod_with_two_tasks(prod: tuple[Commands, str]) -> None:
    """Healthy, in the network of prod, and with the image that prod's own repository would have."""
    commands, _ = prod
    status = commands.status()
    running = tasks(commands)

    assert (status["state"], status["stack"]) == ("healthy", "prod")
    assert [task.environ()["ENVIRONMENT"] for task in running] == ["prod", "prod"]
    assert all("sslmode=verify-full" in task.environ()["DATABASE_URL"] for task in running)
    assert status["made"]["EC2"]["NAT gateway"] == 2
    repository, _, digest = status["outputs"]["image"].partition("@")
    assert repository == "000000000000.dkr.ecr.us-east-1.amazonaws.com/priceguard-prod"
    assert digest.startswith(f"sha256:{status['outputs']['revision']}")


def test_the_printed_lines_work(prod: tuple[Commands, str]) -> None:
    """Registering and logging in, word for word."""
    register, login = re.findall(r"^  (curl .*)$", prod[1], re.MULTILINE)

    assert json.loads(shell(register))["account"]
    assert json.loads(shell(login))["token"]


def test_stripe_is_in_live_mode(prod: tuple[Commands, str]) -> None:
    """An event arrives signed and is booked; a test key is of no use."""
    commands, _ = prod
    url = f"{commands.part('stripe')['address']}/v1/customers"
    with direct_session() as session:
        customer = session.post(url, data={"email": "a@example.com"}, headers=LIVE, timeout=30).json()
        session.post(f"{url}/{customer['id']}", data={"name": "Ada"}, headers=LIVE, timeout=30)
        refused = session.get(url, headers={"Authorization": "Bearer sk_test_x"}, timeout=30)

    assert customer["livemode"] is True
    assert refused.status_code == 401
    wait_until(lambda: "customer.updated" in commands.webhooks("list"))


def test_the_other_stack_has_to_wait(prod: tuple[Commands, str]) -> None:
    """Two cannot run at once; nothing happens to the one that runs."""
    commands, _ = prod
    before = commands.status()

    printed = commands.up("--stack", "dev", code=1)

    assert "prod runs here; stop it first: `priceguard local down`" in printed
    assert commands.status() == before


def test_without_an_image_there_is_everything_but_the_service(prod: tuple[Commands, str]) -> None:
    """As when an environment is made for the first time: no error, and it says why nobody answers.

    Without --stack it is still prod.
    """
    commands, _ = prod

    printed = commands.up("--set", "image=none")

    assert "No service runs, the program makes none: priceguard:image is none" in printed
    assert "curl" not in printed
    assert not tasks(commands)
    status = commands.status()
    assert (status["state"], status["stack"]) == ("healthy", "prod")
    assert "service" not in status["made"].get("ECS", {})
    assert "1 repository" in commands.run("status")
