"""Which program a preview runs, and what it says of that."""

from pathlib import Path

import pytest

from gitops.previews.basis import PROGRAMS, RENDERED, basis, program_of, revision_of
from gitops.promotion.stack_file import StackFileError
from render.configuration import ROOT

REVISION = "3f2c1ab5" * 5
FILE = Path(ROOT / "Pulumi.prod.yaml").read_text()
PROMOTED = FILE.replace(f'"{"0" * 40}"', f'"{REVISION}"')


@pytest.mark.parametrize(
    ("stack", "before", "after", "revision", "program"),
    [
        ("prod", FILE, PROMOTED, REVISION, "revision"),  # a promotion
        ("prod", PROMOTED, PROMOTED + "  # a comment\n", REVISION, "revision"),  # any change of the file
        ("prod", PROMOTED, PROMOTED, None, "promotion"),  # a change of something else
        ("prod", PROMOTED, FILE, None, "promotion"),  # nothing was promoted yet
        ("prod", None, PROMOTED, None, "promotion"),  # nobody knows what changed
        ("dev", FILE, PROMOTED, None, ""),  # dev runs what is merged
    ],
)
def test_which_program_is_previewed(
    stack: str, before: str | None, after: str, revision: str | None, program: str
) -> None:
    """In prod that of the commit that its file names runs; any other change reaches it by a promotion."""
    assert revision_of(stack, before, after) == revision
    assert program_of(stack, revision) == program


def test_a_file_of_prod_that_is_none_is_said() -> None:
    """When it changed."""
    with pytest.raises(StackFileError):
        revision_of("prod", FILE, "config: 1")


def test_what_a_preview_rests_on_is_said() -> None:
    """Of dev's own nothing; a stranger's word is none of ours."""
    assert list(basis("", rendered=False)) == []
    assert list(basis("promotion", rendered=True)) == [RENDERED, PROGRAMS["promotion"]]
    assert list(basis("@octocat", rendered=False)) == []
