"""The image, built once, and its files beside those of its base."""

from pathlib import Path

import pytest

from local.image.engine import Engine, choose_engine
from local.image.recipe import Recipe, api_recipe
from local.image.root_filesystem import RootFilesystem, can_enter
from local.image.stand_in import choose_base
from local.image.tool import ImageError
from render.configuration import ROOT


@pytest.fixture(scope="session")
def engine() -> Engine:
    """What builds images here; skips, with the reason, where nothing does."""
    try:
        can_enter()
        return choose_engine()
    except ImageError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def recipe(engine: Engine) -> Recipe:
    """How the image is built from this checkout."""
    return api_recipe(ROOT, choose_base(engine, ROOT)[0])


@pytest.fixture(scope="session")
def image(engine: Engine, recipe: Recipe) -> str:
    """The image's id."""
    return engine.build(recipe)


@pytest.fixture(scope="session")
def files(engine: Engine, image: str, tmp_path_factory: pytest.TempPathFactory) -> RootFilesystem:
    """The image, unpacked."""
    return RootFilesystem.unpack(engine, image, tmp_path_factory.mktemp("image") / "api")


@pytest.fixture(scope="session")
def base_files(engine: Engine, recipe: Recipe, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The base's files."""
    place = tmp_path_factory.mktemp("base")
    engine.unpack(recipe.base, place)
    return place
