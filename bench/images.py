"""`make image`: build the API's image, prove it, and print its figures beside those of the same API in Express.

Exit codes: 0 everything holds; 1 a step failed or a bar was missed; 2 the command line is wrong.
"""

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from bench.running import Figures, Running
from bench.subject import Subject, make
from local.image.engine import Engine, choose_engine
from local.image.recipe import Recipe, api_recipe
from local.image.registry import registry
from local.image.root_filesystem import can_enter, remove
from local.image.stand_in import choose_base
from local.image.tool import ImageError, require
from local.postgres import PostgresError, PostgresServer
from render.configuration import ROOT

START_BAR, HEALTH_CHECK_BAR = 0.6, 0.06  # seconds
OURS, PEER = "Quart", "Express"
PEER_PLACE = ROOT / "bench" / "express"


@dataclass(frozen=True, slots=True)
class Measured:
    """An image and its figures."""

    subject: Subject
    figures: Figures


def main(
    engine: Annotated[
        Literal["auto", "docker", "buildah"], typer.Option(help="auto: Docker where its daemon answers.")
    ] = "auto",
    peer: Annotated[bool, typer.Option(help="Also build and measure the Express peer.")] = True,  # noqa: FBT002
) -> None:
    """Build the API's image, prove it, and compare it."""
    console = Console(highlight=False, soft_wrap=True)
    try:
        can_enter()
        require("docker-registry")
        chosen = choose_engine(engine)
        console.print(f"built by {chosen.name}")
        ours, other = measure_all(chosen, console, with_peer=peer)
    except (ImageError, PostgresError) as error:
        Console(stderr=True, soft_wrap=True).print(f"[red]✗[/] {error}", highlight=False)
        raise typer.Exit(1) from None
    console.print(table(ours, other))
    missed = missed_bars(ours, other)
    for bar in missed:
        console.print(f"[red]✗[/] {bar}")
    raise typer.Exit(1 if missed else 0)


def measure_all(engine: Engine, console: Console, *, with_peer: bool) -> tuple[Measured, Measured | None]:
    """Both images, one after the other, beside one PostgreSQL and one registry that are gone afterwards."""
    place = Path(tempfile.mkdtemp(prefix="priceguard-image-"))
    place.chmod(0o711)  # PostgreSQL runs as another user when we are root
    try:
        with registry(place) as images, PostgresServer(place / "postgres", durable=False) as server:
            both: list[Measured] = []
            for name, recipe in recipes(engine, console, with_peer=with_peer):
                subject = make(name, recipe, engine, images, place, lap(console))
                figures = Running(subject, server, place / f"{recipe.name}.log").measure(lap(console))
                both.append(Measured(subject, figures))
    finally:
        remove(place)
    return both[0], both[1] if with_peer else None


def recipes(engine: Engine, console: Console, *, with_peer: bool) -> list[tuple[str, Recipe]]:
    """What is built, each on the official base or on one in its place."""

    def base(context: Path) -> str:
        reference, words = choose_base(engine, context)
        console.print(f"base: {words}")
        return reference

    ours = api_recipe(ROOT, base(ROOT))
    if not with_peer:
        return [(OURS, ours)]
    peer = Recipe(name="priceguard-peer", context=PEER_PLACE, base=base(PEER_PLACE))
    return [(OURS, ours), (PEER, peer)]


def lap(console: Console) -> Callable[[str], None]:
    """Says what is done, with the seconds since the last word."""
    last = time.monotonic()

    def said(text: str) -> None:
        nonlocal last
        now = time.monotonic()
        console.print(f"  [green]✓[/] {text:<110} {now - last:6.1f} s")
        last = now

    return said


def table(ours: Measured, peer: Measured | None) -> Table:
    """The figures, side by side."""
    measured = [ours, peer] if peer else [ours]
    shown = Table("", *(one.subject.name for one in measured), box=None, pad_edge=False)
    rows: dict[str, Callable[[Measured], str]] = {
        "size, compressed": lambda one: megabytes(one.subject.compressed),
        "  of it above the base": lambda one: megabytes(one.subject.own_compressed),
        "size, unpacked": lambda one: megabytes(one.subject.unpacked),
        "start to first healthy answer": lambda one: f"{one.figures.start:.2f} s",
        "  on an empty database": lambda one: f"{one.figures.first_start:.2f} s",
        "memory after start": lambda one: megabytes(one.figures.memory),
        "health check command": lambda one: f"{one.figures.health_check * 1000:.0f} ms",
        "SIGTERM to end": lambda one: f"{one.figures.stop:.2f} s",
    }
    for name, value in rows.items():
        shown.add_row(name, *(value(one) for one in measured))
    for column in shown.columns[1:]:
        column.justify = "right"
    return shown


def megabytes(count: int) -> str:
    """Bytes for people, 1 MB = 1 000 000."""
    return f"{count / 1e6:.1f} MB"


def missed_bars(ours: Measured, peer: Measured | None) -> list[str]:
    """What the image promises and does not keep."""
    figures = ours.figures
    missed = {
        f"starts in {figures.start:.2f} s, {START_BAR:g} s allowed": figures.start >= START_BAR,
        f"the health check takes {figures.health_check:.3f} s, {HEALTH_CHECK_BAR:g} s allowed": (
            figures.health_check >= HEALTH_CHECK_BAR
        ),
    }
    if peer:
        missed["it is larger than the peer, compressed"] = ours.subject.compressed >= peer.subject.compressed
        missed["it is larger than the peer, unpacked"] = ours.subject.unpacked >= peer.subject.unpacked
    return [bar for bar, is_missed in missed.items() if is_missed]


if __name__ == "__main__":
    typer.run(main)
