"""Which files the platform's tasks run in."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from local.api_image import ApiImage, PreparedImage, image_of
from local.container import ContainerError
from local.container_files import CheckoutFiles, ContainerFiles, ImageFiles
from local.image.tool import ImageError
from render.configuration import ROOT
from tests.local.image.fake_tools import Tools

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


def reference(image: PreparedImage) -> str:
    """How a task definition names it."""
    return f"000000000000.dkr.ecr.us-east-1.amazonaws.com/priceguard-dev@{image.digest}"


def plan(files: ContainerFiles, definition: dict[str, Any]) -> dict[str, Any]:
    """What `local.image.enter` is asked to do for a command."""
    return json.loads(files.command_line(definition, ["python", "-m", "api"])[-1])


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with one line of code."""
    root = tmp_path / "checkout"
    for name in ("requirements/api.txt", "api/app.py"):
        (root / name).parent.mkdir(parents=True)
        (root / name).write_text("1")
    (root / "api" / "__init__.py").touch()
    return root


def test_to_forget_is_fine_where_nothing_was_unpacked(checkout: Path, tmp_path: Path) -> None:
    """As on the first start."""
    ApiImage(tmp_path / "nowhere").forget_all_but([image_of(checkout).digest])


def test_tasks_of_a_checkout_have_its_files_for_themselves(checkout: Path, tmp_path: Path) -> None:
    """With our own interpreter first in the PATH, and the command as it is; the checkout may change, or go."""
    image = ApiImage(tmp_path / "images")
    files = image.files(reference(image.checkout(checkout)))

    (checkout / "api" / "app.py").write_text("2")
    assert isinstance(files, CheckoutFiles)
    assert (files.directory / "api" / "app.py").read_text() == "1"
    assert (tmp_path / "images").stat().st_mode & 0o777 == 0o700
    assert files.environment["PATH"].startswith(f"{Path(sys.executable).parent}:")
    definition = {"user": "7:8", "readonlyRootFilesystem": True}
    assert files.command_line(definition, ["python", "-m", "api"]) == ("python", "-m", "api")


