"""`priceguard local up --image`: the platform, its tasks in the built image."""

import json
import re
from pathlib import Path

import psutil
import pytest

from tests.journey.conftest import platform, postgresql_binaries
from tests.journey.platform import Commands, shell

__all__ = ["platform", "postgresql_binaries"]
pytestmark = pytest.mark.usefixtures("engine", "postgresql_binaries")


def task(commands: Commands) -> psutil.Process:
    """The process of the only task."""
    return psutil.Process(commands.part("api/")["pid"])


def test_up_with_image_rolls_from_the_checkout_to_the_image(platform: Commands) -> None:
    """And says by what it was built; what the task sees is the image, and nothing it may write."""
    assert Path(f"/proc/{task(platform).pid}/root").resolve() == Path("/")

    printed = platform.up("--image")

    assert re.search(r"✓ image +[0-9a-f]{12}, by \S+ \S+ on ", printed), printed
    process = task(platform)
    assert process.uids().real == 10001
    root, *_ = Path(f"/proc/{process.pid}/mounts").read_text().splitlines()
    assert root.split()[1] == "/"
    assert "ro" in root.split()[3].split(",")


def test_what_up_prints_works(platform: Commands) -> None:
    """Register and log in, on the database behind verify-full."""
    register, login = re.findall(r"^  (curl .*)$", platform.up("--image"), re.MULTILINE)

    assert json.loads(shell(register))["account"]
    assert json.loads(shell(login))["token"]


def test_one_off_tasks_run_in_the_image_too(platform: Commands) -> None:
    """The operators' commands."""
    assert "no events" in platform.webhooks("list")


def test_up_without_image_goes_back_to_the_checkout(platform: Commands) -> None:
    """And drops the unpacked image; what is left is the copy of the checkout's files that tasks run in."""
    platform.up()

    assert Path(f"/proc/{task(platform).pid}/root").resolve() == Path("/")
    (left,) = (platform.directory / "images").iterdir()
    assert left.name.startswith("checkout-")
