"""Who may import whom. What stands here is what `CONTRIBUTING.md` promises."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from render.configuration import ROOT

OURS = {"bench", "infra", "api", "policy", "render", "gitops", "local", "priceguard", "tests"}
MAY_IMPORT = {
    "infra": {"infra"},
    "api": {"api"},
    "policy": {"policy"},
    "render": {"render", "infra"},
    "gitops": {"gitops", "render", "policy", "infra.patient_http"},
    "local": {"local", "render", "gitops.engine"},
    "priceguard": {"priceguard", "gitops", "local", "render"},
    "bench": {"bench", "local", "render"},
}
ONLY_IN = {
    # third-party module or attribute -> the files of `api` that may name it
    "stripe": {"stripe_gateway"},
    "os.environ": {"settings"},
    "quart": {"app", "blueprints"},
}
WIRING = {"environment", "monitoring", "outputs", "__main__"}
# Beside what everybody reads: a type of resource of our own, which components use as they use those of a package.
SHARED_IN_INFRA = {
    *("naming", "settings", "setting_objects", "setting_rules", "checks"),
    *("alarm_table", "netlify_dns", "netlify_records", "netlify_api"),
    *("patient_http", "http_answer"),
}


def sources(package: str) -> list[Path]:
    """Every Python file of a package; none for a package that does not exist yet."""
    return sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full names of everything that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def below(name: str, allowed: set[str]) -> bool:
    """Whether the dotted `name` is one of `allowed`, or inside one."""
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in allowed)


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_packages_import_only_what_they_may(package: str) -> None:
    """So that each can be understood, and changed, without the others."""
    wrong = [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sources(package)
        for name in imports(path)
        if name.split(".", 1)[0] in OURS and not below(name, MAY_IMPORT[package])
    ]

    assert not wrong


def test_components_of_infra_do_not_import_each_other() -> None:
    """One's outputs become another's inputs in environment.py, and nowhere else."""
    wrong = [
        f"{path.name}: {name}"
        for path in sources("infra")
        if path.stem not in WIRING
        for name in imports(path)
        if name.startswith("infra.") and name.split(".")[1] not in SHARED_IN_INFRA
    ]

    assert not wrong


@pytest.mark.parametrize("module", ["stripe", "quart"])
def test_a_library_is_known_only_where_it_belongs(module: str) -> None:
    """Everything else in the API works without it."""
    wrong = [
        path.relative_to(ROOT)
        for path in sources("api")
        if any(below(name, {module}) for name in imports(path))
        and path.relative_to(ROOT / "api").parts[0].removesuffix(".py") not in ONLY_IN[module]
    ]

    assert not wrong


def test_only_the_settings_of_the_api_read_the_environment() -> None:
    """What can be configured stands in one file."""
    wrong = [
        path.relative_to(ROOT)
        for path in sources("api")
        if path.stem not in ONLY_IN["os.environ"]
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    ]

    assert not wrong


def test_sql_stands_in_models_database_and_migrations() -> None:
    """A string that begins like a statement, anywhere else in the API."""
    verbs = ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "WITH ", "CREATE ", "ALTER ")
    wrong = [
        f"{path.relative_to(ROOT)}: {node.value[:40]!r}"
        for path in sources("api")
        if path.stem != "db" and "models" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.lstrip().startswith(verbs)
    ]

    assert not wrong


def test_only_settings_read_the_stack_configuration() -> None:
    """A component that reads configuration cannot be tested without it."""
    wrong = [
        path.name
        for path in sources("infra")
        if path.stem
        not in {"settings", "netlify_api"}  # the latter is no part of the program: a provider, in a process
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"Config", "get_stack", "environ", "get_config"}
    ]

    assert not wrong


def test_no_file_of_infra_shadows_the_standard_library() -> None:
    """Pulumi puts infra/ first on the path: infra/secrets.py would be everybody's `secrets`."""
    assert not {path.stem for path in sources("infra")} & set(sys.stdlib_module_names)


def test_the_local_platform_starts_the_api_only_by_its_task_definition() -> None:
    """Whatever runs locally runs in the cloud."""
    wrong = [
        f"{path.relative_to(ROOT)}: {node.value!r}"
        for path in sources("local")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value in {"api.app", "api.__main__", "hypercorn"}
    ]

    assert not wrong
