"""What a checkout's program declares, by that checkout's own code."""

from pathlib import Path

import pytest

from gitops.previews import rendered
from gitops.previews.rendered import RenderedError, manifest_of

PROGRAM = """
import json, pathlib
from render.configuration import ConfigurationError
class Told:
    def __init__(self, stack, outputs): self.told = {"stack": stack, "resources": [], "outputs": outputs}
    def to_json(self): return json.dumps(self.told)
def run(stack, overrides):
    if stack != "dev": raise ConfigurationError("no such stack")
    here = str(pathlib.Path(__file__).parent.parent)
    return Told(stack, {"logLevel": overrides["priceguard:logLevel"], "here": here})
"""


def write(root: Path, program: str) -> None:
    """A checkout with a program of its own."""
    (root / "render").mkdir()
    (root / "render" / "__init__.py").touch()
    (root / "render" / "configuration.py").write_text("class ConfigurationError(Exception): pass\n")
    (root / "render" / "program.py").write_text(program)


def test_the_program_of_a_checkout_is_that_checkouts_own(tmp_path: Path) -> None:
    """Run by its own code, with what is set; its refusal is told in its own words."""
    write(tmp_path, PROGRAM)

    found = manifest_of(tmp_path, "dev", {"priceguard:logLevel": "DEBUG"})

    assert found.outputs == {"logLevel": "DEBUG", "here": str(tmp_path)}
    with pytest.raises(RenderedError, match=r"^no such stack$"):
        manifest_of(tmp_path, "prod")


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("import sys; sys.exit(3)", "exit code 3, and said nothing"),
        ("def run(stack, overrides): raise SystemExit(0)", "cannot be read"),
        ("", "cannot import name 'run'"),
    ],
)
def test_a_program_that_tells_nothing_is_an_error(tmp_path: Path, program: str, said: str) -> None:
    """With the last that it said."""
    write(tmp_path, program)

    with pytest.raises(RenderedError, match=said):
        manifest_of(tmp_path, "dev")


def test_a_program_that_does_not_end_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a time that is bounded."""
    write(tmp_path, "import time; time.sleep(600)")
    monkeypatch.setattr(rendered, "SECONDS", 1)

    with pytest.raises(RenderedError, match="within 1 s"):
        manifest_of(tmp_path, "dev")
