"""The shop's JavaScript, as TypeScript reads it: each file says `@ts-check`, and what it says of types is true."""

import shutil
import subprocess
from pathlib import Path

import pytest

from local.shop_build import FILES
from tests.foreign_tools import NODE, TSC

pytestmark = pytest.mark.skipif(not TSC.exists(), reason="TypeScript is not installed; `make test` does it, with npm")


def mistakes(shop: Path) -> str:
    """What TypeScript finds in a shop."""
    done = subprocess.run(
        [NODE, TSC, "-p", shop / "jsconfig.json"], capture_output=True, text=True, timeout=60, check=False
    )
    assert (done.returncode == 0) == (not done.stdout), done.stderr
    return done.stdout


def test_the_types_are_true() -> None:
    """Of all files, those that are generated as well."""
    assert mistakes(FILES) == ""


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        ("pages/login.js", "api.login", "api.logIn", "logIn"),
        ("api_types.js", "@property {string} token", "@property {string} key", "token"),
    ],
    ids=["a-method-that-is-not-there", "a-field-that-the-api-no-longer-has"],
)
def test_a_mistake_is_found(tmp_path: Path, file: str, right: str, wrong: str, said: str) -> None:
    """So the test above can fail."""
    shop = shutil.copytree(FILES, tmp_path / "shop")
    text = (shop / file).read_text()
    assert right in text
    (shop / file).write_text(text.replace(right, wrong, 1))

    assert said in mistakes(shop)
