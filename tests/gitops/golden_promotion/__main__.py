"""Writes what the pull requests read like now."""

from tests.gitops.golden_promotion.bodies import BODIES, HERE

for name, text in BODIES.items():
    (HERE / f"{name}.md").write_text(text)
