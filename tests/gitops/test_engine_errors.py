"""What the engine's refusals say."""

import os
import socket
import subprocess
from dataclasses import replace

import pytest

from gitops.engine_errors import LockedError, ProtectedError, reason
from gitops.engine_result import Diagnostic, PolicyResult, Result, Timing

NOTHING = Result(
    changes=(),
    unchanged=0,
    policy=(),
    diagnostics=(),
    before=(),
    after=(),
    timing=Timing(total=0, start=0, program=0, resources=0, end=0),
)
FAILED = "\n code: 255\n stdout: half of it\n stderr: error: update failed"


def said(*lines: tuple[str, str]) -> Result:
    """What was said, with its severity."""
    return replace(NOTHING, diagnostics=tuple(Diagnostic(severity=s, message=m, urn="") for s, m in lines))


def found(message: str, *, mandatory: bool) -> PolicyResult:
    """What a rule has found."""
    return PolicyResult(policy="no-open-port", mandatory=mandatory, urn="", message=message)


@pytest.mark.parametrize(
    ("text", "result", "expected"),
    [
        (FAILED, None, "update failed"),
        (FAILED, said(("warning", "old"), ("info", "built")), "update failed"),
        (FAILED, said(("error", "no such bucket"), ("error", "no such bucket")), "no such bucket"),
        (
            FAILED,
            said(("error", "error: transport: pulumi-resource-aws exited prematurely")),
            "the provider aws crashed; run this again\nerror: transport: pulumi-resource-aws exited prematurely",
        ),
        (
            FAILED,
            replace(NOTHING, policy=(found("port 22 is open", mandatory=True), found("small", mandatory=False))),
            "no-open-port: port 22 is open",
        ),
        ("\n code: -9\n stdout: \n stderr: ", NOTHING, "`pulumi` was ended by signal 9"),
        ("\n code: -2\n stdout: \n stderr: stopped", NOTHING, "stopped\n`pulumi` was ended by signal 2"),
        (
            " code: 1\n stdout: \n stderr: error: incorrect passphrase",
            None,
            "incorrect passphrase\nPULUMI_CONFIG_PASSPHRASE is not the one that the stack was made with",
        ),
        ("summary event never found", NOTHING, "summary event never found"),
        ("\n code: 1\n stdout: half of it\n stderr: ", NOTHING, "code: 1\n stdout: half of it\n stderr:"),
    ],
)
def test_the_reason_is_what_was_said_about_it(text: str, result: Result | None, expected: str) -> None:
    """Once each: diagnostics and rules that must be kept; else the command's last words, its end, all there is."""
    assert reason(text, result) == expected


def test_a_program_that_crashes_has_its_last_words_told() -> None:
    """Line by line, as Python wrote it, instead of the engine's word that the program has ended."""
    ended = ("error", "program exited with non-zero exit code: 1")
    words = [("info#err", f"line {number}") for number in range(40)]

    told = reason(FAILED, said(*words, ended)).splitlines()

    assert ended[1] not in told
    assert told[-1] == "line 39"
    assert reason(FAILED, said(ended)) == ended[1]
    assert len(told) < 20


def test_a_lock_of_this_machine_tells_whether_its_holder_lives() -> None:
    """Of another machine's nobody here can know: to wait is the first advice."""
    with subprocess.Popen(["true"]) as process:
        process.wait()

    def told(host: str, pid: int) -> str:
        return str(LockedError("dev", "priceguard unlock dev", f"ada@{host}", pid, "noon"))

    assert "process is gone: `priceguard unlock dev` takes the lock away" in told(socket.gethostname(), process.pid)
    assert "wait until that update has ended" in told(socket.gethostname(), os.getpid())
    assert "wait until that update has ended" in told("elsewhere.example", process.pid)


def test_what_is_protected_is_named_with_the_way_out() -> None:
    """Each on a line of its own."""
    message = str(ProtectedError("dev", ["aws:kms/key:Key key", "aws:rds/instance:Instance db"]))

    assert message.splitlines()[1:3] == ["  - aws:kms/key:Key key", "  - aws:rds/instance:Instance db"]
    assert "priceguard:protect" in message
