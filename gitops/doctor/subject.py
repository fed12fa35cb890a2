"""What every check is given."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gitops.doctor.account import Account
from gitops.doctor.report import Row
from gitops.doctor.stack import Stack
from gitops.doctor.template import Template


@dataclass(kw_only=True)
class Case:
    """What is to be looked at, and with what.

    Args:
        environments: of `dev` and `prod`.
        root: where the stack files are.
        environ: variables of the process: tokens, and where the services are.
        http: arguments of `infra.patient_http.PatientHttp`.
        session: boto3's, unless that of the surroundings will do.
        transport: of HTTP, unless the network will do.
        progress: told what is asked.
        account: the caller's, as soon as AWS has shown it.
        stack: the bootstrap's there.
    """

    environments: Sequence[str]
    root: Path
    environ: Mapping[str, str]
    http: Mapping[str, Any] = field(default_factory=dict[str, Any])
    session: Any = None
    progress: Callable[[str], None] = lambda _: None
    account: Account | None = None
    stack: Stack | None = None


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
