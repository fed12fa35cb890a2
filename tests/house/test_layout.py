"""Sizes, names and collected tests."""

import ast
from pathlib import Path

from render.configuration import ROOT

LONGEST_FILE, LONGEST_FUNCTION = 250, 40
FORBIDDEN = {"utils", "util", "helpers", "common", "core", "manager", "misc"}


def python_files() -> list[Path]:
    """Every Python file of ours."""
    folders = ("infra", "api", "bench", "render", "gitops", "local", "policy", "priceguard", "tests", "requirements")
    return [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]


def test_files_and_functions_stay_small() -> None:
    """What does not fit on a screen or two has two subjects."""
    too_long: list[str] = []
    for path in python_files():
        text = path.read_text()
        if text.count("\n") > LONGEST_FILE:
            too_long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                size = node.end_lineno - node.lineno + 1
                if size > LONGEST_FUNCTION:
                    too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size} lines")

    assert not too_long


def test_files_of_the_shop_stay_small() -> None:
    """Whatever language they are in."""
    files = [path for path in sorted((ROOT / "local" / "shop").rglob("*")) if path.is_file()]
    too_long = {str(path.relative_to(ROOT)): path.read_text().count("\n") for path in files}

    assert files
    assert not {name: lines for name, lines in too_long.items() if lines > LONGEST_FILE}


def test_names_say_what_is_inside() -> None:
    """A module named after nothing collects everything."""
    assert not [path for path in python_files() if path.stem in FORBIDDEN]


def test_every_file_with_tests_is_collected() -> None:
    """Only test_*.py is looked at."""
    lost = [
        path.relative_to(ROOT)
        for path in (ROOT / "tests").rglob("*.py")
        if not path.name.startswith("test_")
        and any(
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
            for node in ast.walk(ast.parse(path.read_text()))
        )
    ]

    assert not lost
