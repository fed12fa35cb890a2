"""Running tools: what they say, and what is said when they fail."""

import subprocess
import sys
from pathlib import Path

import pytest

from local.image.tool import ImageError, require, run
from tests.journey.platform import wait_until
from tests.local.image.fake_tools import Tools


def test_the_output_comes_without_white_space_around_it() -> None:
    """What it writes on standard error is not in it."""
    assert run(["sh", "-c", "echo; echo ' one'; echo two; echo three >&2"]) == "one\ntwo"


def test_paths_are_words_like_others(tmp_path: Path) -> None:
    """And bytes that are no text do not matter."""
    (tmp_path / "file").write_bytes(b"\xff text")

    assert run(["cat", tmp_path / "file"]) == "\ufffd text"


def test_nothing_can_be_typed_into_a_tool() -> None:
    """One that asks gets no answer, instead of waiting for ever."""
    assert run(["cat"]) == ""


def test_a_failure_shows_the_code_and_the_last_lines() -> None:
    """Of both outputs; options are left out of what was called."""
    with pytest.raises(ImageError) as caught:
        run(["sh", "-c", "for n in 1 2 3 4 5 6 7 8 9; do echo out$n; echo err$n >&2; done; exit 3", "--secret"])

    said = str(caught.value).splitlines()
    assert said[0].startswith("`sh ")
    assert said[0].endswith("failed with exit code 3:")
    assert said[1:] == [f"    out{n}" for n in range(4, 10)] + [f"    err{n}" for n in range(1, 10)]
    assert "secret" not in str(caught.value)


def test_a_tool_that_takes_too_long_is_ended() -> None:
    """With the time that it had."""
    with pytest.raises(ImageError, match=r"^`sleep 60 …` did not end within 0\.05 s$"):
        run(["sleep", "60"], seconds=0.05)


@pytest.mark.usefixtures("tools")
def test_a_tool_that_is_not_there_is_named() -> None:
    """By the name that was called."""
    with pytest.raises(ImageError, match=r"^no-such-tool is not installed$"):
        run(["no-such-tool", "build"])


def test_all_missing_tools_are_named_at_once(tools: Tools) -> None:
    """With the command that installs them; what is there is not in it."""
    tools.put("there", "exit 0")

    with pytest.raises(ImageError) as caught:
        require("no-such-tool", "there", "nor-this-one")

    assert str(caught.value) == (
        "missing: no-such-tool, nor-this-one; "
        "`apt-get install --no-install-recommends no-such-tool nor-this-one` has them"
    )


def test_nothing_is_said_when_all_tools_are_there(tools: Tools) -> None:
    """Also with none to look for."""
    tools.put("there", "exit 0")

    require("there")
    require()


def test_an_interrupted_tool_ends_before_we_go_on(tmp_path: Path) -> None:
    """It has mounts and folders to clean up; SIGKILL would leave them."""
    script = "trap 'touch cleaned; exit 1' TERM; touch started; while :; do sleep 0.02; done"
    program = f"""
import signal
from local.image.tool import run
signal.signal(signal.SIGTERM, signal.default_int_handler)
try:
    run(["sh", "-c", {script!r}])
except KeyboardInterrupt:
    print("interrupted")
"""
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        wait_until((tmp_path / "started").exists)
        process.terminate()
        output, _ = process.communicate(timeout=20)

    assert output == "interrupted\n"
    assert (tmp_path / "cleaned").exists()
