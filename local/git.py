"""Asking git about the checkout."""

import subprocess
from pathlib import Path

_SECONDS = 10


def git(root: Path, *arguments: str) -> str | None:
    """What git says of the repository at `root`; None where there is no git or no repository, or git fails."""
    command = ["git", "-C", str(root), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=_SECONDS, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
