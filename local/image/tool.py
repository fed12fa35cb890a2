"""Running the tools that make images."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

_TAIL, _WIDEST = 15, 200  # lines of a failed tool's output that are shown, and characters of each
_END_SECONDS = 20


class ImageError(Exception):
    """An image cannot be made, moved or unpacked; the message says why and what to do."""


class NotHereError(ImageError):
    """This machine cannot build images, or not run what is in them."""


def run(command: Sequence[str | Path], *, seconds: float = 600) -> str:
    """Run a tool to its end; what it wrote on standard output, without white space around it.

    Whatever interrupts this asks the tool to end and waits for it, because tools that make images have mounts and
    folders to clean up.

    Raises:
        ImageError: it failed, took longer than `seconds`, or is not there; with the end of its output.
    """
    words = [str(word) for word in command]
    what = " ".join([words[0], *[word for word in words[1:] if not word.startswith("-")][:1]])
    try:
        process = subprocess.Popen(  # noqa: S603
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
        )
    except FileNotFoundError:
        raise ImageError(f"{words[0]} is not installed") from None
    except OSError as error:
        raise ImageError(f"{words[0]} cannot be run: {error.strerror}") from None
    with process:
        try:
            output, errors = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            _end(process)
            raise ImageError(f"`{what} …` did not end within {seconds:g} s") from None
        except BaseException:
            _end(process)
            raise
    if process.returncode != 0:
        lines = (output + errors).strip().splitlines()[-_TAIL:]
        tail = "\n".join(f"    {line[:_WIDEST]}" for line in lines)
        raise ImageError(f"`{what} …` failed with exit code {process.returncode}:\n{tail}")
    return output.strip()


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.communicate(timeout=_END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def require(*tools: str) -> None:
    """Find out now which tools are missing, rather than one after another later.

    Raises:
        ImageError: some are, with the command that installs them on Debian and Ubuntu.
    """
    missing = [tool for tool in tools if shutil.which(tool) is None]
    if missing:
        names = ", ".join(missing)
        raise ImageError(f"missing: {names}; `apt-get install --no-install-recommends {' '.join(missing)}` has them")
