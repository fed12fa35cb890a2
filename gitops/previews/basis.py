"""What a preview rests on: which commit's program it runs, and whether the cloud was asked at all."""

from collections.abc import Iterator
from typing import Literal

from gitops.promotion.stack_file import NO_REVISION, pair

PROMOTED = "prod"
"""The stack whose file names the commit of its program."""
Program = Literal["", "promotion", "revision"]
RENDERED = (
    "Rendered: it shows what the program declares, compared with the commit that this is based on, and not what the "
    "cloud has. Nobody asked the cloud, so what was changed there, and what a provider adds or refuses, is not in it"
)
PROGRAMS = {
    "promotion": "With the program of this very commit: what its promotion to prod would do. A merge alone does not",
    "revision": "With the program that `priceguard:revision` names, as the promotion runs it",
}


def revision_of(stack: str, before: str | None, after: str) -> str | None:
    """The commit whose program a preview of a change runs; None for the change's own.

    prod runs the program of the commit that its file names. So a change of that file is previewed with that program,
    and any other change with its own: prod gets that by a promotion.

    Args:
        stack: the environment.
        before: text of the stack's file that the change is based on; None when there is none, or nobody knows.
        after: the same with the change.

    Raises:
        StackFileError: a changed file of prod names no commit.
    """
    if stack != PROMOTED or before is None or before == after:
        return None
    revision = pair(after).revision
    return None if revision == NO_REVISION else revision


def program_of(stack: str, revision: str | None) -> Program:
    """The word for that decision."""
    if stack != PROMOTED:
        return ""
    return "revision" if revision else "promotion"


def basis(program: str, *, rendered: bool) -> Iterator[str]:
    """What a reader has to know of it, a sentence each; nothing of dev's own preview."""
    if rendered:
        yield RENDERED
    if program in PROGRAMS:
        yield PROGRAMS[program]
