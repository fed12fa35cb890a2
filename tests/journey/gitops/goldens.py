"""What the robots write in the journey, in a form that is the same in every run: `golden/*.md`."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.github.repository import Repository
from tests.journey.gitops.scenario import ACTS
from tests.journey.gitops.stage import Stage

HERE = Path(__file__).parent / "golden"
ENGINE = "engine"
"""Folder of what reads otherwise when Pulumi's engine carries out the program."""
MARKER = re.compile(r"<!-- priceguard:(?P<kind>\w+)(?: stack=(?P<stack>\w+))? -->")
HEX = re.compile(r"(?<![0-9a-f])[0-9a-f]{7,64}(?![0-9a-f])")
IDENTIFIER = re.compile(r"\b(evt_|sg-|sgr-|vpc-|subnet-)[0-9a-zA-Z]{8,}\b")
TRACEBACK = re.compile(r"(Traceback \(most recent call last\):\n)(?:    .*\n)+")
BLOCK = re.compile(r"(?<=\nevents:\n)(?:  .*\n)+|(?<=\nstopped:\n)(?:  .*\n)+")
SHORTENED = 19
"""Digits of a commit or a digest at most, when it is not told as a whole."""
REPLACED = "replaced by priceguard-"
"""What becomes of a task that was just about to fail: which one, chance decides."""
USUAL = (
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"), "2026-01-02 03:04 UTC"),
    (re.compile(r"\b20\d\d-\d\d-\d\d\b"), "2026-01-02"),
    (re.compile(r"(?<![\w.])\d+(?:\.\d+)? s\b"), "1 s"),
    (re.compile(r"/actions/runs/\d+"), "/actions/runs/1"),
    (re.compile(r"(localhost|127\.0\.0\.1):\d+"), r"\1:1"),
    (re.compile(r"\btask [0-9a-f]{8}\b"), "task c0ffee"),
    (re.compile(r"(?<=\n  )[0-9a-f]{32}(?=: )"), "c0ffee"),
    (TRACEBACK, r"\1    …\n"),
)
"""What is another one in every run -> what stands for it."""


@dataclass
class Goldens:
    """Collects what is new at GitHub, act by act.

    Attributes:
        texts: name of the file -> text.
    """

    texts: dict[str, str] = field(default_factory=dict[str, str])
    _last: dict[str, str] = field(default_factory=dict[str, str])
    _names: dict[str, str] = field(default_factory=dict[str, str])

    def collect(self, stage: Stage, act: Callable[[Stage], None]) -> list[tuple[str, str]]:
        """Keep what the robots have written in an act: thread and text of each."""
        new = [(where, text) for where, text in written(stage) if self._last.get(where) != text]
        for where, text in new:
            self._last[where] = text
            name = f"{ACTS.index(act) + 1:02}-{act.__name__}-{_called(where, text)}"
            assert name not in self.texts, name
            self.texts[name] = self._same_in_every_run(text, stage.repository)
        return new

    def _same_in_every_run(self, text: str, repository: Repository) -> str:
        for pattern, usual in USUAL:
            text = pattern.sub(usual, text)
        text = BLOCK.sub(_once_each, text)
        return IDENTIFIER.sub(self._identifier, HEX.sub(lambda found: self._hex(found[0], repository), text))

    def _identifier(self, found: re.Match[str]) -> str:
        if not any(character.isdigit() for character in found[0]):
            return found[0]
        number = sum(name.startswith(found[1]) for name in self._names) + 1
        return self._names.setdefault(found[0], f"{found[1]}{number}")

    def _hex(self, found: str, repository: Repository) -> str:
        """Commits, digests and the like: each its own number, and a beginning that of the whole."""
        whole = next((name for name in self._names if name.startswith(found)), "")
        whole = whole or (found if len(found) > SHORTENED else repository.resolve(found) or "")
        if not whole:
            return found
        return self._names.setdefault(whole, f"c{len(self._names):06d}" * 10)[: len(found)]


def written(stage: Stage) -> Iterator[tuple[str, str]]:
    """Everything that a robot wrote, where it stands -> the text as it is now."""
    for number, thread in stage.store.threads.items():
        kind = "pull" if number in stage.store.pulls else "issue"
        if thread["user"]["type"] == "Bot":
            yield f"{kind} #{number}", f"# {thread['title']}\n\n{thread['body'].rstrip()}\n"
        for place, comment in enumerate(thread["comments"]):
            if comment["user"]["type"] == "Bot":
                yield f"comment {place} on {kind} #{number}", f"{comment['body'].rstrip()}\n"


def lasting(texts: Mapping[str, str], engine: str) -> dict[Path, str]:
    """File -> text that it has to have: of the engine only those that read otherwise have files of their own."""
    common = {HERE / f"{name}.md": text for name, text in texts.items()}
    if engine == "embedded":
        return common
    return {
        (HERE / ENGINE / file.name if not file.exists() or file.read_text() != text else file): text
        for file, text in common.items()
    }


def _once_each(block: re.Match[str]) -> str:
    """What ECS tells of tasks that start and end beside each other, in an order of its own."""
    return "".join(sorted({line for line in block[0].splitlines(keepends=True) if REPLACED not in line}))


def _called(where: str, text: str) -> str:
    found = MARKER.search(text)
    what = "-".join(filter(None, found.groups())) if found else "closed"
    return f"{where.split(maxsplit=1)[0]}-{what}"


def outdated(texts: Mapping[str, str], engine: str) -> list[str]:
    """Goldens that lack, are too many, or say something else; `python -m tests.journey.gitops.golden` mends that."""
    wanted = lasting(texts, engine)
    there = HERE if engine == "embedded" else HERE / ENGINE
    files = {*there.glob("*.md"), *wanted}
    return sorted(file.name for file in files if not file.exists() or file.read_text() != wanted.get(file))
