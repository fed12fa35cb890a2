"""The platform's log files."""

import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

LOOKS_EVERY = 0.2  # seconds
TASK_LOGS_KEPT = 20


def open_log(path: Path) -> BinaryIO:
    """Open a log for appending, readable by its owner only; its folder is made."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "ab")


def log_files(directory: Path) -> dict[str, Path]:
    """Part -> its log; a task's part is `api/<id>`, the newest task last."""
    logs = directory / "logs"
    files = {path.stem: path for path in sorted(logs.glob("*.log"))}
    if (database := directory / "postgres" / "server.log").exists():
        files["postgresql"] = database
    tasks = sorted((logs / "tasks").glob("*.log"), key=lambda path: path.stat().st_mtime)
    return files | {path.stem.replace("-", "/", 1): path for path in tasks}


def last_lines(file: Path, count: int) -> list[str]:
    """The last `count` lines of a log."""
    with file.open(errors="replace") as lines:
        return [line.rstrip("\n") for line in deque(lines, maxlen=count)]


def follow(directory: Path, prefix: str) -> Iterator[tuple[str, str]]:
    """Part and line of everything that is written from now on, of parts that begin with `prefix`; never ends."""
    positions = {path: path.stat().st_size for path in log_files(directory).values()}
    while True:
        for name, path in log_files(directory).items():
            if name.startswith(prefix):
                with path.open(errors="replace") as file:
                    file.seek(min(positions.get(path, 0), os.fstat(file.fileno()).st_size))
                    for line in file:
                        yield name, line.rstrip("\n")
                    positions[path] = file.tell()
        time.sleep(LOOKS_EVERY)


def prune_task_logs(directory: Path) -> None:
    """Drop the logs of all but the newest tasks; every roll makes a new one."""
    by_age = sorted((directory / "logs" / "tasks").glob("*.log"), key=lambda path: path.stat().st_mtime)
    for path in by_age[:-TASK_LOGS_KEPT]:
        path.unlink(missing_ok=True)
