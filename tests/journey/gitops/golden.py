"""Writes the goldens anew, with every engine that is here: `python -m tests.journey.gitops.golden`."""

import tempfile
from pathlib import Path

from gitops.engine import available
from tests.journey.gitops.goldens import ENGINE, HERE, Goldens, lasting
from tests.journey.gitops.scenario import ACTS, ON_THE_ENGINE
from tests.journey.gitops.stage import stage


def travel(folder: Path, engine: str) -> Goldens:
    """The journey, to its end."""
    goldens = Goldens()
    with stage(folder, engine=engine) as here:
        for act in ACTS if engine == "embedded" else ON_THE_ENGINE:
            act(here)
            goldens.collect(here, act)
    return goldens


def write() -> None:
    """Those of the embedded runner, then what differs with the engine."""
    for engine in ("embedded", "pulumi") if available() else ("embedded",):
        with tempfile.TemporaryDirectory(prefix="journey-") as place:
            goldens = travel(Path(place), engine)
        folder = HERE if engine == "embedded" else HERE / ENGINE
        folder.mkdir(exist_ok=True)
        for file in folder.glob("*.md"):
            file.unlink()
        for file, text in lasting(goldens.texts, engine).items():
            file.write_text(text)


if __name__ == "__main__":
    write()
