"""Commands in the image, as ECS runs them: read-only, unprivileged."""

import json
import subprocess
from pathlib import Path

import pytest

from local.image.root_filesystem import RootFilesystem

WHO = """
import json, os
status = dict(line.split(":\\t", 1) for line in open("/proc/self/status").read().splitlines() if ":\\t" in line)
print(json.dumps({"ids": [os.getuid(), os.getgid(), os.getgroups()], "capabilities": int(status["CapEff"], 16),
                  "no_new_privileges": status["NoNewPrivs"], "directory": os.getcwd()}))
"""
WRITE = """
import sys
for place in ("/app/api/x", "/app/x", "/tmp/x", "/x", "/etc/x", "/var/tmp/x"):
    try:
        open(place, "w")
    except OSError as error:
        print(error.strerror)
    else:
        sys.exit(f"{place} could be written")
"""


def python(files: RootFilesystem, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the image's Python in the image."""
    return subprocess.run(
        files.enter(["python", *arguments]),
        env={**files.environment, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A file of this machine, behind folders that are closed to others, as with a umask of 077."""
    file = tmp_path / "closed" / "ca.crt"
    file.parent.mkdir(mode=0o700)
    file.write_text("authority")
    file.chmod(0o644)
    return file


def test_a_shared_file_can_be_read_and_not_written(files: RootFilesystem, authority: Path) -> None:
    """Whatever the umask of whoever starts it."""
    program = f"print(open({str(authority)!r}).read()); open({str(authority)!r}, 'w')"
    command = files.enter(["python", "-c", program], shared=[authority])

    done = subprocess.run(command, env=files.environment, capture_output=True, text=True, umask=0o077, check=False)

    assert done.stdout == "authority\n"
    assert "Read-only file system" in done.stderr
    assert authority.read_text() == "authority"


def test_it_runs_as_a_user_without_any_power(files: RootFilesystem) -> None:
    """The user and group of the image, no other group, no capability, and no way to get one."""
    found = json.loads(python(files, "-c", WHO).stdout)

    assert found == {
        "ids": [10001, 10001, []],
        "capabilities": 0,
        "no_new_privileges": "1",
        "directory": "/app",
    }


def test_nothing_can_be_written(files: RootFilesystem) -> None:
    """Not even where everybody may elsewhere."""
    done = python(files, "-c", WRITE)

    assert done.returncode == 0, done.stderr
    assert set(done.stdout.splitlines()) == {"Read-only file system"}


@pytest.mark.parametrize(
    "arguments", [("-m", "api"), ("-S", "-m", "api.healthcheck"), ("-m", "api.operations", "list")]
)
def test_its_commands_say_what_is_missing(files: RootFilesystem, arguments: tuple[str, ...]) -> None:
    """Without variables each ends with a code and a line, none with a traceback: everything they import is there."""
    done = python(files, *arguments)

    assert done.returncode not in {0, 127}
    assert "Traceback" not in done.stderr
    assert done.stderr or done.stdout


def test_the_health_check_imports_no_package(files: RootFilesystem) -> None:
    """It runs twice a minute on a quarter of a processor."""
    done = python(files, "-S", "-X", "importtime", "-m", "api.healthcheck")

    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines() if line.startswith("import time:")}
    assert "api.settings" in imported
    assert not imported & {"quart", "asyncpg", "stripe", "hypercorn", "httpx", "asyncio", "ssl"}
