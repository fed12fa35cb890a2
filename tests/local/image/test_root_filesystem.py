"""An image's files on this machine: whole or not there, and what runs in them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from local.image.root_filesystem import RootFilesystem, can_enter, remove
from local.image.tool import ImageError
from render.configuration import ROOT
from tests.local.image.fake_engine import CONFIGURATION, FakeEngine

UNPACK = ("unpack", "image")


def names(directory: Path) -> set[str]:
    """The files below a directory."""
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file()}


def test_an_unpacked_image_says_what_the_image_says(tmp_path: Path) -> None:
    """Values may hold an equals sign."""
    unpacked = RootFilesystem.unpack(FakeEngine(), "image", tmp_path / "here")

    assert unpacked.environment == {"PATH": "/usr/bin", "FLAGS": "a=b"}
    assert unpacked.command == ("python", "-m", "api")
    assert (unpacked.directory, unpacked.user) == ("/app", "10001:10001")
    assert names(unpacked.path) == {"usr/closed/file", "usr/program", "usr/more"}


def test_an_image_without_user_and_directory_runs_as_root_in_the_root(tmp_path: Path) -> None:
    """As container runtimes have it; engines leave out what is not set, or leave it empty."""
    bare = {"Env": [], "Cmd": ["true"], "User": ""}

    unpacked = RootFilesystem.unpack(FakeEngine(configuration=bare), "image", tmp_path / "here")

    assert (unpacked.environment, unpacked.directory, unpacked.user) == ({}, "/", "0:0")


def test_what_is_unpacked_is_taken_as_it_is(tmp_path: Path) -> None:
    """No engine is asked again, and whoever only loads it gets the same."""
    engine = FakeEngine()
    unpacked = RootFilesystem.unpack(engine, "image", tmp_path / "here")
    calls = list(engine.calls)

    assert calls.count(UNPACK) == 1
    assert RootFilesystem.unpack(engine, "image", tmp_path / "here") == unpacked
    assert engine.calls == calls
    assert RootFilesystem.load(tmp_path / "here") == unpacked


def test_an_interrupted_unpack_is_redone(tmp_path: Path) -> None:
    """Nothing of the first attempt is left, not even what stands in a folder that cannot be written."""
    engine = FakeEngine()
    engine.interrupted = True
    with pytest.raises(ImageError, match="the disk is full"):
        RootFilesystem.unpack(engine, "image", tmp_path / "here")
    with pytest.raises(FileNotFoundError):
        RootFilesystem.load(tmp_path / "here")

    engine.interrupted = False
    unpacked = RootFilesystem.unpack(engine, "image", tmp_path / "here")

    assert engine.calls.count(UNPACK) == 2
    assert names(unpacked.path) == {"usr/closed/file", "usr/program", "usr/more"}
    assert RootFilesystem.load(tmp_path / "here") == unpacked


def test_an_image_whose_configuration_is_broken_is_not_unpacked(tmp_path: Path) -> None:
    """Its files are there by then, and are not taken for whole."""
    with pytest.raises(ValueError, match="dictionary update"):
        RootFilesystem.unpack(FakeEngine(configuration={"Env": ["PATH"]}), "image", tmp_path / "here")

    engine = FakeEngine()
    RootFilesystem.unpack(engine, "image", tmp_path / "here")
    assert engine.calls.count(UNPACK) == 1


def test_nothing_unpacked_cannot_be_loaded(tmp_path: Path) -> None:
    """A task of an image that is gone must not run in an empty folder."""
    with pytest.raises(FileNotFoundError):
        RootFilesystem.load(tmp_path / "nowhere")


def test_a_command_is_entered_as_the_image_says(tmp_path: Path) -> None:
    """Its user and directory, read-only, and bound to this process."""
    unpacked = RootFilesystem.unpack(FakeEngine(), "image", tmp_path / "here")

    *program, plan = unpacked.enter(["python", "-c", "x y"])

    assert program[:-1] == [sys.executable, "-I", "-S"]
    assert Path(program[-1]) == ROOT / "local" / "image" / "enter.py"
    assert json.loads(plan) == {
        "root": str(unpacked.path),
        "user": CONFIGURATION["User"],
        "directory": CONFIGURATION["WorkingDir"],
        "read_only": True,
        "shared": [],
        "parent": os.getpid(),
        "command": ["python", "-c", "x y"],
    }


def test_a_command_is_entered_as_its_caller_says(tmp_path: Path) -> None:
    """Another user, writable, with files of this machine."""
    unpacked = RootFilesystem.unpack(FakeEngine(), "image", tmp_path / "here")

    plan = json.loads(unpacked.enter(["x"], user="7:8", read_only=False, shared=[tmp_path / "ca.pem"])[-1])

    assert (plan["user"], plan["read_only"], plan["shared"]) == ("7:8", False, [str(tmp_path / "ca.pem")])


def test_commands_are_entered_on_linux_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere it says so, before anything is built."""
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "linux")
        can_enter()
        patch.setattr(sys, "platform", "darwin")
        with pytest.raises(ImageError, match="on Linux only, not on darwin"):
            can_enter()


def test_closed_folders_are_removed(tmp_path: Path) -> None:
    """By an ordinary user as well: root may write everywhere, so a test that runs as root becomes somebody else."""
    image = tmp_path / "image"
    (image / "outer" / "inner" / "empty").mkdir(parents=True)
    (image / "outer" / "inner" / "file").write_text("x")
    (image / "outer" / "file").write_text("x")
    (tmp_path / "elsewhere").mkdir()
    (image / "outer" / "link").symlink_to(tmp_path / "elsewhere")
    (image / "outer" / "dangling").symlink_to("nowhere")
    nobody = 65534
    for path in (tmp_path, *tmp_path.rglob("*")):
        if os.geteuid() == 0:
            os.chown(path, nobody, nobody, follow_symlinks=False)
    for path, mode in (("outer/inner/empty", 0), ("outer/inner", 0o500), ("outer", 0o500), (".", 0)):
        (image / path).chmod(mode)
    program = f"""
import os, pathlib, sys
sys.path.insert(0, {str(ROOT)!r})
from local.image.root_filesystem import remove
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid({nobody})
    os.setuid({nobody})
remove(pathlib.Path("image"))
"""
    command = [sys.executable, "-c", program]

    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=20)

    assert (done.returncode, done.stderr) == (0, "")
    assert not image.exists()
    assert (tmp_path / "elsewhere").exists()


def test_to_remove_nothing_is_fine(tmp_path: Path) -> None:
    """Whoever cleans up does not know what there is."""
    remove(tmp_path / "nowhere")
