"""Other libraries' log lines: the same shape as ours, and no secret that an exception may carry."""

import json
import subprocess
import sys
import textwrap
from typing import Any

from tests.api.api_process import ROOT
from tests.api.test_settings import VALID


def logged(code: str, **variables: str) -> list[dict[str, Any]]:
    """What a process logs that is configured as the API is and runs `code`."""
    start = "import logging, warnings; from api import logs; from api.settings import Settings\n"
    start += "logs.configure(Settings.from_environment())\n"
    done = subprocess.run(
        [sys.executable, "-c", start + textwrap.dedent(code)],
        cwd=ROOT,
        env=VALID | variables,
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stderr == ""
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_library_logs_json() -> None:
    """Text with its arguments, warnings and exceptions; one line each, whatever they contain."""
    lines = logged(
        """
        logging.getLogger("asyncpg").warning("%s of %s\\nlines", 1, 2)
        warnings.warn("old", UserWarning)
        try:
            1 / 0
        except ZeroDivisionError:
            logging.getLogger("quart").exception("failed")
        """
    )
    assert [(line["level"], line["logger"]) for line in lines] == [
        ("warning", "asyncpg"),
        ("warning", "py.warnings"),
        ("error", "quart"),
    ]
    assert lines[0]["event"] == "1 of 2\nlines"
    assert lines[2]["exception"].endswith("ZeroDivisionError: division by zero")


def test_the_level_holds_for_everyone() -> None:
    """Below it nothing is written."""
    code = 'logging.getLogger("quart").info("no"); logging.getLogger("quart").error("yes")'
    assert [line["event"] for line in logged(code, LOG_LEVEL="ERROR")] == ["yes"]


def test_secrets_in_texts_of_others_are_masked() -> None:
    """An exception may quote what it was given."""
    lines = logged(
        """
        secret = "postgresql://app:s3cr:et/@db.example/appdb Bearer abc.def-123 ada.l+x@mail.example.com"
        try:
            raise ValueError(secret)
        except ValueError:
            logging.getLogger("asyncio").exception("bad %s", secret)
        """
    )
    for text in (lines[0]["event"], lines[0]["exception"]):
        assert "postgresql://app:***@db.example/appdb Bearer *** ***@mail.example.com" in text
        assert "s3cr" not in text
