"""How the image is built: its configuration, its arguments, twice the same."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from local.image.buildah import Buildah
from local.image.engine import Engine
from local.image.recipe import INPUTS, Recipe
from local.image.root_filesystem import RootFilesystem
from local.image.tool import ImageError, run
from render import program
from render.configuration import ROOT
from render.manifest import Manifest
from tests.infra.test_service import container

SECRET = "sk_test_neverInAnImage0123456789"


def contents(files: RootFilesystem) -> bytes:
    """Everything that was added to the base, as one text."""
    return b"".join(path.read_bytes() for path in (files.path / "app").rglob("*") if path.is_file())


def containers(engine: Engine) -> str:
    """The working containers; a build leaves none behind."""
    return run(["buildah", "containers", "--quiet"]) if isinstance(engine, Buildah) else ""


def test_the_configuration_is_what_the_task_definition_says(engine: Engine, image: str, recipe: Recipe) -> None:
    """Command, user, port; labels that say where it comes from."""
    manifest: Manifest = program.run("dev")
    api, found = container(manifest), engine.inspect(image)

    assert found["Cmd"] == api["command"]
    assert found["User"] == api["user"]
    assert found["ExposedPorts"].keys() == {f"{api['portMappings'][0]['containerPort']}/tcp"}
    assert (found["StopSignal"], found["WorkingDir"]) == ("SIGTERM", "/app")
    assert found["Labels"]["org.opencontainers.image.revision"] == recipe.labels["REVISION"]
    assert found["Labels"]["org.opencontainers.image.source"] == recipe.labels["SOURCE"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("REVISION", SECRET),
        ("REVISION", "a" * 39),
        ("REVISION", f"{'a' * 40} {SECRET}"),
        ("SOURCE", f"https://user:{SECRET}@example.com/priceguard/platform"),
        ("SOURCE", f"https://example.com/priceguard?token={SECRET}"),
        ("SOURCE", f"https://example.com/{SECRET}"),
        ("SOURCE", SECRET),
    ],
)
def test_a_declared_argument_takes_no_secret(engine: Engine, recipe: Recipe, name: str, value: str) -> None:
    """The build fails and says what belongs there."""
    before = containers(engine)

    with pytest.raises(ImageError, match=f"{name}: "):
        engine.build(replace(recipe, name="priceguard-refused", labels={**recipe.labels, name: value}))

    assert containers(engine) == before


def test_another_argument_reaches_nothing(
    engine: Engine, recipe: Recipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not a file, not a variable, not the history; neither does the environment of whoever builds."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", SECRET)
    other = replace(recipe, name="priceguard-argument", labels={**recipe.labels, "STRIPE_SECRET_KEY": SECRET})

    image = engine.build(other, fresh=True)

    assert SECRET not in json.dumps(engine.inspect(image))
    assert SECRET.encode() not in contents(RootFilesystem.unpack(engine, image, tmp_path / "image"))
    assert image == engine.build(recipe)


def test_another_checkout_of_the_same_files_gives_the_same_image(
    engine: Engine, recipe: Recipe, image: str, tmp_path: Path
) -> None:
    """Other dates, other modes, another place, files beside it that are none of the image's business."""
    for name in INPUTS:
        source, target = ROOT / name, tmp_path / "elsewhere" / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copyfile)(source, target)
    for path in sorted(tmp_path.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (tmp_path / "elsewhere/.env").write_text(SECRET)
    (tmp_path / "elsewhere/api/__pycache__/left.cpython-311.pyc").write_text("another Python's")

    again = engine.build(replace(recipe, context=tmp_path / "elsewhere"), fresh=True)

    assert again == image
