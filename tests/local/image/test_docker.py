"""What Docker is asked for."""

import json
from pathlib import Path

import pytest

from local.image.docker import Docker
from local.image.recipe import Recipe
from local.image.tool import ImageError
from tests.local.image.fake_tools import Tools, values

BUILD = """
while [ $# -gt 0 ]; do
  [ "$1" = --iidfile ] && printf 'sha256:0123\\n' > "$2"
  shift
done
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """A recipe with both labels."""
    labels = {"REVISION": "unreleased", "SOURCE": ""}
    return Recipe(name="priceguard-api", context=tmp_path, base="docker.io/library/python:3", labels=labels)


def test_a_build_gets_the_recipes_arguments_and_a_date(
    tools: Tools, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of our environment, neither by value nor by name."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", "the-secret")
    tools.put("docker", BUILD)

    assert Docker("1").build(recipe) == "sha256:0123"

    (call,) = tools.calls("docker")
    assert sorted(values(call, "--build-arg")) == [
        "BASE=docker.io/library/python:3",
        "REVISION=unreleased",
        "SOURCE=",
        "SOURCE_DATE_EPOCH=0",
    ]
    assert values(call, "--tag") == ["localhost/priceguard-api"]
    assert (call[0], call[-1]) == ("build", str(tmp_path))
    assert "--no-cache" not in call
    assert not [word for word in call if "secret" in word.lower()]


def test_a_fresh_build_takes_nothing_from_earlier_ones(tools: Tools, recipe: Recipe) -> None:
    """Otherwise as any other."""
    tools.put("docker", BUILD)

    Docker("1").build(recipe)
    Docker("1").build(recipe, fresh=True)

    first, fresh = tools.calls("docker")
    assert "--no-cache" in fresh
    assert len(fresh) == len(first) + 1
    assert sorted(values(first, "--build-arg")) == sorted(values(fresh, "--build-arg"))


def test_a_build_that_fails_says_why(tools: Tools, recipe: Recipe) -> None:
    """With the end of the output."""
    tools.put("docker", "echo 'REVISION: 40 hex digits' >&2; exit 64")

    with pytest.raises(ImageError, match=r"`docker build …` failed with exit code 64:\n    REVISION: 40 hex digits"):
        Docker("1").build(recipe)


def test_a_push_gives_the_digest_of_its_repository(tools: Tools) -> None:
    """The same image may have been pushed to others, also to one whose name begins alike."""
    known = [
        "docker.io/acme/priceguard-api@sha256:hub",
        "127.0.0.1:5000/priceguard-api-old@sha256:longer",
        "127.0.0.1:5001/priceguard-api@sha256:port",
        "127.0.0.1:5000/priceguard-api@sha256:right",
    ]
    tools.put("docker", f"[ \"$1\" = image ] && printf '%s' '{json.dumps([{'RepoDigests': known}])}'; exit 0")

    assert Docker("1").push("sha256:0123", "127.0.0.1:5000/priceguard-api:unreleased") == "sha256:right"
    assert tools.calls("docker")[:2] == [
        ["tag", "sha256:0123", "127.0.0.1:5000/priceguard-api:unreleased"],
        ["push", "--quiet", "127.0.0.1:5000/priceguard-api:unreleased"],
    ]


def test_the_configuration_comes_with_the_layers(tools: Tools) -> None:
    """In one piece, as from the other engine."""
    found = [{"Config": {"User": "1:1", "Cmd": ["x"]}, "RootFS": {"Layers": ["sha256:a", "sha256:b"]}}]
    tools.put("docker", f"printf '%s' '{json.dumps(found)}'")

    assert Docker("1").inspect("image") == {"User": "1:1", "Cmd": ["x"], "layers": ["sha256:a", "sha256:b"]}


def test_it_has_what_it_can_inspect(tools: Tools) -> None:
    """And nothing else."""
    tools.put("docker", '[ "$3" = here ]')

    assert Docker("1").has("here")
    assert not Docker("1").has("elsewhere")
