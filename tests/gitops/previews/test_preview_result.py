"""What a job that runs anybody's code hands over, and what is made of it."""

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops.engine_result import Diagnostic
from gitops.previews.result import LARGEST, PreviewResultError, destructive, of_failure, of_preview, read, write
from tests.gitops.engine_states import changed
from tests.gitops.golden_preview.samples import INSTANCE, PREVIEWS, change, preview

HEAD = "0123456789abcdef0123456789abcdef01234567"
OTHER = HEAD[::-1]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize("name", PREVIEWS)
def test_a_preview_travels(name: str, tmp_path: Path) -> None:
    """With all that the comment is made of, and what an approval is for."""
    sent = of_preview(PREVIEWS[name], HEAD, {"priceguard:image": "build"})
    write(sent, tmp_path / "result.json")

    got = read(tmp_path / "result.json", PREVIEWS[name].stack, HEAD)

    assert got.seal == sent.seal
    assert got.preview == json.loads(json.dumps(PREVIEWS[name].as_dict()))


def test_a_failure_travels(tmp_path: Path) -> None:
    """The comment says it instead of standing there with what was true before."""
    write(of_failure("dev", HEAD, "no such key" * 10_000), tmp_path / "result.json")

    got = read(tmp_path / "result.json", "dev", HEAD)

    assert (got.preview, got.seal) == (None, None)
    assert got.error.startswith("no such key")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is none"),
        (b"[" * 100_000, "is none"),
        (b'{"stack": "dev"}', "is none"),
        (json.dumps({"stack": "dev", "head": "main", "error": "x"}).encode(), "is none"),
        (json.dumps({"stack": "staging", "head": HEAD, "error": "x"}).encode(), "is none"),
        (json.dumps({"stack": "dev", "head": HEAD}).encode(), "either a preview or an error"),
        (json.dumps({"stack": "dev", "head": HEAD, "error": "x", "preview": {}}).encode(), "either"),
        (json.dumps({"stack": "prod", "head": HEAD, "error": "x"}).encode(), "is of prod at"),
        (json.dumps({"stack": "dev", "head": OTHER, "error": "x"}).encode(), f"not of dev at {HEAD}"),
        (b" " * (LARGEST + 1), "is larger than"),
        (b"\xff\xfe", "is none"),
    ],
)
def test_anything_else_is_refused(content: bytes, said: str, tmp_path: Path) -> None:
    """By what is wrong with it."""
    (tmp_path / "result.json").write_bytes(content)

    with pytest.raises(PreviewResultError, match=said):
        read(tmp_path / "result.json", "dev", HEAD)


def test_a_result_that_is_missing_is_said(tmp_path: Path) -> None:
    """The job may have been cancelled."""
    with pytest.raises(PreviewResultError, match="there is no result of the preview of dev"):
        read(tmp_path / "nothing.json", "dev", HEAD)


def sent(name: str = "log_level") -> dict[str, Any]:
    """What a job hands over, for whoever changes it."""
    return msgspec.to_builtins(of_preview(PREVIEWS[name], HEAD, {}))


def refused(document: dict[str, Any], folder: Path) -> str:
    """Why it is."""
    (folder / "result.json").write_bytes(msgspec.json.encode(document))
    with pytest.raises(PreviewResultError) as error:
        read(folder / "result.json", "dev", HEAD)
    return str(error.value)


def test_a_plan_that_is_not_what_the_preview_shows_is_refused(tmp_path: Path) -> None:
    """Both come from a job that runs a stranger's code, and an approval of one must be that of the other."""
    hidden, other, kept, property_, without, old = (sent() for _ in range(6))
    hidden["preview"]["changes"] = hidden["preview"]["changes"][:1]
    other["preview"]["changes"][0]["op"] = "update"
    kept["preview"]["changes"][0]["retained"] = False
    property_["preview"]["changes"][1]["diff"][0]["path"] = "tags.Name"
    without["seal"] = None
    old["seal"]["context"]["revision"] = OTHER

    for document in (hidden, other, kept, property_):
        assert "not what its preview shows" in refused(document, tmp_path)
    for document in (without, old):
        assert "has no plan of this commit" in refused(document, tmp_path)


def test_a_preview_that_is_none_is_refused(tmp_path: Path) -> None:
    """Before anything is made of it."""
    document = sent()
    document["preview"]["unchanged"] = "many"

    assert "no result of a preview" in refused(document, tmp_path)


def test_an_image_has_another_name_in_each_commit(tmp_path: Path) -> None:
    """Its plan stands for all of them."""
    image = change("create", "docker-build:index:Image", f"sha-{'ab' * 20}")
    write(of_preview(preview(image), HEAD, {"priceguard:image": "build"}), tmp_path / "result.json")

    assert read(tmp_path / "result.json", "dev", HEAD).seal


def test_what_is_lost_is_found_in_the_plan() -> None:
    """What somebody has to allow, and nothing else."""
    database = change("replace", INSTANCE, "database", changed("username", "a", "b", replaces=True))
    result = of_preview(preview(database, *PREVIEWS["log_level"].result.changes), HEAD, {})

    assert result.preview
    assert result.seal
    assert [step.urn for step in destructive(result.preview, result.seal)] == [database.urn]


def test_no_secret_leaves_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one that the engine did not know, nor one of the job itself, in a value or an error."""
    monkeypatch.setenv("STRIPE_API_KEY", "opaque-value-of-a-key")
    found = preview(
        change("update", INSTANCE, "database", changed("url", "postgresql://a:hunter22@db", "sk_live_51Habcdefgh")),
        said=(Diagnostic(severity="error", message="with opaque-value-of-a-key", urn=""),),
    )
    write(of_preview(found, HEAD, {}), tmp_path / "result.json")
    write(of_failure("dev", HEAD, "opaque-value-of-a-key"), tmp_path / "failure.json")
    text = (tmp_path / "result.json").read_text() + (tmp_path / "failure.json").read_text()

    assert not [word for word in ("hunter22", "sk_live_51", "opaque-value") if word in text]
    assert read(tmp_path / "result.json", "dev", HEAD).preview


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.dictionaries(st.sampled_from(["stack", "head", "preview", "seal", "error"]), JSON))
def test_no_content_is_more_than_refused(document: dict[str, Any], tmp_path: Path) -> None:
    """Whatever it says."""
    (tmp_path / "result.json").write_text(json.dumps(document))

    with pytest.raises(PreviewResultError):
        read(tmp_path / "result.json", "dev", HEAD)
