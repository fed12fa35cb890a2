#!/usr/bin/env python3
"""Make .venv hold exactly the locked packages: `python3 requirements/install.py`.

Run by `make setup` before anything else exists, so it needs nothing but the standard library, and its syntax
is old enough that an old Python reaches the message that says so. Does nothing when the lock has not changed.
"""

import fcntl
import hashlib
import os
import re
import shutil
import ssl
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCK = ROOT / "requirements" / "dev.txt"
STAMP = VENV / ".installed"
OLDEST = (3, 11)
NEEDED_BYTES = 2_000_000_000


def main() -> None:
    """Check the machine, then install; every failure is one line that says what to do."""
    if sys.version_info < OLDEST:
        stop(
            "Python %d.%d or newer is needed, and %s is %d.%d: install one and put it first on the PATH, "
            "or run `make PYTHON=python3.12`."
            % (OLDEST[0], OLDEST[1], sys.executable, sys.version_info[0], sys.version_info[1])
        )
    try:
        with open(str(ROOT / ".venv.lock"), "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two `make` at once: the second waits, then has nothing to do
            if STAMP.exists() and STAMP.read_text() == fingerprint():
                return
            install()
            STAMP.write_text(fingerprint())
    except OSError as error:
        stop("%s cannot be written (%s): free or move the folder, then run again." % (VENV, error.strerror))


def fingerprint() -> str:
    """What the environment was made from; another value means that it must be made again."""
    made_from = LOCK.read_bytes() + (ROOT / "pyproject.toml").read_bytes() + str((ROOT, sys.version)).encode()
    return hashlib.sha256(made_from).hexdigest()


def install() -> None:
    """The virtual environment, uv inside it, then the lock and this project."""
    free = shutil.disk_usage(str(ROOT)).free
    if free < NEEDED_BYTES:
        stop(
            "%s has %d MB free and the packages need 2000 MB: free some space, then run again."
            % (ROOT, free // 1_000_000)
        )
    python = VENV / "bin" / "python"
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)], stdout=subprocess.DEVNULL) != 0:
        shutil.rmtree(str(VENV), ignore_errors=True)
        stop(
            "`%s -m venv` does not work: install it (Debian and Ubuntu: apt-get install python3-venv), "
            "then run again." % sys.executable
        )
    say("installing the locked packages into .venv")
    pins = VENV / "uv.txt"
    pins.write_text(uv_pin(LOCK.read_text()))
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run(pip + ["--require-hashes", "--requirement", str(pins)])
    # uv is only faster; pip stays, because Pulumi's engine asks it what is installed.
    uv = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(python)]
    if has_certificates():
        uv.append("--system-certs")  # a company's proxy signs with an authority that only the system knows
    # Compiled now, for seconds, rather than at every start where writing byte code is switched off.
    run(uv + ["--compile-bytecode", "--require-hashes", "--requirement", str(LOCK)])
    run(uv + ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)])


def has_certificates() -> bool:
    """Whether the system has certificate authorities; a slim image may have none, and then uv uses its own."""
    found = ssl.get_default_verify_paths()
    return bool(found.cafile or (found.capath and os.listdir(found.capath)))


def uv_pin(lock: str) -> str:
    """The lines of the lock that pin uv itself."""
    found = re.search(r"^uv==.*?(?=^\S|\Z)", lock, re.MULTILINE | re.DOTALL)
    assert found, "the lock pins uv"
    return found.group()


def run(command: list) -> None:  # type: ignore[type-arg]
    """Run `command`; stop with its name when it fails (its own output has said why)."""
    environment = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH")}
    if subprocess.call(command, env=environment) != 0:
        stop("`%s` failed; the lines above say why. Run again: nothing else was changed." % " ".join(command))


def say(text: str) -> None:
    """One line of progress."""
    print("setup: " + text, flush=True)


def stop(text: str) -> None:
    """One line, and the exit code of a failure."""
    sys.exit("setup: " + text)


if __name__ == "__main__":
    main()
