"""Starting child processes that die with us.

A platform that was killed must not leave a database or a task behind: on Linux every child asks the kernel
to be killed when its parent ends (`PR_SET_PDEATHSIG`). Elsewhere there is no such request; there a child
outlives a supervisor that was killed with SIGKILL, and only `Child.stop` ends it.
"""

import asyncio
import contextlib
import ctypes
import os
import pwd
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.logs import open_log

# A `preexec_fn` would run Python between fork and exec, which may deadlock in a process with threads; a second
# interpreter that replaces itself by the command costs 20 ms and cannot. It changes the user itself: the
# kernel forgets the request with a change of user, and the other user may be unable to read our interpreter
# (hence `warnings`: execvp imports it).
_DIE_WITH_PARENT = """
import ctypes, os, sys, warnings
parent, uid, gid = map(int, sys.argv[1:4])
if uid >= 0:
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
if os.getppid() != parent:
    sys.exit("the parent has ended")
try:
    os.execvp(sys.argv[4], sys.argv[4:])
except OSError as error:
    sys.stderr.write(f"cannot start {sys.argv[4]}: {error.strerror}\\n")
    sys.exit(127)
"""


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """A `preexec_fn` for a plain `subprocess.Popen`: the child gets `number` when its parent ends.

    One system call and no lock, so it is safe between fork and exec. The kernel ties it to the *thread* that starts
    the child (`man 2 prctl`). None where there is no such request.
    """
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)
    return lambda: libc.prctl(1, number)  # PR_SET_PDEATHSIG


@dataclass(frozen=True, slots=True)
class Child:
    """A process in a session of its own; whatever it starts belongs to its process group."""

    process: asyncio.subprocess.Process
    log: Path

    @property
    def pid(self) -> int:
        """Its process id, also that of its process group."""
        return self.process.pid

    async def wait(self) -> int:
        """Wait for its end; the exit code, or minus the number of the signal that ended it."""
        return await self.process.wait()

    async def stop(self, timeout: float, first: signal.Signals = signal.SIGTERM) -> int:  # noqa: ASYNC109
        """Send `first` to it, after `timeout` seconds SIGKILL to all of its group; the exit code as in `wait`.

        A process that has ended already is fine: what it may have left in its group is killed.
        """
        return await stop_group(self.process, timeout, first)

    def kill(self) -> None:
        """SIGKILL to all of its process group, at once."""
        kill_group(self.pid)

    def tail(self, lines: int = 15) -> tuple[str, ...]:
        """Return the last lines of its output, at most 16 KiB of them; none when the log is gone."""
        with contextlib.suppress(FileNotFoundError), self.log.open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 16384))
            return tuple(file.read().decode(errors="replace").splitlines()[-lines:])
        return ()


async def stop_group(
    process: asyncio.subprocess.Process,
    timeout: float,  # noqa: ASYNC109
    first: signal.Signals = signal.SIGTERM,
) -> int:
    """`Child.stop` for any process that leads a process group."""
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(first)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await process.wait()
    kill_group(process.pid)
    return await process.wait()


def kill_group(pid: int) -> None:
    """SIGKILL to a process group; none left is fine."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def describe_exit(code: int) -> str:
    """Say an exit code as `Child.wait` gives it in words."""
    return f"was killed by {signal.Signals(-code).name}" if code < 0 else f"exited with code {code}"


async def spawn(
    command: Sequence[str], *, env: Mapping[str, str], cwd: Path, log: Path, user: str | None = None
) -> Child:
    """Start `command` in a session of its own, its output appended to `log` (mode 0600, directories made).

    Args:
        command: program and arguments; the program is looked up on the PATH of `env`.
        env: the whole environment, nothing is inherited.
        cwd: its working directory.
        log: where standard output and standard error go; standard input is empty.
        user: name of the user to run as, with that user's own group only; needs root.

    Raises:
        OSError: the working directory or the log cannot be used, or (not on Linux) there is no such program.
            On Linux a missing program shows as exit code 127 with a line in the log.
        KeyError: there is no such user.
    """
    account = pwd.getpwnam(user) if user is not None else None
    uid, gid = (account.pw_uid, account.pw_gid) if account else (-1, -1)
    arguments, as_user = tuple(command), dict[str, Any]()
    if sys.platform == "linux":
        wrapper = (sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), str(uid), str(gid))
        arguments = (*wrapper, *command)
    elif account:
        as_user = {"user": uid, "group": gid, "extra_groups": []}
    with open_log(log) as output:
        process = await asyncio.create_subprocess_exec(
            *arguments,
            env=dict(env),
            cwd=cwd,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **as_user,
        )
    return Child(process, log)
