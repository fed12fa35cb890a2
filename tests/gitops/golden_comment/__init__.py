"""Comments as a reviewer reads them: `*.md`, written by `python -m tests.gitops.golden_comment`."""
