"""Logs of the platform."""

import os
from pathlib import Path

from local.logs import last_lines, log_files, prune_task_logs


def test_logs_are_found_by_part_the_newest_task_last(tmp_path: Path) -> None:
    """A task's part is `api/<id>`."""
    tasks = tmp_path / "logs" / "tasks"
    tasks.mkdir(parents=True)
    (tmp_path / "logs" / "aws.log").write_text("one\ntwo\nthree\n")
    for age, name in ((100, "api-new"), (200, "api-old")):
        (tasks / f"{name}.log").write_text("x\n")
        os.utime(tasks / f"{name}.log", (1e9 - age, 1e9 - age))

    found = log_files(tmp_path)

    assert list(found) == ["aws", "api/old", "api/new"]
    assert last_lines(found["aws"], 2) == ["two", "three"]


def test_only_the_newest_task_logs_are_kept(tmp_path: Path) -> None:
    """Twenty of them."""
    tasks = tmp_path / "logs" / "tasks"
    tasks.mkdir(parents=True)
    for number in range(25):
        (tasks / f"api-{number}.log").touch()
        os.utime(tasks / f"api-{number}.log", (1e9 + number, 1e9 + number))

    prune_task_logs(tmp_path)

    assert {path.stem for path in tasks.iterdir()} == {f"api-{number}" for number in range(5, 25)}
