"""An engine that is interrupted, killed, left without a provider, or given a bad program. In this order."""

import re
import signal
from collections.abc import Iterator

import psutil
import pytest

from tests.journey.platform import Commands, wait_until

pytestmark = pytest.mark.usefixtures("pulumi")


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Commands]:
    """A platform on the engine."""
    commands = Commands(tmp_path_factory.mktemp("engine-failures") / "local", engine="pulumi")
    commands.up()
    yield commands
    commands.run("down", "--reset")


def descendants(commands: Commands, name: str) -> list[psutil.Process]:
    """Processes below the platform's that have `name` in their command line."""
    platform = psutil.Process(commands.part("platform")["pid"])
    found: list[psutil.Process] = []
    for process in platform.children(recursive=True):
        try:
            if any(name in word for word in process.cmdline()[:6]):
                found.append(process)
        except psutil.NoSuchProcess:
            continue
    return found


def half_destroyed(commands: Commands) -> bool:
    """Whether some of it has gone: the engine writes its state after each resource."""
    checkpoint = next((commands.directory / "pulumi" / "state").rglob("dev.json"))
    return checkpoint.read_text().count('"urn"') < 155


def test_an_interrupted_destruction_is_gone_on_with(dev: Commands) -> None:
    """Ctrl-C ends what is under way; the engine remembers it, no lock is left, and `up` makes what is missing."""
    process = dev.start("destroy")
    wait_until(lambda: half_destroyed(dev))

    process.send_signal(signal.SIGINT)
    printed, _ = process.communicate(timeout=60)

    assert (process.returncode, "interrupted" in printed) == (130, True)
    wait_until(lambda: not descendants(dev, "local.engine_runner"), seconds=60)
    printed = dev.up()
    assert re.search(r"Pulumi program +\d+ created, \d+ unchanged", printed)
    assert dev.status()["state"] == "healthy"


def test_a_provider_that_crashes_is_named(dev: Commands) -> None:
    """And the next `up` goes on."""
    process = dev.start("destroy")
    wait_until(lambda: half_destroyed(dev))

    for plugin in descendants(dev, "local.plugin"):
        if "aws" in plugin.cmdline():
            plugin.kill()
    printed, _ = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "the provider aws crashed" in printed
    dev.up()
    assert dev.status()["state"] == "healthy"


def test_the_lock_of_a_killed_engine_is_explained_and_taken_away(dev: Commands) -> None:
    """Nobody else's: only when somebody asks for it."""
    process = dev.start("destroy")
    wait_until(lambda: half_destroyed(dev))
    for engine in descendants(dev, "pulumi"):
        if engine.name() == "pulumi":
            engine.kill()
    process.communicate(timeout=60)

    refused = dev.up(code=1)

    assert "the stack dev is locked by" in refused
    assert "that process is gone: `priceguard unlock dev --local` takes the lock away" in refused
    assert "dev is here, not prod" in dev.priceguard("unlock", "prod", "--local", code=1)
    dev.run("down")  # it works in either case
    assert "no longer locked" in dev.priceguard("unlock", "dev", "--local")
    dev.up()
    assert dev.status()["state"] == "healthy"


def test_a_bad_setting_and_a_wrong_engine_change_nothing(dev: Commands) -> None:
    """What serves goes on."""
    assert "minCount" in dev.run("up", "--detach", "--set", "minCount=9", code=1)
    assert "pulumi runs here" in dev.run("up", "--detach", "--engine", "embedded", code=1)
    assert "prod" in dev.priceguard("preview", "prod", "--local", code=1)
    assert dev.status()["state"] == "healthy"
