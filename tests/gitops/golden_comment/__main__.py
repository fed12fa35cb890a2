"""Writes what the comments read like now."""

from tests.gitops.golden_comment.comments import COMMENTS, HERE

for name, text in COMMENTS.items():
    (HERE / f"{name}.md").write_text(text)
