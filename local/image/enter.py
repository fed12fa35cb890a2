"""Replaces itself by a command inside an image's files: `python -I -S enter.py <plan>`, the plan in JSON.

What the kernel can do for a process of its own, without a container runtime: the image's files are its root, read-only
when the task definition says so; it runs as the image's user, without a capability and without a way to get one back;
and it ends with the process that started it. Network, process ids, processor and memory are the machine's.

`--probe` in place of the plan only tries whether that is allowed.

Runs by itself, with the standard library only. Without root it makes a user namespace for its mounts.
"""

import ctypes
import json
import os
import sys
from pathlib import Path
from typing import Any

NEW_USER, NEW_MOUNTS = 0x10000000, 0x00020000  # CLONE_*, linux/sched.h
READ_ONLY, NO_SETUID, NO_DEVICES, NO_EXECUTE, REMOUNT, BIND, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
PARENT_DEATH_SIGNAL, NO_NEW_PRIVILEGES, SIGKILL = 1, 38, 9  # linux/prctl.h
PROBE = "--probe"
# The kernel's, and how names are looked up.
GIVEN = ("/dev", "/proc", "/etc/hosts", "/etc/resolv.conf")

libc = ctypes.CDLL(None, use_errno=True)


def call(what: str, code: int) -> None:
    """Raise what a system call has failed with."""
    if code != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")


def mount(source: str, target: str, flags: int) -> None:
    """`mount(2)` without type and data."""
    call(f"mount {target}", libc.mount(source.encode(), target.encode(), None, flags, None))


def own_namespaces(user: int, group: int) -> None:
    """Mounts of our own, which nobody else sees; without root inside a user namespace where we are `user`."""
    outer = os.geteuid(), os.getegid()
    call("unshare", libc.unshare(NEW_MOUNTS | (NEW_USER if outer[0] else 0)))
    if outer[0]:
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {outer[0]} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {outer[1]} 1")
    mount("none", "/", RECURSIVE | PRIVATE)


def make_root(root: str, shared: list[str], *, read_only: bool) -> None:
    """Put what every process needs, and what is shared with this one, into the root, then close it."""
    mount(root, root, BIND | RECURSIVE)
    before = os.umask(0o022)  # whoever the process becomes must get through
    for path in (*GIVEN, *shared):
        place = Path(root + path)
        if Path(path).is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif Path(path).exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch()
        else:
            continue
        mount(path, str(place), BIND | RECURSIVE)
        if place.is_file():
            close(str(place))
    os.umask(before)
    if read_only:
        close(root)


def close(target: str) -> None:
    """Make a mount read-only."""
    kept = os.statvfs(target).f_flag & (NO_SETUID | NO_DEVICES | NO_EXECUTE)  # a namespace may add, not take away
    mount("none", target, REMOUNT | BIND | READ_ONLY | kept)


def main(plan: dict[str, Any]) -> None:
    """Carry out the plan; returns only by an exception."""
    name, _, group_name = plan["user"].partition(":")
    user, group = int(name), int(group_name or "0")
    as_root = os.geteuid() == 0
    own_namespaces(user, group)
    make_root(plan["root"], plan["shared"], read_only=plan["read_only"])
    os.chroot(plan["root"])
    os.chdir(plan["directory"])
    if as_root:
        os.setgroups([])
        os.setgid(group)
        os.setuid(user)
    call("prctl", libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0))
    call("prctl", libc.prctl(PARENT_DEATH_SIGNAL, SIGKILL))
    if os.getppid() != plan["parent"]:
        sys.exit("the parent has ended")
    os.execvp(plan["command"][0], plan["command"])  # noqa: S606


if __name__ == "__main__":
    try:
        if sys.argv[1] == PROBE:
            own_namespaces(os.geteuid(), os.getegid())
        else:
            main(json.loads(sys.argv[1]))
    except (OSError, ValueError) as error:  # a value that is wrong: a user's name instead of a number
        sys.stderr.write(f"cannot enter the image: {error}\n")
        sys.exit(127)
