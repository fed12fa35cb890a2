"""The pictures in the documents are those of the program."""

from pathlib import Path

from render.docs_command import DOCUMENT, block, main, redrawn


def test_the_architecture_shows_both_environments_as_they_are() -> None:
    """`make docs` draws them anew."""
    document = DOCUMENT.read_text()

    assert document == redrawn(document), "docs/architecture.md is old: run `make docs`"
    assert document.count("```mermaid\nflowchart TB") == 2


def test_only_what_is_between_the_comments_is_written(tmp_path: Path) -> None:
    """All else stays as people wrote it."""
    document = tmp_path / "document.md"
    document.write_text("Before.\n<!-- diagram of dev, by hand -->\n```mermaid\nold\n```\n<!-- end -->\nAfter.\n")

    main(document)

    drawn = f"Before.\n<!-- diagram of dev, by hand -->\n{block('dev')}<!-- end -->\nAfter.\n"
    assert document.read_text() == drawn
