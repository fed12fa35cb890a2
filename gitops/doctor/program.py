"""Programs on this machine."""

import subprocess
from collections.abc import Sequence

_SECONDS = 20


def output_of(command: Sequence[str]) -> str | None:
    """What a program says; None when there is none of that name, or it fails."""
    try:
        done = subprocess.run(  # noqa: S603 - names of ours
            command, capture_output=True, text=True, errors="replace", timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
