"""Which files the platform's tasks run in."""

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from local.api_image import ApiImage
from local.container import ContainerError
from local.container_files import CheckoutFiles, ContainerFiles, ImageFiles
from local.image.root_filesystem import RootFilesystem
from local.image.tool import ImageError
from render.configuration import ROOT
from tests.local.image.fake_engine import FakeEngine
from tests.local.image.fake_tools import Tools

REPOSITORY = "localhost/priceguard-api:image-"
NO_DAEMON = "echo 'Cannot connect to the Docker daemon' >&2; exit 1"
# Has every image; what it builds has one file.
BUILDAH = """
case " $* " in
  *" unshare "*) shift; exec "$@";;
  *" from "*) echo working;;
  *" mount "*) echo "{files}";;
  *" inspect "*) echo '{configuration}';;
  *" build-using-dockerfile "*)
    while [ $# -gt 0 ]; do [ "$1" = --iidfile ] && echo sha256:0123456789abcdef > "$2"; shift; done;;
  *" --version "*) echo "buildah version 1.39.3 (image-spec 1.1.0)";;
esac
exit 0
"""
linux = pytest.mark.skipif(sys.platform != "linux", reason="images run on Linux only")


def unpacked(directory: Path, *folders: str) -> ApiImage:
    """An API image of which these folders were unpacked."""
    for folder in folders:
        RootFilesystem.unpack(FakeEngine(), "image", directory / folder)
    return ApiImage(ROOT, directory)


def plan(files: ContainerFiles, definition: dict[str, Any]) -> dict[str, Any]:
    """What `local.image.enter` is asked to do for a command."""
    return json.loads(files.command_line(definition, ["python", "-m", "api"])[-1])


@pytest.mark.parametrize("kept", ["aaa", None])
def test_all_images_but_one_are_forgotten(tmp_path: Path, kept: str | None) -> None:
    """All of them when no task runs in one."""
    image = unpacked(tmp_path, "aaa", "bbb", "ccc")

    image.forget_all_but(f"{REPOSITORY}{kept}" if kept else None)

    assert [path.name for path in tmp_path.iterdir()] == ([kept] if kept else [])
    if kept:
        assert isinstance(image.files(f"{REPOSITORY}{kept}"), ImageFiles)


def test_to_forget_is_fine_where_nothing_was_unpacked(tmp_path: Path) -> None:
    """As on the first start."""
    ApiImage(ROOT, tmp_path / "nowhere").forget_all_but(None)


def test_an_image_of_the_checkout_runs_in_the_checkout(tmp_path: Path) -> None:
    """With our own interpreter first in the PATH, and the command as it is."""
    files = unpacked(tmp_path, "aaa").files("123456789012.dkr.ecr.us-east-1.amazonaws.com/priceguard:checkout-aaa")

    assert isinstance(files, CheckoutFiles)
    assert files.directory == ROOT
    assert files.environment["PATH"].startswith(f"{Path(sys.executable).parent}:")
    definition = {"user": "7:8", "readonlyRootFilesystem": True}
    assert files.command_line(definition, ["python", "-m", "api"]) == ("python", "-m", "api")


def test_an_unpacked_image_runs_as_its_definition_says(tmp_path: Path) -> None:
    """User and read-only root; with its own variables and the shared files."""
    image = unpacked(tmp_path / "images", "aaa")
    image.shared = [tmp_path / "ca.pem"]
    files = image.files(f"{REPOSITORY}aaa")

    found = plan(files, {"user": "7:8", "readonlyRootFilesystem": True})

    assert (found["user"], found["read_only"], found["shared"]) == ("7:8", True, [str(tmp_path / "ca.pem")])
    assert found["command"] == ["python", "-m", "api"]
    assert files.environment == {"HOME": "/", "PATH": "/usr/bin", "FLAGS": "a=b"}
    assert files.directory == Path(found["root"])
    assert (files.directory / "usr" / "program").exists()


@pytest.mark.parametrize("definition", [{}, {"readonlyRootFilesystem": False}])
def test_a_definition_that_says_nothing_gets_what_ecs_gives(tmp_path: Path, definition: dict[str, Any]) -> None:
    """The image's user, and a root that can be written."""
    files = unpacked(tmp_path, "aaa").files(f"{REPOSITORY}aaa")

    found = plan(files, definition)

    assert (found["user"], found["read_only"], found["shared"]) == ("10001:10001", False, [])


def test_an_image_that_was_forgotten_has_no_files(tmp_path: Path) -> None:
    """A task of it must not run in something else."""
    with pytest.raises(ContainerError, match="up --image"):
        unpacked(tmp_path, "aaa").files(f"{REPOSITORY}bbb")


@pytest.mark.usefixtures("tools")
async def test_without_an_engine_it_is_the_checkout(tmp_path: Path) -> None:
    """With the reason, and nothing is made."""
    image = ApiImage(ROOT, tmp_path / "images")

    reference, words = await image.build()

    assert reference is None
    assert words.startswith("none, tasks run from the checkout: ")
    assert not (tmp_path / "images").exists()


@linux
async def test_a_build_that_fails_says_why(tools: Tools, tmp_path: Path) -> None:
    """What the tool said last, and not as a traceback."""
    tools.put("docker", "case $1 in version) echo 27.5.1;; build) echo 'no space left' >&2; exit 1;; esac")

    with pytest.raises(ImageError, match=r"^the image: `docker build …` failed with exit code 1:\n +no space left$"):
        await ApiImage(ROOT, tmp_path / "images").build()
    assert not (tmp_path / "images").exists()


@linux
async def test_a_client_without_its_daemon_says_what_to_do(tools: Tools, tmp_path: Path) -> None:
    """Somebody has Docker and has not started it."""
    tools.put("docker", NO_DAEMON)

    reference, words = await ApiImage(ROOT, tmp_path / "images").build()

    assert reference is None
    assert "start Docker" in words


@linux
async def test_a_built_image_is_unpacked(tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its reference leads to its files, the words say by what and on what it was built."""
    monkeypatch.setenv("PATH", f"{tools.folder}:{os.defpath}")
    content = tmp_path / "content"
    content.mkdir()
    (content / "program").write_text("program")
    configuration = {"Env": ["A=b"], "Cmd": ["python"], "User": "10001:10001", "WorkingDir": "/app"}
    inspected = json.dumps({"OCIv1": {"config": configuration, "rootfs": {"diff_ids": []}}})
    tools.put("docker", NO_DAEMON)
    tools.put("buildah", BUILDAH.replace("{files}", str(content)).replace("{configuration}", inspected))
    image = ApiImage(ROOT, tmp_path / "images")

    reference, words = await image.build()

    assert reference is not None
    assert reference == f"{REPOSITORY}0123456789ab"
    assert words.startswith("0123456789ab, by buildah 1.39.3 on python:3")
    files = image.files(reference)
    assert (files.directory / "program").read_text() == "program"
    assert plan(files, {})["directory"] == "/app"
    assert [call for call in tools.calls("buildah") if call[-2:] == ["rm", "working"]], "the container is left"
