"""Writes what the issues read like now."""

from tests.gitops.golden_drift.issues import HERE, ISSUES

for name, text in ISSUES.items():
    (HERE / f"{name}.md").write_text(text)
