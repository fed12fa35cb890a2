"""No secret in any log line of the whole test run: at its end, every log that a test has left is looked through.

In-process lines go to a file for each worker, as JSON and redacted like those of a container. Processes that tests
start write their logs below pytest's temporary folder anyway.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import logs
from tests.api.sample_settings import make_settings

PATTERNS = {
    "a password of the tests": re.compile(r"correct horse|another horse|wrong password"),
    "a session token": re.compile(r"(?<![\w/+=-])(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)[\w-]{43}(?![\w/+=-])"),
    "a key of Stripe's": re.compile(r"\b[sr]k_(test|live)_\w+"),
    "a signing secret": re.compile(r"\bwhsec_\w+"),
    "a client secret": re.compile(r"_secret_\w+"),
    "a card number": re.compile(r"\b[45]\d{15}\b"),
    "an e-mail address": re.compile(r"\b[\w.+-]+@[\w-]+\.\w+"),
    "a password in a URL": re.compile(r"://[^:/\s]+:(?!\*\*\*@)[^@/\s]+@"),
    "a password's hash": re.compile(r"\$argon2"),
}


@pytest.fixture(scope="session", autouse=True)
def log_lines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Lines that are written in this process go to a file that is looked through in the end."""
    settings = make_settings(log_level="DEBUG")
    with (tmp_path_factory.getbasetemp() / "in-process.log").open("wb") as output:
        logs.configure(settings, output, once=False)
        yield


def findings(folder: Path) -> list[str]:
    """What should not stand in the logs below `folder`, a line each; the value itself is not repeated."""
    found: list[str] = []
    for path in sorted(folder.rglob("*.log")):
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            for what, pattern in PATTERNS.items():
                if match := pattern.search(line):
                    shown = line[max(0, match.start() - 60) : match.start()]
                    found.append(f"{path.relative_to(folder)}:{number}: {what} after {shown!r}")
    return found


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Look through the logs of all workers, once they have ended."""
    if hasattr(session.config, "workerinput"):
        return
    factory: pytest.TempPathFactory | None = getattr(session.config, "_tmp_path_factory", None)
    if factory is None:
        return
    found = findings(factory.getbasetemp())
    session.config.stash[_FOUND] = found
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


_FOUND = pytest.StashKey[list[str]]()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say what was found, or that nothing was."""
    found = config.stash.get(_FOUND, None)
    if found is None:
        return
    terminalreporter.section("secrets in log lines")
    for line in found[:20] or ["none"]:
        terminalreporter.line(line)
