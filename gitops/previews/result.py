"""What the job that runs a pull request's code hands to the job that may write on it.

The first one has no right to write, because it runs what anybody proposes; so whatever it hands over may be anything,
and is read here as such.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec

from gitops.comments.told import PreviewError, told
from gitops.engine_result import Change
from gitops.previews.preview import Preview
from gitops.previews.secrets import without_secrets
from gitops.revision import Revision
from gitops.seals.seal import Seal, seal
from gitops.seals.steps import IMAGE, MADE, WILD, Step
from render.configuration import ROOT

LARGEST = 16 * 1024 * 1024
"""Bytes of a file that is looked at; a first preview of prod takes a quarter of a megabyte."""
LONGEST_ERROR = 20_000
REQUIREMENTS = "requirements/dev.txt"
_TOP = re.compile(r"[.\[]")


class PreviewResultError(Exception):
    """The file is none that a preview has written; the message says what is wrong with it."""


@dataclass(frozen=True, kw_only=True)
class PreviewResult:
    """One preview, for one commit.

    Args:
        stack: the environment.
        head: commit that was previewed, 40 hex digits.
        preview: `Preview.as_dict()`; None when there is none.
        seal: what an approval would be for; None likewise.
        error: why there is no preview.
    """

    stack: Literal["dev", "prod"]
    head: Revision
    preview: dict[str, Any] | None = None
    seal: Seal | None = None
    error: Annotated[str, msgspec.Meta(max_length=LONGEST_ERROR)] = ""


def of_preview(preview: Preview, head: str, config: Mapping[str, str], root: Path = ROOT) -> PreviewResult:
    """What a preview found at the commit `head`, under the configuration `config`."""
    sealed = seal(
        preview.result,
        revision=head,
        configuration=config,
        requirements=(root / REQUIREMENTS).read_text(),
        wildcard_image=config.get("priceguard:image") == "build",
    )
    return PreviewResult(stack=preview.stack, head=head, preview=preview.as_dict(), seal=sealed)  # pyright: ignore[reportArgumentType]


def of_failure(stack: str, head: str, error: str) -> PreviewResult:
    """That there is none, and why."""
    return PreviewResult(stack=stack, head=head, error=error[:LONGEST_ERROR])  # pyright: ignore[reportArgumentType]


def write(result: PreviewResult, path: Path) -> None:
    """Write it where the other job gets it from, which everybody may read who may read the repository."""
    path.write_text(without_secrets(msgspec.json.encode(result).decode()))


def read(path: Path, stack: str, head: str) -> PreviewResult:
    """Read what claims to be the preview of `stack` at the commit `head`.

    Raises:
        PreviewResultError: it is too large, is something else, or is about another stack or commit.
    """
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise PreviewResultError(f"there is no result of the preview of {stack}: {error.strerror}") from None
    if len(data) > LARGEST:
        raise PreviewResultError(f"the result of the preview of {stack} is larger than {LARGEST} bytes")
    try:
        result = msgspec.json.decode(data, type=PreviewResult)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise PreviewResultError(f"the result of the preview of {stack} is none: {_shortened(error)}") from None
    if (result.stack, result.head) != (stack, head):
        raise PreviewResultError(f"the result is of {result.stack} at {result.head}, not of {stack} at {head}")
    if (result.preview is None) == (not result.error):
        raise PreviewResultError(f"the result of the preview of {stack} must have either a preview or an error")
    if result.preview is not None:
        _check_seal(result, result.preview)
    return result


def _check_seal(result: PreviewResult, preview: Mapping[str, Any]) -> None:
    """What is approved is what is shown: both were made by the pull request's own code."""
    try:
        changes = told(preview).changes
    except PreviewError as error:
        raise PreviewResultError(_shortened(error)) from None
    if result.seal is None or result.seal.context.revision != result.head:
        raise PreviewResultError(f"the result of the preview of {result.stack} has no plan of this commit")
    shown = {_seen(change.urn, change) for change in changes if change.custom}
    planned = {_seen(step.urn, step) for step in result.seal.steps}
    if planned != shown:
        raise PreviewResultError(f"the plan of {result.stack} is not what its preview shows; both must be of one run")


def _seen(urn: str, step: Change | Step) -> tuple[str, str, bool, tuple[str, ...]]:
    """What a change and its step have in common, without values."""
    paths = [one.path for one in (step.diff if isinstance(step, Change) else step.properties)]
    known = () if step.op in MADE else tuple(sorted({_TOP.split(path, maxsplit=1)[0] for path in paths}))
    return IMAGE.sub(WILD, urn), step.op, step.retained, known


def destructive(preview: Mapping[str, Any], seal: Seal) -> Iterator[Step]:
    """The steps of a plan that somebody has to allow.

    Raises:
        PreviewError: the JSON is no preview.
    """
    losses = {(IMAGE.sub(WILD, one.urn), one.op) for one in told(preview).destructive}
    yield from (step for step in seal.steps if (IMAGE.sub(WILD, step.urn), step.op) in losses)


def _shortened(error: Exception) -> str:
    return json.dumps(str(error)[:200])
