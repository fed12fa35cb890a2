"""Every check that CI runs, with the time of each: `make test`. `--static` leaves out pytest."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
STATIC = {
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "lint": [BIN / "ruff", "check", "--quiet", "."],
    "types": [BIN / "basedpyright"],
    "dockerfiles": [BIN / "hadolint", "Dockerfile", "bench/express/Dockerfile"],
    "workflows": [BIN / "actionlint", "-no-color"],
    "workflow security": [BIN / "zizmor", "--offline", "--no-progress", "--format", "plain", ".github/workflows"],
}
STRIPE_MOCK = "github.com/stripe/stripe-mock@v0.203.0"
GO_SECONDS = 300
# Three workers for two cores, because the journeys mostly wait; they come first, because they take longest. Tests of
# one file stay together, with their servers.
PYTEST = [
    BIN / "python",
    "-m",
    "pytest",
    "--numprocesses",
    "3",
    "--dist",
    "loadfile",
    "--quiet",
    "tests/journey",
    "tests",
    "--ignore=tests/image",  # `make image` runs them
]


def main(arguments: list[str]) -> int:
    """Run the checks one after another, all of them even when one fails; exit code 1 when any did."""
    static = "--static" in arguments
    checks = STATIC if static else {**STATIC, "tests": PYTEST}
    if not static:
        install_stripe_mock()
    failed: list[str] = []
    for name, command in checks.items():
        started = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, check=False)
        seconds = time.monotonic() - started
        print(f"{'ok  ' if done.returncode == 0 else 'FAIL'} {name:<18} {seconds:5.1f} s", flush=True)
        if done.returncode != 0:
            failed.append(name)
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def install_stripe_mock() -> None:
    """Stripe's own mock and OpenAPI document, where Go is there; tests that want them say when they are not."""
    go = shutil.which("go")
    if go is None or (BIN / "stripe-mock").exists():
        return
    command = [go, "install", STRIPE_MOCK]
    try:
        done = subprocess.run(command, env={**os.environ, "GOBIN": str(BIN)}, check=False, timeout=GO_SECONDS)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        print("note stripe-mock could not be installed; the tests that need it are skipped", flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
