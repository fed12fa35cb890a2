"""Running the tools that make images."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

_TAIL = 15  # lines of a failed tool's output that are shown


class ImageError(Exception):
    """An image cannot be made, moved or unpacked; the message says why and what to do."""


class NotHereError(ImageError):
    """This machine cannot build images, or not run what is in them."""


def run(command: Sequence[str | Path], *, seconds: float = 600, environment: Mapping[str, str] | None = None) -> str:
    """Run a tool to its end; what it wrote on standard output, without white space around it.

    Raises:
        ImageError: it failed, took longer than `seconds`, or is not there; with the end of its output.
    """
    words = [str(word) for word in command]
    what = " ".join([words[0], *[word for word in words[1:] if not word.startswith("-")][:1]])
    try:
        done = subprocess.run(  # noqa: S603
            words,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            check=False,
        )
    except FileNotFoundError:
        raise ImageError(f"{words[0]} is not installed") from None
    except OSError as error:
        raise ImageError(f"{words[0]} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise ImageError(f"`{what} …` did not end within {seconds:g} s") from None
    if done.returncode != 0:
        tail = "\n".join(f"    {line}" for line in (done.stdout + done.stderr).strip().splitlines()[-_TAIL:])
        raise ImageError(f"`{what} …` failed with exit code {done.returncode}:\n{tail}")
    return done.stdout.strip()


def require(*tools: str) -> None:
    """Find out now which tools are missing, rather than one after another later.

    Raises:
        ImageError: some are, with the command that installs them on Debian and Ubuntu.
    """
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        names = ", ".join(missing)
        raise ImageError(f"missing: {names}; `apt-get install --no-install-recommends {' '.join(missing)}` has them")
