"""How the images that are compared are made."""

import re
from pathlib import Path

import pytest

from bench.subject import health_check, make
from local.image.recipe import Recipe
from local.image.registry import Registry
from local.image.tool import ImageError
from render.configuration import ROOT
from tests.local.image.fake_engine import FakeEngine


@pytest.mark.parametrize(
    "line",
    [
        'HEALTHCHECK CMD ["python", "-m", "x"]',
        'HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-m", "x"]',
        'HEALTHCHECK --interval=30s \\\n  --timeout=5s \\\n  CMD ["python", \\\n "-m", "x"]',
    ],
)
def test_the_health_check_is_read_from_the_dockerfile(tmp_path: Path, line: str) -> None:
    """Also across lines; other commands are not taken for it."""
    (tmp_path / "Dockerfile").write_text(f'FROM x\nRUN ["y"]\n# HEALTHCHECK CMD ["no"]\n{line}\nCMD ["z"]\n')

    assert health_check(tmp_path) == ("python", "-m", "x")


def test_our_own_dockerfiles_have_one() -> None:
    """Those of the API and of its peer; in both it is something that is there."""
    ours, peer = health_check(ROOT), health_check(ROOT / "bench" / "express")

    assert ours == ("python", "-S", "-m", "api.healthcheck")
    assert (ROOT / "api" / "healthcheck.py").exists()
    assert peer == ("node", "src/healthcheck.js")
    assert (ROOT / "bench" / "express" / peer[1]).exists()


@pytest.mark.parametrize("line", ["", "HEALTHCHECK NONE", "HEALTHCHECK CMD python -m x", 'CMD ["python"]'])
def test_a_dockerfile_without_one_is_named(tmp_path: Path, line: str) -> None:
    """One that needs a shell is none: the image may have no shell."""
    (tmp_path / "Dockerfile").write_text(f"FROM x\n{line}\n")

    with pytest.raises(ImageError, match=rf"^{re.escape(str(tmp_path / 'Dockerfile'))}: there is no HEALTHCHECK"):
        health_check(tmp_path)


def test_a_second_build_must_be_the_same_image(tmp_path: Path) -> None:
    """Otherwise both are named, and nothing is pushed."""
    engine = FakeEngine(ids=["sha256:first", "sha256:second"])
    recipe = Recipe(name="api", context=tmp_path, base="base")
    said: list[str] = []

    with pytest.raises(ImageError, match=r"Quart: .* another image: sha256:second instead of sha256:first"):
        make("Quart", recipe, engine, Registry(address="127.0.0.1:1"), tmp_path, said.append)

    assert engine.calls == [("build", "api", "cached"), ("build", "api", "fresh")]
    assert said == ["Quart: built"]
