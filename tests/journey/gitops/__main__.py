"""The journey, told while it happens: `make journey`. Nothing of it stays, and nothing leaves this machine."""

import argparse
import re
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.text import Text

from local.postgres_place import PostgresError, find_binaries
from tests.journey.gitops.goldens import MARKER, Goldens, outdated
from tests.journey.gitops.scenario import ACTS
from tests.journey.gitops.stage import stage

STYLES = {"✓": "green", "✗": "red", "→": "yellow"}
SHOWN_OTHERWISE = re.compile(r"✓ comment|(?<=✓ )((?:rendered )?preview of \w+, \d+ s).*")
"""A job whose work is shown itself: nothing of it is told, or only that it was."""
HIDDEN = re.compile(r"<!--.*?-->|^#+ .*$|^> ?(?:\[!\w+\])?", re.MULTILINE)
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")
DEEP = " " * 6
DETAIL = ("-", "With the program")
"""How a second line begins that says nothing new."""


@dataclass
class Narrator:
    """Tells on a terminal what happens, a line each."""

    console: Console = field(default_factory=lambda: Console(highlight=False))

    def act(self, number: int, words: str) -> None:
        """What comes."""
        self.console.print()
        self._line(Text.assemble((f"{number:>2}  ", "cyan"), (words.strip(), "bold")))

    def tell(self, kind: str, words: str) -> None:
        """What a person does, or what came of a job."""
        words = SHOWN_OTHERWISE.sub(r"\1", words).removesuffix(": ") if kind == "job" else f"→ {words}"
        if not words.startswith(tuple(STYLES)):
            return
        text = Text.assemble((words[0], STYLES[words[0]]), words[1:])
        room = self.console.width - len(DEEP)
        first, *others = text.wrap(self.console, room) if words.startswith("✗") else [text]
        self._line(Text.assemble("    ", first))
        for other in others:
            self._line(Text.assemble(DEEP, other))

    def show(self, where: str, text: str) -> None:
        """What a robot wrote: where, and how it begins."""
        kind, _, number = where.partition(" ")
        marked = MARKER.search(text)
        what = " of ".join(filter(None, marked.groups())) if marked else "closed"
        if kind == "comment":
            lines = [LINK.sub(r"\1", line).replace("**", "") for line in HIDDEN.sub("", text).splitlines()]
            told = [line.strip() for line in lines if line.strip()][:2]
            head, told = f"{number.rpartition(' ')[2]}, {what}: ", told[: 1 if told[-1].startswith(DETAIL) else 2]
        else:
            head, told = f"{number}, {kind}: ", [text.partition("\n")[0].removeprefix("# ")]
        for place, line in enumerate(told):
            self._line(Text.assemble(f"{DEEP}│ ", (head if place == 0 else " " * len(head), "dim"), line))

    def end(self, words: str) -> None:
        """What it was."""
        self.console.print(f"\n{words}")

    def _line(self, text: Text) -> None:
        """One line of the terminal."""
        self.console.print(text, no_wrap=True, overflow="ellipsis")


def main(arguments: list[str] | None = None) -> int:
    """Tell the journey; 1 where it cannot begin, or robots write something else than the goldens."""
    parser = argparse.ArgumentParser(prog="python -m tests.journey.gitops", description=__doc__)
    parser.add_argument("--engine", choices=("embedded", "pulumi"), default="embedded")
    engine = parser.parse_args(arguments).engine
    try:
        find_binaries()
    except PostgresError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    began, narrator, goldens = time.monotonic(), Narrator(), Goldens()
    with (
        tempfile.TemporaryDirectory(prefix="journey-") as folder,
        stage(Path(folder), engine=engine, tale=narrator.tell) as here,
    ):
        for number, act in enumerate(ACTS, 1):
            narrator.act(number, act.__doc__ or "")
            act(here)
            for where, text in goldens.collect(here, act):
                narrator.show(where, text)
        jobs, pulls = len(here.done), len(here.store.pulls)
        issues = len(here.store.threads) - pulls
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    took = f"{minutes} min {seconds} s by {'Pulumi' if engine == 'pulumi' else 'the embedded runner'}"
    narrator.end(f"{jobs} jobs, {pulls} pull requests, {issues} issues, {took}. Nothing is left of it.")
    astray = outdated(goldens.texts, engine) if engine == "embedded" else []
    if astray:
        names = ", ".join(astray)
        narrator.end(f"✗ the robots wrote something else than {names}: `python -m tests.journey.gitops.golden`")
    return 1 if astray else 0


if __name__ == "__main__":
    sys.exit(main())
