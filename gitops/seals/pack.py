"""Seals as text, which a check run keeps, and several seals as one, for an update that carries several approvals."""

import base64
import binascii
import lzma
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

import msgspec

from gitops.seals.seal import Seal
from gitops.seals.steps import MADE, Property, Step

LIMIT = 65_000
"""Characters; GitHub takes 65,535. A first update of prod takes 40,000."""
LARGEST = 16 * 1024 * 1024
"""Bytes of a seal, unpacked; that of a first update of prod has a quarter of a megabyte."""
MEMORY = 64 * 1024 * 1024
"""Bytes that unpacking may take."""
RANKS = ("create", "update", "replace")
"""Operations that two approvals of one resource make a single one of: the last that occurs."""
_OPENING, _CLOSING = "The plan that an update is compared with, packed:\n\n```text\nseal:", "\n```\n"
_PACKED = re.compile(r"^seal:(?P<data>[A-Za-z0-9+/]{1,65000}={0,2})$", re.MULTILINE)
_FINGERPRINT = re.compile(r"[0-9a-f]{64}")


def pack(seal: Seal) -> str:
    """The seal as text of at most `LIMIT` characters; where that is too little, only that it is not kept."""
    data = base64.b64encode(lzma.compress(msgspec.json.encode(seal))).decode()
    text = f"{_OPENING}{data}{_CLOSING}"
    return text if len(text) <= LIMIT else f"The plan is too large to be kept here; its digest is `{seal.digest}`.\n"


def unpack(text: str) -> Seal | None:
    """The seal in a text, whatever else that is; None when none is kept in it."""
    found = _PACKED.search(text)
    if not found:
        return None
    try:
        packed = base64.b64decode(found["data"], validate=True)
        unpacking = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MEMORY)
        data = unpacking.decompress(packed, max_length=LARGEST + 1)
        return msgspec.json.decode(data, type=Seal) if unpacking.eof and len(data) <= LARGEST else None
    except (binascii.Error, lzma.LZMAError, EOFError, MemoryError, msgspec.MsgspecError, RecursionError, ValueError):
        return None


def together(seals: Sequence[Seal]) -> Seal:
    """What all of them approve, for an update that does what several pull requests ask for.

    Where two of them change one resource, each of both changes is approved, and both at once: from what the older one
    found to what the newer one makes.

    Args:
        seals: at least one, the newest first.
    """
    steps: defaultdict[str, list[Step]] = defaultdict(list)
    for one in reversed(seals):
        for step in one.steps:
            steps[step.urn].append(step)
    refusals = {refusal for one in seals for refusal in one.refusals}
    approved = {step for found in steps.values() for step in (*found, *_merged(found))}
    return Seal(steps=tuple(sorted(approved)), refusals=tuple(sorted(refusals)), context=seals[0].context)


def _merged(steps: Sequence[Step]) -> list[Step]:
    """All changes of one resource as one, the oldest first; nothing when it goes, or is only changed once."""
    if len(steps) < 2 or any(step.op not in RANKS for step in steps):
        return []
    op = RANKS[max(RANKS.index(step.op) for step in steps)]
    return [
        replace(
            steps[-1],
            op="create" if steps[0].op in MADE else op,
            properties=_chained(step.properties for step in steps),
            replaces=tuple(sorted({path for step in steps for path in step.replaces})),
            retained=all(step.retained for step in steps),
        )
    ]


def _chained(changes: Iterable[Sequence[Property]]) -> tuple[Property, ...]:
    """Each path once: from where the oldest change found it to where the newest one brings it."""
    found: dict[str, Property] = {}
    for properties in changes:
        for one in properties:
            found[one.path] = replace(one, before=found[one.path].before) if one.path in found else one
    undone = [path for path, one in found.items() if one.before == one.after and _FINGERPRINT.fullmatch(one.after)]
    return tuple(sorted(one for path, one in found.items() if path not in undone))
