"""What an image is built from, and what its labels say."""

import re
from pathlib import Path

import pytest

from local.image.recipe import INPUTS, Recipe, api_recipe, official_base
from local.image.tool import ImageError
from render.configuration import ROOT
from tests.local.image.conftest import Git

BASE = "docker.io/library/python:3@sha256:abc"
DIGEST = "sha256:" + "0123456789abcdef" * 4


def revision_of(root: Path) -> str:
    """The revision that the image would carry."""
    return api_recipe(root, BASE).labels["REVISION"]


def test_the_arguments_are_the_base_and_the_labels(files: Path, commit: str) -> None:
    """And nothing else; the context is the checkout."""
    recipe = api_recipe(files, BASE)

    assert recipe.arguments == {"BASE": BASE, "REVISION": commit, "SOURCE": ""}
    assert (recipe.name, recipe.context) == ("priceguard-api", files)


def test_a_recipe_without_labels_has_the_base_only(tmp_path: Path) -> None:
    """Such as the peer's."""
    assert Recipe(name="peer", context=tmp_path, base=BASE).arguments == {"BASE": BASE}


@pytest.mark.parametrize("name", ["Dockerfile", ".dockerignore", "api/app.py", "requirements/api.txt"])
@pytest.mark.parametrize("staged", [False, True])
def test_a_changed_input_is_unreleased(files: Path, git: Git, commit: str, name: str, staged: bool) -> None:  # noqa: FBT001
    """Whether it is staged or not; back as it was, it is the commit again."""
    (files / name).write_text("changed\n")
    if staged:
        git("add", ".")
    assert revision_of(files) == "unreleased"

    git("checkout", "--quiet", "HEAD", "--", ".")
    assert revision_of(files) == commit


@pytest.mark.usefixtures("commit")
def test_an_input_that_was_added_is_unreleased(files: Path) -> None:
    """Git does not know it, and the image holds it."""
    (files / "api" / "new").mkdir()
    (files / "api" / "new" / "module.py").write_text("new\n")

    assert revision_of(files) == "unreleased"


def test_ignored_and_hidden_inputs_are_unreleased_but_not_byte_code(files: Path, git: Git, commit: str) -> None:
    """The builder gets what git ignores, whatever git was told to show; it gets no byte code."""
    (files / ".git" / "info" / "exclude").write_text("__pycache__\n*.secret\n")
    git("config", "status.showUntrackedFiles", "no")
    (files / "api" / "__pycache__").mkdir()
    (files / "api" / "__pycache__" / "app.cpython-311.pyc").write_text("byte code\n")
    assert revision_of(files) == commit

    (files / "api" / "left.secret").write_text("left\n")
    assert revision_of(files) == "unreleased"


@pytest.mark.usefixtures("commit")
def test_a_repository_that_git_cannot_read_is_unreleased(files: Path) -> None:
    """No answer is not a good one."""
    (files / ".git" / "index").write_text("broken\n")

    assert revision_of(files) == "unreleased"


@pytest.mark.usefixtures("commit")
def test_a_copy_inside_another_repository_is_unreleased(files: Path) -> None:
    """The commit of the one around it says nothing about it."""
    (files / ".git" / "info" / "exclude").write_text("copy\n")
    for name in ("Dockerfile", "api/app.py"):
        (files / "copy" / name).parent.mkdir(parents=True, exist_ok=True)
        (files / "copy" / name).write_text("copied\n")

    assert revision_of(files / "copy") == "unreleased"


@pytest.mark.usefixtures("commit")
def test_an_input_that_was_deleted_is_unreleased(files: Path) -> None:
    """Its commit would have it."""
    (files / "api" / "app.py").unlink()

    assert revision_of(files) == "unreleased"


def test_a_change_outside_the_inputs_keeps_the_commit(files: Path, commit: str) -> None:
    """The image is the same."""
    (files / "README").write_text("changed\n")
    (files / "requirements" / "dev.txt").write_text("changed\n")
    (files / "new.py").write_text("new\n")

    assert revision_of(files) == commit


def test_files_outside_of_git_are_unreleased(files: Path) -> None:
    """As from an archive; they have no source either."""
    assert api_recipe(files, BASE).labels == {"REVISION": "unreleased", "SOURCE": ""}


def test_a_repository_without_a_commit_is_unreleased(files: Path, git: Git) -> None:
    """There is nothing to name."""
    git("init", "--quiet")

    assert revision_of(files) == "unreleased"


@pytest.mark.usefixtures("commit", "tools")
def test_without_git_it_is_unreleased(files: Path) -> None:
    """Nobody can say what was committed."""
    assert api_recipe(files, BASE).labels == {"REVISION": "unreleased", "SOURCE": ""}


def test_the_inputs_are_what_the_dockerfile_copies() -> None:
    """Otherwise a change that reaches the image would not be noticed."""
    copied = re.findall(r"^COPY (?!--from)(\S+)", (ROOT / "Dockerfile").read_text(), re.MULTILINE)

    assert copied
    assert set(copied) | {"Dockerfile", ".dockerignore"} == set(INPUTS)
    assert all((ROOT / name).exists() for name in INPUTS)


@pytest.mark.parametrize(
    ("pinned", "reference"),
    [
        (f"python:3.13-slim@{DIGEST}", f"docker.io/library/python:3.13-slim@{DIGEST}"),
        (f"ghcr.io/x/y:1@{DIGEST}", f"ghcr.io/x/y:1@{DIGEST}"),
        (f"bitnami/python:3@{DIGEST}", f"bitnami/python:3@{DIGEST}"),
    ],
)
def test_the_base_is_what_the_dockerfile_pins(tmp_path: Path, pinned: str, reference: str) -> None:
    """With its registry and `library` where it names no owner: engines other than Docker do not guess them."""
    (tmp_path / "Dockerfile").write_text(f"# the base\nARG BASE={pinned}\n\nFROM ${{BASE}}\nARG OTHER=x\n")

    assert official_base(tmp_path) == reference


@pytest.mark.parametrize(("folder", "kind"), [(ROOT, "python"), (ROOT / "bench" / "express", "node")])
def test_our_own_dockerfiles_pin_an_official_base(folder: Path, kind: str) -> None:
    """By digest."""
    assert re.fullmatch(rf"docker\.io/library/{kind}:[\w.-]+@sha256:[0-9a-f]{{64}}", official_base(folder))


@pytest.mark.parametrize("text", ["FROM python:3\n", "# ARG BASE=python:3\n", "ARG BASE\nFROM $BASE\n", ""])
def test_a_dockerfile_without_a_base_is_named(tmp_path: Path, text: str) -> None:
    """With the line that it needs."""
    (tmp_path / "Dockerfile").write_text(text)

    with pytest.raises(ImageError, match=rf"{re.escape(str(tmp_path / 'Dockerfile'))}.*ARG BASE="):
        official_base(tmp_path)
