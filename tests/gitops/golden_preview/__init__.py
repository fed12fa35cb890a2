"""Previews, and the text that a person reads of each: `*.txt`, written by `python -m tests.gitops.golden_preview`."""
