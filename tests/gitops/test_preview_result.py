"""What a job that runs anybody's code hands over, and what is made of it."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gitops.preview_result import LARGEST, PreviewResultError, of_failure, of_preview, read, write
from tests.gitops.golden_preview.samples import PREVIEWS

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


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.dictionaries(st.sampled_from(["stack", "head", "preview", "seal", "error"]), JSON))
def test_no_content_is_more_than_refused(document: dict[str, Any], tmp_path: Path) -> None:
    """Whatever it says."""
    (tmp_path / "result.json").write_text(json.dumps(document))

    with pytest.raises(PreviewResultError):
        read(tmp_path / "result.json", "dev", HEAD)
