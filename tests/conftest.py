"""Fixtures that more than one folder of tests uses, and the time of each folder."""

import sys
from collections import defaultdict
from pathlib import Path

import hypothesis
import pytest

from render.garbage import collect_seldom

collect_seldom()  # most tests run the program
# It is not installed, and httpx looks through every folder for it at each request.
sys.modules.setdefault("sniffio", None)  # pyright: ignore[reportArgumentType]

# Three workers share two cores: that examples come slowly says something of the machine, nothing of a test.
hypothesis.settings.register_profile("shared", suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("shared")

pytest_plugins = ["tests.netlify_fixture", "tests.postgres_fixture", "tests.stripe_mock", "tests.log_lines"]


def pytest_collection_finish() -> None:
    """Keep no byte code from here on: of two programs that a test writes in one second, Python would take the first."""
    sys.dont_write_bytecode = True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the seconds that each folder of tests took, over all workers."""
    seconds: defaultdict[str, float] = defaultdict(float)
    counts: defaultdict[str, int] = defaultdict(int)
    for reports in terminalreporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport):
                group = Path(report.nodeid.split("::")[0]).parts[1]
                seconds[group] += report.duration
                counts[group] += report.when == "call"
    terminalreporter.section("seconds of each group")
    for group in sorted(seconds):
        terminalreporter.line(f"{group:<12}{counts[group]:>5} tests {seconds[group]:>7.1f} s")
