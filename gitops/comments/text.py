"""Text of strangers in a comment: nothing of it is taken for Markdown, HTML or the name of a person.

All of it stands in code, where GitHub renders neither and notifies nobody; a run of backticks inside never ends it.
"""

import re
from collections.abc import Iterable

from gitops.previews.values import clipped, plain

LONGEST = 200
"""Characters of a name or a message in a line."""
BACKTICKS = re.compile("`+")


def code(text: str, longest: int = LONGEST) -> str:
    """In a line: without control and bidirectional characters, the end left out where it is long."""
    shown = clipped(plain(text), longest).strip() or "(empty)"
    ticks = "`" * (_longest_run(shown) + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def fenced(lines: Iterable[str], language: str = "text") -> str:
    """As a block of its own."""
    body = "\n".join(map(plain, lines))
    ticks = "`" * max(_longest_run(body) + 1, 3)
    return f"{ticks}{language}\n{body}\n{ticks}"


def _longest_run(text: str) -> int:
    return max(map(len, BACKTICKS.findall(text)), default=0)
