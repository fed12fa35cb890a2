"""The rendered diff: what the program of one commit declares, against that of another. No engine and no cloud is asked.

It knows what differs and, by `rendered_replacing.json`, what a difference replaces; what stands on something that is
replaced is known only after the update, as with the engine. It does not know what is really there, what a
provider adds by itself, and whether a secret is another one.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

import msgspec

from gitops.engine_result import PolicyResult, ResourceState, Result, Timing
from gitops.manifest_policy import judge
from gitops.previews.rendered_changes import changes, unlisted
from gitops.previews.values import clipped
from render.manifest import Manifest, ManifestResource

SECONDS = 120
"""For one program; it takes two."""
LARGEST = 32 * 1024 * 1024
"""Bytes of a manifest; that of prod has a quarter of a megabyte."""
LONGEST_ERROR = 4_000
COMMAND = """
import json, sys
import pulumi
from render.configuration import ConfigurationError
from render.program import run
try:
    sys.stdout.write(run(sys.argv[1], json.loads(sys.argv[2])).to_json())
except (ConfigurationError, pulumi.RunError) as error:
    sys.exit(str(error))
"""


class RenderedError(Exception):
    """A checkout's program could not be run; the message says why."""


def manifest_of(root: Path, stack: str, overrides: Mapping[str, str] | None = None) -> Manifest:
    """What the program in the checkout `root` declares for `stack`, by that checkout's own code.

    It runs in a process of its own: this one has the modules of its own checkout.

    Args:
        root: the checkout; nothing in it is changed.
        stack: `dev` or `prod`.
        overrides: configuration keys that replace those of the stack's file, as text.

    Raises:
        RenderedError: it refuses its settings, takes too long, or tells something else.
    """
    with tempfile.TemporaryFile() as told, tempfile.TemporaryFile() as said:
        code = _run(root, [stack, json.dumps(dict(overrides or {}))], told, said)
        if code != 0:
            words = _read(said)[-LONGEST_ERROR:].decode(errors="replace").strip()
            raise RenderedError(words or f"the program of {stack} ended with exit code {code}, and said nothing")
        text = _read(told)
    try:
        found = msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise RenderedError(
            f"what the program of {stack} declares cannot be read: {clipped(str(error), 200)}"
        ) from None
    if found.stack != stack:
        raise RenderedError(f"the program of {stack} tells of another stack")
    return found


def _run(root: Path, arguments: list[str], told: IO[bytes], said: IO[bytes]) -> int:
    """Have the checkout's own code write into two files."""
    python = root / ".venv" / "bin" / "python"  # with the packages of its own commit
    own = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    own.pop("PYTHONSAFEPATH", None)  # with it the folder that this starts in is none to import from
    try:
        return subprocess.run(  # noqa: S603
            [python if python.exists() else sys.executable, "-c", COMMAND, *arguments],
            cwd=root,
            env=own,
            stdin=subprocess.DEVNULL,
            stdout=told,
            stderr=said,
            timeout=SECONDS,
            check=False,
        ).returncode
    except subprocess.TimeoutExpired:
        raise RenderedError(f"the program did not declare its resources within {SECONDS} s") from None
    except OSError as error:
        raise RenderedError(f"the program cannot be started in {root}: {error.strerror}") from None


def _read(file: IO[bytes]) -> bytes:
    file.seek(0)
    data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise RenderedError(f"the program tells more than {LARGEST} bytes")
    return data


def compare(before: Manifest | None, after: Manifest) -> Result:
    """What it means to go from one manifest to the other, with what the rules say of the latter.

    Args:
        before: None when there is nothing yet.
        after: of the same stack.
    """
    began = time.monotonic()
    found = changes(before, after)
    spent = round(time.monotonic() - began, 2)
    return Result(
        changes=found,
        unchanged=len(after.resources) - sum(one.op != "delete" for one in found),
        policy=tuple(_policy(after)),
        diagnostics=tuple(unlisted(found)),
        before=tuple(map(_state, before.resources if before else ())),
        after=tuple(map(_state, after.resources)),
        timing=Timing(total=spent, start=0, program=0, resources=spent, end=0),
    )


def _policy(manifest: Manifest) -> Iterator[PolicyResult]:
    """What the rules find, in the words in which the engine tells it."""
    judgement = judge(manifest, dt.datetime.now(tz=dt.UTC).date())
    for one in (*judgement.mandatory, *judgement.advisory):
        heading = " ".join((*one.controls, one.rule))
        mandatory = one in judgement.mandatory
        yield PolicyResult(policy=one.rule, mandatory=mandatory, urn=one.urn, message=f"{heading}\n{one.message}")


def _state(resource: ManifestResource) -> ResourceState:
    return ResourceState(
        urn=resource.urn,
        type=resource.type,
        id="",
        custom=resource.custom,
        parent=resource.parent,
        provider="",
        protect=bool(resource.options.get("protect")),
        inputs=resource.inputs,
        outputs={},
    )
