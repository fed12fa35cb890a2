"""Who owns a file, as GitHub's documentation says it with its own examples."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gitops.doctor.code_owners import owners
from gitops.doctor.github_owners import OWNED, PLACES
from render.configuration import ROOT


@pytest.mark.parametrize(
    ("line", "owned", "free"),
    [
        ("*", ["a", "a/b.js"], []),
        ("*.js", ["a.js", "src/deep/a.js"], ["a.jsx", "js/a"]),
        ("/build/logs/", ["build/logs/a", "build/logs/deep/a"], ["apps/build/logs/a", "build/logs"]),
        ("docs/*", ["docs/getting-started.md"], ["docs/build-app/troubleshooting.md"]),
        ("apps/", ["apps/a", "packages/apps/deep/a"], ["apps"]),
        ("/docs/", ["docs/deep/a"], ["packages/docs/a"]),
        ("**/logs", ["build/logs/a", "logs/a", "deeply/nested/logs/a"], ["logsheet/a"]),
        ("/apps/github", ["apps/github", "apps/github/a"], ["apps/gitlab"]),
        ("infra", ["infra/environment.py", "old/infra/a"], ["infrastructure/a"]),
        ("/a/**/z", ["a/z", "a/b/c/z"], ["a/zz"]),
        ("Pulumi.*.yaml", ["Pulumi.dev.yaml", "old/Pulumi.prod.yaml"], ["Pulumi.yaml"]),
        ("/requirement?/", ["requirements/api.txt"], ["requirements2/api.txt"]),
        (".github/", [".github/workflows/ci.yml"], ["xgithub/a"]),
    ],
)
def test_a_pattern_fits_these_files_and_not_those(line: str, owned: list[str], free: list[str]) -> None:
    """One line, one owner."""
    assert [path for path in owned if owners(f"{line} @team", path) != ["@team"]] == []
    assert [path for path in free if owners(f"{line} @team", path)] == []


def test_the_last_line_that_fits_decides() -> None:
    """Also one without owners, which takes them away; comments are none."""
    text = "# infra/ @nobody\n\n* @all # everything\ninfra/ @a @b\n/infra/free.py\n"

    assert owners(text, "infra/free.py") == []
    assert owners(text, "infra/other.py") == ["@a", "@b"]
    assert owners(text, "README.md") == ["@all"]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_owner_of_an_environment_owns_what_deploys_it(stack: str) -> None:
    """The same team in this repository's own file as in the tags of every resource."""
    text = (ROOT / PLACES[0]).read_text()
    owner = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())["config"]["priceguard:owner"]

    assert [path for path in OWNED.values() if not (ROOT / path).is_file()] == []
    assert {name for name, path in OWNED.items() if owners(text, path) != [f"@priceguard/{owner}"]} == set()


@given(st.text(max_size=200), st.text(max_size=50))
def test_any_text_is_read(text: str, path: str) -> None:
    """Others wrote it."""
    assert isinstance(owners(text, path), list)
