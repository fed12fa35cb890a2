"""What buildah is asked for."""

import json
from pathlib import Path

import pytest

from local.image.buildah import Buildah
from local.image.recipe import Recipe
from local.image.tool import ImageError
from tests.local.image.fake_tools import Tools, values

BUILD = """
case " $* " in *" build-using-dockerfile "*)
  while [ $# -gt 0 ]; do
    [ "$1" = --iidfile ] && printf 'sha256:0123\\n' > "$2"
    shift
  done
esac
exit 0
"""


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """A recipe with both labels."""
    labels = {"REVISION": "unreleased", "SOURCE": ""}
    return Recipe(name="priceguard-api", context=tmp_path, base="docker.io/library/python:3", labels=labels)


def test_a_build_gets_the_recipes_arguments(
    tools: Tools, recipe: Recipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nothing of our environment, neither by value nor by name."""
    monkeypatch.setenv("STRIPE_SECRET_KEY", "the-secret")
    tools.put("buildah", BUILD)

    assert Buildah().build(recipe) == "0123"

    call = tools.calls("buildah")[-1]
    assert sorted(values(call, "--build-arg")) == ["BASE=docker.io/library/python:3", "REVISION=unreleased", "SOURCE="]
    assert values(call, "--timestamp") == ["0"]
    assert values(call, "--tag") == ["localhost/priceguard-api"]
    assert call[-1] == str(tmp_path)
    assert "--no-cache" not in call
    assert not [word for word in call if "secret" in word.lower() or word.startswith("--env")]


def test_a_fresh_build_takes_nothing_from_earlier_ones(tools: Tools, recipe: Recipe) -> None:
    """Otherwise as any other."""
    tools.put("buildah", BUILD)
    buildah = Buildah()

    buildah.build(recipe)
    buildah.build(recipe, fresh=True)

    first, fresh = tools.calls("buildah")[-2:]
    assert "--no-cache" in fresh
    assert len(fresh) == len(first) + 1
    assert values(first, "--build-arg") == values(fresh, "--build-arg")


def test_overlay_is_used_where_it_works(tools: Tools) -> None:
    """On every call, and the driver is not looked for again."""
    tools.put("buildah", "exit 0")

    Buildah().has("image")

    assert [call for call in tools.calls("buildah") if call != ["--version"]] == [
        ["--storage-driver=overlay", "info"],
        ["--storage-driver=overlay", "inspect", "--type", "image", "image"],
    ]


def test_vfs_is_used_where_overlay_does_not_work(tools: Tools) -> None:
    """On every call from then on."""
    tools.put("buildah", '[ "$1" != --storage-driver=overlay ]')

    assert Buildah().has("image")

    assert [call for call in tools.calls("buildah") if call != ["--version"]] == [
        ["--storage-driver=overlay", "info"],
        ["--storage-driver=vfs", "info"],
        ["--storage-driver=vfs", "inspect", "--type", "image", "image"],
    ]


def test_nothing_works_says_why(tools: Tools) -> None:
    """What the last attempt said."""
    tools.put("buildah", 'echo "no $1" >&2; exit 125')

    with pytest.raises(ImageError, match="no --storage-driver=vfs"):
        Buildah()


def test_a_storage_of_its_own_is_named_on_every_call(tools: Tools, tmp_path: Path) -> None:
    """So that nothing of the user's storage is in it."""
    tools.put("buildah", "exit 0")

    Buildah(tmp_path / "storage").has("image")

    for call in tools.calls("buildah"):
        assert call == ["--version"] or call[1:3] == [
            f"--root={tmp_path / 'storage' / 'root'}",
            f"--runroot={tmp_path / 'storage' / 'run'}",
        ]


@pytest.mark.parametrize(
    ("reference", "verified"),
    [("127.0.0.1:5000/api@sha256:a", "false"), ("docker.io/library/python:3", "true"), ("127.0.0.1.evil/x", "true")],
)
def test_only_loopback_is_spoken_to_without_tls(tools: Tools, reference: str, verified: str) -> None:
    """Whoever sits between would choose the base."""
    tools.put("buildah", "exit 0")

    Buildah().pull(reference)

    call = tools.calls("buildah")[-1]
    assert call[-1] == reference
    assert f"--tls-verify={verified}" in call


def test_a_push_gives_the_digest(tools: Tools) -> None:
    """As the registry has it."""
    script = 'while [ $# -gt 0 ]; do [ "$1" = --digestfile ] && printf sha256:right > "$2"; shift; done; exit 0'
    tools.put("buildah", script)

    assert Buildah().push("0123", "127.0.0.1:5000/api:unreleased") == "sha256:right"
    assert tools.calls("buildah")[-1][-2:] == ["0123", "docker://127.0.0.1:5000/api:unreleased"]


def test_the_configuration_comes_with_the_layers(tools: Tools) -> None:
    """In one piece, as from the other engine."""
    found = {"OCIv1": {"config": {"User": "1:1", "Cmd": ["x"]}, "rootfs": {"diff_ids": ["sha256:a", "sha256:b"]}}}
    tools.put("buildah", f"printf '%s' '{json.dumps(found)}'")

    assert Buildah().inspect("image") == {"User": "1:1", "Cmd": ["x"], "layers": ["sha256:a", "sha256:b"]}


def test_a_container_is_removed_when_nothing_can_be_added(tools: Tools, tmp_path: Path) -> None:
    """It would stay in the storage for ever."""
    tools.put("buildah", 'case " $* " in *" from "*) echo working;; *" add "*) echo broken >&2; exit 1;; esac; exit 0')

    with pytest.raises(ImageError, match="broken"):
        Buildah().load(tmp_path / "base.tar", "localhost/base:1")
    assert tools.calls("buildah")[-1][-2:] == ["rm", "working"]
