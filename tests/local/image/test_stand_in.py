"""The official base where it can be had, one in its place where not."""

from pathlib import Path

import pytest

from local.image.stand_in import SUITE, choose_base
from local.image.tool import ImageError
from tests.local.image.fake_engine import FakeEngine
from tests.local.image.fake_tools import Tools

PINNED = {"python": "python:3.13-slim@sha256:abc", "node": "node:20-slim@sha256:def"}
kinds = pytest.mark.parametrize("kind", PINNED)


@pytest.fixture
def official(kind: str, tmp_path: Path) -> str:
    """The base that the Dockerfile pins."""
    (tmp_path / "Dockerfile").write_text(f"ARG BASE={PINNED[kind]}\nFROM ${{BASE}}\n")
    return f"docker.io/library/{PINNED[kind]}"


def stand_in(kind: str) -> str:
    """The reference of what stands in."""
    return f"localhost/priceguard-base-{kind}:{SUITE}"


@kinds
def test_the_official_base_that_is_there_is_taken(kind: str, official: str, tmp_path: Path) -> None:
    """Without asking a registry, even where there is one in its place."""
    engine = FakeEngine(has=[official, stand_in(kind)])

    assert choose_base(engine, tmp_path) == (official, PINNED[kind].partition("@")[0])
    assert engine.calls == []


@kinds
def test_the_official_base_that_can_be_pulled_is_pulled(kind: str, official: str, tmp_path: Path) -> None:
    """Even where there is one in its place."""
    engine = FakeEngine(has=[stand_in(kind)], can_pull=[official])

    assert choose_base(engine, tmp_path) == (official, PINNED[kind].partition("@")[0])
    assert engine.has(official)


@kinds
def test_one_in_its_place_is_named_as_such(kind: str, official: str, tmp_path: Path) -> None:
    """Nobody takes it for the official one, and what was made before is not made again."""
    engine = FakeEngine(has=[stand_in(kind)])

    reference, words = choose_base(engine, tmp_path)

    assert reference == stand_in(kind)
    assert words == f"Debian {SUITE} instead of {PINNED[kind].partition('@')[0]}, which cannot be pulled"
    assert engine.calls == [("pull", official)]


@kinds
@pytest.mark.usefixtures("official")
def test_one_in_its_place_is_made_and_loaded(kind: str, tools: Tools, tmp_path: Path) -> None:
    """From Debian's own packages."""
    tools.put("npm", "echo /usr/lib/node_modules")
    tools.put("mmdebstrap", "exit 0")
    engine = FakeEngine()

    assert choose_base(engine, tmp_path)[0] == stand_in(kind)

    assert engine.calls[-1] == ("load", stand_in(kind))
    ((*options, suite, archive),) = tools.calls("mmdebstrap")
    assert suite == SUITE
    assert archive.endswith(".tar")
    (included,) = [option for option in options if option.startswith("--include=")]
    assert {"python": "python3", "node": "nodejs"}[kind] in included


@kinds
@pytest.mark.usefixtures("official", "tools")
def test_neither_can_be_had(kind: str, tmp_path: Path) -> None:
    """It says which tool is missing."""
    engine = FakeEngine()

    with pytest.raises(ImageError, match=f"missing: {'npm' if kind == 'node' else 'mmdebstrap'}; `apt-get install"):
        choose_base(engine, tmp_path)
