"""The figures of the images: how they are shown, and what must hold."""

import io
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from rich.console import Console

from bench.images import HEALTH_CHECK_BAR, OURS, PEER, START_BAR, Measured, main, missed_bars, recipes, table
from bench.running import Figures
from bench.subject import Subject
from local.image.recipe import official_base
from local.image.root_filesystem import RootFilesystem
from render.configuration import ROOT
from tests.local.image.fake_engine import FakeEngine

FILES = RootFilesystem(path=Path("/"), environment={}, command=(), directory="/", user="1:1")
SUBJECT = Subject(
    name=OURS,
    digest="sha256:a",
    compressed=50_000_000,
    own_compressed=9_440_000,
    unpacked=150_000_000,
    files=FILES,
    health_check=(),
)
FIGURES = Figures(first_start=0.61, start=0.5, memory=60_000_000, health_check=0.04, stop=0.125)
GOOD = Measured(SUBJECT, FIGURES)
PEERS = Measured(
    replace(SUBJECT, name=PEER, compressed=70_000_000, unpacked=200_000_000), replace(FIGURES, start=0.345, memory=1)
)


def shown(ours: Measured, peer: Measured | None) -> list[str]:
    """The lines of the table."""
    output = io.StringIO()
    Console(file=output, width=120).print(table(ours, peer))
    return [" ".join(line.split()) for line in output.getvalue().splitlines()]


def test_nothing_is_missed_when_all_bars_hold() -> None:
    """With the peer and without it."""
    assert missed_bars(GOOD, PEERS) == []
    assert missed_bars(GOOD, None) == []


@pytest.mark.parametrize("peer", [PEERS, None])
def test_a_slow_start_is_missed(peer: Measured | None) -> None:
    """The bar itself is too slow already; how long an empty database takes does not count."""
    slow = Measured(SUBJECT, replace(FIGURES, start=START_BAR))

    assert missed_bars(slow, peer) == ["starts in 0.60 s, 0.6 s allowed"]
    assert missed_bars(Measured(SUBJECT, replace(FIGURES, first_start=9)), peer) == []


@pytest.mark.parametrize("peer", [PEERS, None])
def test_a_slow_health_check_is_missed(peer: Measured | None) -> None:
    """The bar itself is too slow already."""
    slow = Measured(SUBJECT, replace(FIGURES, health_check=HEALTH_CHECK_BAR))

    assert missed_bars(slow, peer) == ["the health check takes 0.060 s, 0.06 s allowed"]


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        (replace(SUBJECT, compressed=70_000_001), "it is larger than the peer, compressed"),
        (replace(SUBJECT, unpacked=200_000_001), "it is larger than the peer, unpacked"),
    ],
)
def test_an_image_larger_than_the_peers_is_missed(subject: Subject, said: str) -> None:
    """Each of both sizes; without a peer there is nothing to compare with."""
    assert missed_bars(Measured(subject, FIGURES), PEERS) == [said]
    assert missed_bars(Measured(subject, FIGURES), None) == []


def test_everything_that_is_missed_is_said() -> None:
    """And nothing of it is about the peer's own figures."""
    bad = Measured(
        replace(SUBJECT, compressed=10**9, unpacked=10**9), replace(FIGURES, start=START_BAR, health_check=1)
    )

    assert len(missed_bars(bad, PEERS)) == 4
    assert missed_bars(GOOD, Measured(PEERS.subject, replace(FIGURES, start=9, health_check=9))) == []


def test_the_table_shows_both_side_by_side() -> None:
    """In units for people."""
    lines = shown(GOOD, PEERS)

    assert lines[0] == "Quart Express"
    assert "size, compressed 50.0 MB 70.0 MB" in lines
    assert "of it above the base 9.4 MB 9.4 MB" in lines
    assert "size, unpacked 150.0 MB 200.0 MB" in lines
    assert "memory after start 60.0 MB 0.0 MB" in lines
    assert "health check command 40 ms 40 ms" in lines
    assert "on an empty database 0.61 s 0.61 s" in lines
    assert len(lines) == 9


def test_the_table_without_a_peer_has_one_column() -> None:
    """The same lines."""
    lines = shown(GOOD, None)

    assert lines[0] == "Quart"
    assert "size, compressed 50.0 MB" in lines
    assert len(lines) == 9


@pytest.mark.parametrize(("with_peer", "names"), [(True, [OURS, PEER]), (False, [OURS])])
def test_each_image_is_built_on_its_own_base(with_peer: bool, names: list[str]) -> None:  # noqa: FBT001
    """Ours first; only ours has labels."""
    bases = [official_base(ROOT), official_base(ROOT / "bench" / "express")]
    console = Console(file=io.StringIO())

    found = recipes(FakeEngine(has=bases), console, with_peer=with_peer)

    assert [name for name, _ in found] == names
    assert [recipe.base for _, recipe in found] == bases[: len(names)]
    assert [sorted(recipe.labels) for _, recipe in found] == [["REVISION", "SOURCE"], []][: len(names)]


def test_what_is_missing_ends_it_with_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is built, and without a traceback."""
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(typer.Exit) as ended:
        main(engine="auto", peer=False)

    assert ended.value.exit_code == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("✗ missing: docker-registry; ") or "on Linux only" in said.err
