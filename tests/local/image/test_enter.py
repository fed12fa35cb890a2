"""The program that enters an image, as far as it goes without one."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.image.root_filesystem import RootFilesystem

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these mounts")


def test_an_image_that_is_not_there_cannot_be_entered(tmp_path: Path) -> None:
    """127, as for a command that is not there, with the reason; nothing waits and nothing runs."""
    gone = RootFilesystem(path=tmp_path / "gone", environment={}, command=(), directory="/", user="10001:10001")
    command = gone.enter(["touch", str(tmp_path / "ran")])

    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)

    assert (done.returncode, done.stdout) == (127, "")
    assert done.stderr.startswith("cannot enter the image: ")
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
