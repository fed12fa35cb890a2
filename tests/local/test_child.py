"""Children do not outlive us."""

import asyncio
import os
import pwd
import signal
import sys
from pathlib import Path

import pytest

from local.child import spawn
from tests.local.ecs_bench import ended, until

ROOT = Path(__file__).parents[2]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
async def test_children_end_with_their_parent(tmp_path: Path) -> None:
    """Also when the parent had no chance to stop them."""
    program = f"""
import asyncio, os, pathlib
from local.child import spawn
async def main():
    here = pathlib.Path({str(tmp_path)!r})
    child = await spawn(["sleep", "60"], env={{"PATH": os.defpath}}, cwd=here, log=here / "log")
    print(child.pid, flush=True)
    await asyncio.sleep(60)
asyncio.run(main())
"""
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE, cwd=ROOT
    )
    assert parent.stdout is not None
    child = int(await parent.stdout.readline())
    assert not ended(child)
    parent.kill()
    await parent.wait()
    await until(lambda: ended(child))


async def test_child_that_ignores_sigterm_is_killed_with_all_it_started(tmp_path: Path) -> None:
    """After the time-out, the whole group goes."""
    script = "trap '' TERM; sleep 60 & echo $!; wait; wait"
    child = await spawn(["sh", "-c", script], env={"PATH": os.defpath}, cwd=tmp_path, log=tmp_path / "log")
    await until(lambda: bool(child.tail()))
    assert await child.stop(timeout=0.1) == -signal.SIGKILL
    await until(lambda: ended(int(child.tail()[0])))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can be somebody else")
async def test_child_can_be_another_user(tmp_path: Path) -> None:
    """With that user's own group and no other."""
    command = ["sh", "-c", "id -un; id -G; exit 3"]
    child = await spawn(command, env={"PATH": os.defpath}, cwd=Path("/"), log=tmp_path / "log", user="nobody")
    assert await child.wait() == 3
    assert child.tail() == ("nobody", str(pwd.getpwnam("nobody").pw_gid))
    assert child.log.stat().st_mode & 0o777 == 0o600
