"""Writes what the previews read like now."""

from gitops.previews.report import report
from tests.gitops.golden_preview.samples import HERE, PREVIEWS

for name, preview in PREVIEWS.items():
    (HERE / f"{name}.txt").write_text(report(preview, timing=name == "nothing_changes"))
