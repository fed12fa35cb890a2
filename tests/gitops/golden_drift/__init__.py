"""The issue on drift as its reader sees it: `*.md`, written by `python -m tests.gitops.golden_drift`."""
