"""The checks, with the time of each: `make test`. `--static` leaves out pytest."""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import PIPE, STDOUT

from tests import foreign_tools

BIN = Path(sys.executable).parent
ROOT = Path(__file__).resolve().parent.parent
Command = Sequence[str | Path]
Done = tuple[str, int, float, str]
STATIC: dict[str, Command] = {
    "format": [BIN / "ruff", "format", "--check", "--quiet", "."],
    "lint": [BIN / "ruff", "check", "--quiet", "."],
    "types": [BIN / "basedpyright"],
    "dockerfiles": [BIN / "hadolint", "Dockerfile", "bench/express/Dockerfile"],
    "workflows": [BIN / "actionlint", "-no-color", "-shellcheck", BIN / "shellcheck"],
    "workflow schema": [
        *(BIN / "check-jsonschema", "--builtin-schema", "vendor.github-workflows"),
        *sorted(ROOT.glob(".github/workflows/*.yml")),
    ],
    "workflow security": [BIN / "zizmor", "--offline", "--no-progress", "--format", "plain", ".github"],
    "dependabot": [BIN / "check-jsonschema", "--builtin-schema", "vendor.dependabot", ".github/dependabot.yml"],
}
# Tests start our own programs hundreds of times: their byte code is kept, also where the environment says otherwise.
# The type checker spends a quarter of its time on garbage in a heap of the usual size.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
    "NODE_OPTIONS": f"{os.environ.get('NODE_OPTIONS', '')} --max-old-space-size=8192 --max-semi-space-size=128".strip()
}
# Three workers for two cores, because some tests mostly wait. Tests of one file stay together, with their servers.
PYTEST: Command = [
    BIN / "python",
    "-m",
    "pytest",
    "-p",
    "no:schemathesis",  # a second of imports in each process; tests only start its command
    "--numprocesses",
    "3",
    "--dist",
    "loadfile",
    "--quiet",
    "tests",
    "--ignore=tests/browser",  # `make browser` runs them
    "--ignore=tests/image",  # `make image` runs them
    "--ignore=tests/journey/test_gitops.py",  # `make journey` is the same
]


def main(arguments: list[str]) -> int:
    """Run the checks, all of them even when one fails; exit code 1 when any did."""
    if "--static" in arguments:
        failed = report(map(run, STATIC, STATIC.values()))
    else:
        foreign_tools.install()
        with ThreadPoolExecutor(1) as beside:  # the type checker takes half a minute of one core
            static = beside.submit(lambda: [run(name, command, stdout=PIPE) for name, command in STATIC.items()])
            tests = run("tests", PYTEST)
            failed = report([*static.result(), tests])
    if failed:
        print(f"failed: {', '.join(failed)}")
    return 1 if failed else 0


def run(name: str, command: Command, stdout: int | None = None) -> Done:
    """One check: its name, exit code, seconds, and what it wrote where that was kept."""
    started = time.monotonic()
    done = subprocess.run(
        command, env=ENVIRONMENT, cwd=ROOT, check=False, stdout=stdout, stderr=stdout and STDOUT, text=True
    )
    return name, done.returncode, time.monotonic() - started, done.stdout or ""


def report(checks: Iterable[Done]) -> list[str]:
    """Print what came of each check, and return the names of those that failed."""
    failed: list[str] = []
    for name, code, seconds, said in checks:
        print(f"{said if code else ''}{'FAIL' if code else 'ok  '} {name:<18} {seconds:5.1f} s", flush=True)
        if code:
            failed.append(name)
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
