"""What it means that a resource is replaced or deleted: what goes down, for how long, whose requests, which data."""

from dataclasses import dataclass
from typing import Literal

from gitops.comments.blast_rows import ROWS, UNKNOWN
from policy.stack import canonical

Loss = Literal["delete", "replace"]


@dataclass(frozen=True, kw_only=True)
class Blast:
    """What the loss of one resource means.

    Args:
        words: what goes down, for how long, whose requests, which data.
        stateful: whether it holds what the program alone cannot make again.
        harmless: whether nobody has to allow it.
    """

    words: str
    stateful: bool
    harmless: bool


def blast(type_: str, op: Loss) -> Blast:
    """What it means to replace or delete a resource of a type; a type without a row is taken for dangerous."""
    row = ROWS.get(canonical(type_), UNKNOWN)
    words = row.replace if op == "replace" else row.delete
    return Blast(words=words, stateful=row.stateful, harmless=op in row.harmless)
