"""What is in the image, and what is not."""

import re
import stat
from collections.abc import Iterator
from importlib.metadata import distributions
from pathlib import Path

from local.image.root_filesystem import RootFilesystem
from render.configuration import ROOT

UNCHECKED_HASH = 0b01  # PEP 552: the second word of a .pyc


def paths(root: Path) -> Iterator[Path]:
    """Everything that is not a directory, links not followed."""
    for path in root.rglob("*"):
        if path.is_symlink() or not path.is_dir():
            yield path


def relative(root: Path) -> set[Path]:
    """The same, relative to the root."""
    return {path.relative_to(root) for path in paths(root)}


def test_what_the_base_has_not_is_the_api_or_a_package_of_it(files: RootFilesystem, base_files: Path) -> None:
    """Nothing from outside api/, its dependencies and the base."""
    added = relative(files.path) - relative(base_files)

    assert {path.parts[:2] for path in added} == {("app", "api"), ("app", "packages")}


def test_the_api_is_that_of_the_checkout(files: RootFilesystem) -> None:
    """Every file of api/, the certificates of RDS and the migrations included, and byte code."""
    ours = {path.relative_to(ROOT / "api") for path in paths(ROOT / "api") if "__pycache__" not in path.parts}
    inside = {path for path in relative(files.path / "app/api") if "__pycache__" not in path.parts}

    assert inside == ours
    assert all((ROOT / "api" / path).read_bytes() == (files.path / "app/api" / path).read_bytes() for path in ours)


def test_the_packages_are_the_locked_ones(files: RootFilesystem) -> None:
    """Names and versions of requirements/api.txt; what another system or an older Python would need is not there."""
    locked = dict(re.findall(r"^([a-z0-9-]+)==(\S+)", (ROOT / "requirements/api.txt").read_text(), re.MULTILINE))
    inside = {
        re.sub(r"[-_.]+", "-", found.name).lower(): found.version
        for found in distributions(path=[str(files.path / "app/packages")])
    }

    assert inside
    assert inside.items() <= locked.items()
    assert {"quart", "hypercorn", "asyncpg", "stripe", "argon2-cffi", "uvloop"} <= set(inside)


def test_all_python_is_compiled_and_never_compared_with_its_source(files: RootFilesystem) -> None:
    """The root is read-only: what is not compiled now is compiled at every start."""
    compiled: list[Path] = []
    for source in (files.path / "app").rglob("*.py"):
        (code,) = source.parent.glob(f"__pycache__/{source.stem}.cpython-*.pyc")
        assert int.from_bytes(code.read_bytes()[4:8], "little") == UNCHECKED_HASH, code
        compiled.append(code)

    assert len(compiled) > 500


def test_nothing_becomes_another_user(files: RootFilesystem) -> None:
    """No setuid or setgid file, not even the base's."""
    assert not [path for path in paths(files.path) if path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID)]


def test_nothing_builds_or_installs(files: RootFilesystem) -> None:
    """No compiler, no pip, nothing that fetches, and nothing that a package manager left behind."""
    names = {path.name for path in (files.path / "usr").rglob("bin/*")}
    left = [
        path
        for place in ("root/.cache", "var/lib/apt/lists", "var/cache/apt/archives", "tmp", "var/tmp", "build", "image")
        for path in (files.path / place).rglob("*")
        if path.is_file() and path.name != "lock"
    ]

    assert not names & {"gcc", "cc", "ld", "make", "pip", "pip3", "uv", "curl", "wget", "git"}
    assert not list(files.path.rglob("site-packages/pip")) + list(files.path.rglob("dist-packages/pip"))
    assert not list(files.path.rglob("ensurepip"))
    assert not left


def test_everybody_may_read_and_nobody_but_root_may_write(files: RootFilesystem) -> None:
    """Whatever the modes of the checkout are."""
    for path in (files.path / "app").rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        assert mode & 0o044 == 0o044, path
        assert mode & 0o022 == 0, path
