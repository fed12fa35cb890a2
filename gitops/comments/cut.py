"""A comment that is never too long: what matters least is left out, whole parts at a time, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass

LIMIT = 65_000
"""Characters; GitHub takes 65,536, and 262,144 bytes, which so many characters never have."""
GAP = "\n\n"
ROOM_FOR_NOTE = 120


@dataclass(frozen=True, kw_only=True)
class Part:
    """What is kept or left out as a whole.

    Args:
        short: what it says at least; empty when it says nothing then.
        details: what stands below it where there is room.
    """

    short: str = ""
    details: str = ""

    def text(self, *, whole: bool) -> str:
        """What is shown."""
        return GAP.join(filter(None, (self.short, self.details if whole else "")))


@dataclass(frozen=True, kw_only=True)
class Section:
    """Parts that stand together.

    Args:
        opening: what stands before them, such as a heading.
        parts: in the order in which they are shown, and kept.
        closing: what stands behind them.
        rank: which section gets room first, the smallest.
        gap: what stands between two parts.
    """

    opening: str
    parts: Sequence[Part]
    closing: str = ""
    rank: int = 0
    gap: str = GAP


def fitted(head: str, sections: Sequence[Section], tail: str, limit: int = LIMIT) -> str:
    """One text of at most `limit` characters: head and tail always, of the sections what there is room for.

    First every part gets its short text, then those that still fit get their details.

    Raises:
        ValueError: not even head, tail and what opens and closes the sections fit.
    """
    shown = {id(section): _Shown(section) for section in sections}
    room = limit - len(GAP.join([head, tail])) - sum(one.least for one in shown.values())
    if room < 0:
        raise ValueError(f"{limit} characters are too few for a comment")
    ranked = [shown[id(section)] for section in sorted(sections, key=lambda section: section.rank)]
    for whole in (False, True):
        for one in ranked:
            room = one.grow(room, whole=whole)
    return GAP.join(filter(None, (head, *(shown[id(section)].text() for section in sections), tail)))


class _Shown:
    """What is shown of one section."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._texts = [""] * len(section.parts)
        self.least = len(GAP.join(["", section.opening, section.closing])) + ROOM_FOR_NOTE

    def grow(self, room: int, *, whole: bool) -> int:
        """Show of each part what fits, and return the room that is left."""
        for place, part in enumerate(self._section.parts):
            text = part.text(whole=whole)
            needed = len(text) - len(self._texts[place]) + (len(GAP) if text and not self._texts[place] else 0)
            if needed <= room:
                self._texts[place] = text
                room -= needed
        return room

    def text(self) -> str:
        """The section as it is shown."""
        section = self._section
        body = section.gap.join(filter(None, self._texts))
        return GAP.join(filter(None, (section.opening, body, self._note(), section.closing)))

    def _note(self) -> str:
        """How much is left out."""
        pairs = list(zip(self._section.parts, self._texts, strict=True))
        missing = sum(not text for _, text in pairs)
        cut = sum(bool(text) and text != part.text(whole=True) for part, text in pairs)
        said = [f"{missing} left out"] if missing else []
        said += [f"the details of {cut} left out"] if cut else []
        if not said:
            return ""
        return f"**{' and '.join(said)}**, because a comment has an end; the run has all of it."