def test_a_task_runs_the_code_of_its_own_checkout(checkout: Path, tmp_path: Path) -> None:
    """And not that which Python was installed for; nor what was compiled from another commit in the same second."""
    (checkout / "api" / "__main__.py").write_text("import api.app; print(api.app.__file__)")
    subprocess.run([sys.executable, "-m", "compileall", "-q", "api"], cwd=checkout, check=True)
    image = ApiImage(tmp_path / "images")
    files = image.files(reference(image.checkout(checkout)))

    assert not list(files.directory.rglob("*.pyc"))
    command = files.command_line({}, ["python", "-m", "api"])
    done = subprocess.run(
        command, cwd=files.directory, env=dict(files.environment), capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{files.directory}/api/app.py\n"


def test_a_copy_is_named_by_what_it_holds(checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saved a file while it was copied."""
    copytree = shutil.copytree

    def save_and_copy(source: Path, target: Path, **options: Any) -> Any:
        (checkout / "api" / "app.py").write_text("2")
        return copytree(source, target, **options)

    monkeypatch.setattr(shutil, "copytree", save_and_copy)

    taken = ApiImage(tmp_path / "images").checkout(checkout)

    assert taken == image_of(checkout)
    assert [folder.name for folder in (tmp_path / "images").iterdir()] == [taken.folder]


def test_changed_code_is_another_image(checkout: Path, tmp_path: Path) -> None:
    """And byte code is not code. The one before still has files: its tasks may have to be started again."""
    image = ApiImage(tmp_path / "images")
    before = image.checkout(checkout)

    (checkout / "api" / "__pycache__").mkdir()
    (checkout / "api" / "__pycache__" / "app.pyc").write_text("1")
    assert image.checkout(checkout).digest == before.digest
    (checkout / "api" / "app.py").write_text("2")
    assert image.checkout(checkout).digest != before.digest
    assert isinstance(image.files(reference(before)), CheckoutFiles)


@pytest.mark.parametrize("digest", ["sha256:" + "0" * 64, ""])
def test_what_was_never_prepared_has_no_files(tmp_path: Path, digest: str) -> None:
    """A task of it must not run in something else."""
    with pytest.raises(ContainerError, match=r"^CannotPullContainerError: registry/api@\S* is not here"):
        ApiImage(tmp_path).files(f"registry/api@{digest}")


@pytest.mark.usefixtures("tools")
async def test_without_an_engine_it_is_the_checkout(tmp_path: Path) -> None:
    """With the reason, and a copy of the checkout's files."""
    image = ApiImage(tmp_path / "images")

    built = await image.build(ROOT)

    assert built.digest == image_of(ROOT).digest
    assert built.words.startswith("none, tasks run from the checkout: ")
    assert [folder.name for folder in (tmp_path / "images").iterdir()] == [built.folder]


@linux
async def test_a_build_that_fails_says_why(tools: Tools, tmp_path: Path) -> None:
    """What the tool said last, and not as a traceback."""
    tools.put("docker", "case $1 in version) echo 27.5.1;; build) echo 'no space left' >&2; exit 1;; esac")

    with pytest.raises(ImageError, match=r"^the image: `docker build …` failed with exit code 1:\n +no space left$"):
        await ApiImage(tmp_path / "images").build(ROOT)
    assert not (tmp_path / "images").exists()


@linux
async def test_a_client_without_its_daemon_says_what_to_do(tools: Tools, tmp_path: Path) -> None:
    """Somebody has Docker and has not started it."""
    tools.put("docker", NO_DAEMON)

    built = await ApiImage(tmp_path / "images").build(ROOT)

    assert not built.built
    assert "start Docker" in built.words


@pytest.fixture
async def built(tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ApiImage, PreparedImage]:
    """An image that was built and unpacked, below `images`."""
    if sys.platform != "linux":
        pytest.skip("images run on Linux only")
    monkeypatch.setenv("PATH", f"{tools.folder}:{os.defpath}")
    content = tmp_path / "content"
    content.mkdir()
    (content / "program").write_text("program")
    configuration = {"Env": ["A=b"], "Cmd": ["python"], "User": "10001:10001", "WorkingDir": "/app"}
    inspected = json.dumps({"OCIv1": {"config": configuration, "rootfs": {"diff_ids": []}}})
    tools.put("docker", NO_DAEMON)
    tools.put("buildah", BUILDAH.replace("{files}", str(content)).replace("{configuration}", inspected))
    image = ApiImage(tmp_path / "images")
    return image, await image.build(ROOT)


def test_a_built_image_is_unpacked(built: tuple[ApiImage, PreparedImage], tools: Tools) -> None:
    """Its reference leads to its files, the words say by what and on what it was built."""
    image, prepared = built
    files = image.files(reference(prepared))

    assert prepared.digest != image_of(ROOT).digest
    assert prepared.words.startswith("0123456789ab, by buildah 1.39.3 on python:3")
    assert (files.directory / "program").read_text() == "program"
    assert plan(files, {})["directory"] == "/app"
    assert [call for call in tools.calls("buildah") if call[-2:] == ["rm", "working"]], "the container is left"


def test_an_unpacked_image_runs_as_its_definition_says(built: tuple[ApiImage, PreparedImage], tmp_path: Path) -> None:
    """User and read-only root; with its own variables and the shared files."""
    image, prepared = built
    image.shared = [tmp_path / "ca.pem"]
    files = image.files(reference(prepared))

    found = plan(files, {"user": "7:8", "readonlyRootFilesystem": True})

    assert (found["user"], found["read_only"], found["shared"]) == ("7:8", True, [str(tmp_path / "ca.pem")])
    assert found["command"] == ["python", "-m", "api"]
    assert files.environment == {"HOME": "/", "A": "b"}
    assert files.directory == Path(found["root"])


@pytest.mark.parametrize("definition", [{}, {"readonlyRootFilesystem": False}])
def test_a_definition_that_says_nothing_gets_what_ecs_gives(
    built: tuple[ApiImage, PreparedImage], definition: dict[str, Any]
) -> None:
    """The image's user, and a root that can be written."""
    image, prepared = built

    found = plan(image.files(reference(prepared)), definition)

    assert (found["user"], found["read_only"], found["shared"]) == ("10001:10001", False, [])


def test_what_no_task_needs_is_forgotten(built: tuple[ApiImage, PreparedImage], checkout: Path, tmp_path: Path) -> None:
    """All of it when no task runs in any; a task of one that is gone must not run in something else."""
    image, prepared = built
    (tmp_path / "images" / "older").mkdir()

    image.forget_all_but([prepared.digest])
    assert [path.name for path in (tmp_path / "images").iterdir()] == [prepared.folder]
    assert isinstance(image.files(reference(prepared)), ImageFiles)

    former = image.checkout(checkout)
    image.forget_all_but([prepared.digest, former.digest])
    assert {path.name for path in (tmp_path / "images").iterdir()} == {prepared.folder, former.folder}

    image.forget_all_but([])
    assert not list((tmp_path / "images").iterdir())
    for gone in (prepared, former):
        with pytest.raises(ContainerError, match="is not here"):
            image.files(reference(gone))
