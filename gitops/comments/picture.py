"""What changes, as a picture in a comment. Mermaid's language can do more than draw, so it is let in by the line."""

import re
from collections.abc import Iterator

from gitops.comments.cut import Part, Section
from gitops.comments.text import fenced
from gitops.comments.told import Told

RANK = 8
FIRST = "flowchart TB"
TEXT = r'"[^"`\n]{0,1000}"'
LINE = re.compile(
    rf"""[ ]*(?:
        end
        | subgraph[ ][a-z]{{1,30}}\[{TEXT}\]
        | [a-z]{{1,30}}[ ](?:-->|-\.->|~~~)(?:\|{TEXT}\|)?[ ][a-z]{{1,30}}
        | [a-z]{{1,30}}(?:\[|\(\[|\[\(|\(\(|\{{){TEXT}(?:\]|\]\)|\)\]|\)\)|\}})
    )""",
    re.VERBOSE,
)
"""A frame, its end, an arrow, a box: all that `render.diagram` writes."""


def picture(found: Told) -> Iterator[Section]:
    """The picture; nothing when there is none, or it holds anything that we would not have drawn."""
    first, *lines = found.picture.splitlines() or [""]
    if first == FIRST and lines and all(LINE.fullmatch(line) for line in lines):
        part = Part(details=fenced([first, *lines], "mermaid"))
        opening = "<details><summary>What changes, as a picture</summary>"
        yield Section(opening=opening, parts=[part], closing="</details>", rank=RANK)
