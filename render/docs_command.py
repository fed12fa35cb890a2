"""`python -m render.docs_command`: the diagrams of docs/architecture.md, drawn anew; `make docs` runs it."""

import re
import sys
from pathlib import Path

from render.configuration import ROOT
from render.diagram import diagram
from render.program import run

DOCUMENT = ROOT / "docs" / "architecture.md"
DRAWN = re.compile(r"(?<=<!-- diagram of )(?P<stack>\w+)(?P<begin>[^>]*-->\n).*?(?=<!-- end -->)", re.DOTALL)
"""What stands between the two comments is written by this program, everything else by people."""


def redrawn(document: str) -> str:
    """The document with a current diagram of each stack that it has one of."""
    return DRAWN.sub(lambda part: f"{part['stack']}{part['begin']}{block(part['stack'])}", document)


def block(stack: str) -> str:
    """The diagram as Markdown shows it."""
    return f"```mermaid\n{diagram(run(stack))}```\n"


def main(document: Path = DOCUMENT) -> int:
    """Write the document."""
    document.write_text(redrawn(document.read_text()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
