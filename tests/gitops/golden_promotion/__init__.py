"""Promotions as whoever merges them reads them: `*.md`, written by `python -m tests.gitops.golden_promotion`."""
