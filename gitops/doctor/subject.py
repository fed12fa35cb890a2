"""What every check is given."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from gitops.doctor.account import Account
from gitops.doctor.report import Row
from gitops.doctor.stack import Stack
from gitops.doctor.template import Template


@dataclass(frozen=True, kw_only=True)
class Subject:
    """An account with the stack of the template in it.

    Args:
        account: answers questions.
        stack: the bootstrap's.
        environments: those that are asked about.
        root: where the stack files are.
    """

    account: Account
    stack: Stack
    environments: Sequence[str]
    root: Path

    @property
    def template(self) -> Template:
        """What is expected."""
        return self.stack.template


Check = Callable[[Subject], Iterator[Row]]
"""Yields rows as it goes."""
