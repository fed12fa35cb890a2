"""Which stack runs here, and where its data are."""

import socket
from pathlib import Path

import pytest

from local.client import ClientError, connect_or_start, every_directory, last_stack, platform_directory
from local.control import Address


@pytest.fixture(autouse=True)
def base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the data of this test's platform are."""
    monkeypatch.setenv("PRICEGUARD_LOCAL", str(tmp_path / "local"))
    return tmp_path / "local"


def test_before_anything_ran_it_is_dev(base: Path) -> None:
    """For its owner only."""
    assert (last_stack(), platform_directory()) == ("dev", base)
    assert every_directory() == [base]
    assert base.stat().st_mode & 0o777 == 0o700


def test_prod_has_a_folder_of_its_own(base: Path) -> None:
    """What one environment knows is nothing to the other."""
    base.mkdir()
    (base / "stack").write_text("prod")

    assert (last_stack(), platform_directory()) == ("prod", base / "prod")
    assert every_directory() == [base, base / "prod"]
    assert (base / "prod").stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(("asked", "refused"), [("dev", True), ("prod", False), (None, False)])
def test_a_running_stack_keeps_its_place(base: Path, asked: str | None, refused: bool) -> None:  # noqa: FBT001
    """Another one is refused with the next step; without a name it is the one that runs."""
    base.mkdir()
    (base / "stack").write_text("prod")
    with socket.create_server(("127.0.0.1", 0)) as server:
        Address(server.getsockname()[1], "token", 1).write(platform_directory())

        if refused:
            with pytest.raises(ClientError, match="prod runs here; stop it first: `priceguard local down`"):
                connect_or_start(0, asked)
        else:
            connect_or_start(0, asked).close()
    assert last_stack() == "prod"


def test_a_folder_that_cannot_be_made_is_named(base: Path) -> None:
    """With the next step."""
    base.write_text("in the way")

    with pytest.raises(ClientError, match=rf"{base}: .*free or move it"):
        platform_directory()
