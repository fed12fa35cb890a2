"""The examination: which services are asked, in which order, and when it ends early."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError

from gitops.aws.errors import cause
from gitops.doctor.account import Account
from gitops.doctor.comparison import check_resources
from gitops.doctor.environment import check_environments
from gitops.doctor.errors import DoctorError
from gitops.doctor.github import check_github
from gitops.doctor.netlify import check_netlify
from gitops.doctor.place import place_of
from gitops.doctor.provider import check_provider
from gitops.doctor.report import Report, Row, good
from gitops.doctor.stack import check_outputs, check_stack, find_stack
from gitops.doctor.state import check_state
from gitops.doctor.stripe_account import check_stripe
from gitops.doctor.subject import Case, Check, Subject
from gitops.doctor.tools import check_tools
from render.configuration import ROOT

ENVIRONMENTS = ("dev", "prod")
CHECKS: tuple[Check, ...] = (check_resources, check_provider, check_state, check_environments)
"""All of these need the stack."""
TOOLS = "tools"
"""The group that can always be looked at: this machine."""


def examine(
    environments: Sequence[str],
    *,
    only: Sequence[str] = (),
    session: Any = None,
    root: Path = ROOT,
    environ: Mapping[str, str] = os.environ,
    http: Mapping[str, Any] | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Look at everything that these environments stand on, as far as it can be asked; only reads.

    Args:
        environments: of `dev` and `prod`; AWS is asked about those that share an account and region.
        only: of `GROUPS`; without any, all.
        session: boto3's, unless that of the surroundings will do.
        root: where the stack files are.
        environ: variables, with the tokens.
        http: how services are asked over HTTP, as arguments of `infra.patient_http.PatientHttp`.
        progress: told what is being asked.

    Raises:
        DoctorError: of all that was to be asked, nothing could be; the message says why and what to do.
    """
    case = Case(
        environments=environments,
        root=root,
        environ=environ,
        session=session,
        http=http or {},
        progress=progress,
    )
    rows = _rows(case, [name for name in GROUPS if name in (only or GROUPS)])
    account, region = (case.account.id, case.account.region) if case.account else (None, None)
    return Report(account=account, region=region, environments=environments, rows=rows)


def _rows(case: Case, groups: Sequence[str]) -> list[Row]:
    """Of each group; a single one for a group that cannot be asked."""
    rows, reasons = list[Row](), list[DoctorError]()
    for name in groups:
        try:
            rows += list(GROUPS[name](case))
        except DoctorError as error:
            rows.append(error.row(name))
            reasons.append(error)
    # This machine alone says nothing of an environment, unless it is all that was asked about.
    if reasons and len(reasons) == len(set(groups) - {TOOLS}):
        raise reasons[0]
    return rows


def _check_account(case: Case) -> Iterator[Row]:
    """Compare the account of these environments to the template.

    Raises:
        DoctorError: it cannot be looked at.
    """
    number, region = place_of(case.environments, case.root)
    account = Account(case.session or _session(region), region, lambda question: case.progress(f"AWS: {question}"))
    if account.id != number:
        raise DoctorError(
            f"these credentials are of account {account.id} ({account.caller}), and priceguard:account says {number}; "
            "sign in to that account, or correct the stack's file"
        )
    case.account = account
    yield good("caller", account.caller)
    stack = find_stack(account, case.environments)
    if isinstance(stack, Row):
        yield stack
        return
    yield from check_stack(stack)
    # Without its keys the rest would say the same sixty times.
    lacking = list(check_outputs(stack))
    yield from lacking
    if lacking:
        return
    case.stack = stack
    subject = Subject(account=account, stack=stack, environments=case.environments, root=case.root)
    for check in CHECKS:
        yield from check(subject)


def _session(region: str) -> Any:
    import boto3  # noqa: PLC0415 - a tenth of a second, which commands on this machine need not wait for

    try:
        return boto3.Session(region_name=region)
    except BotoCoreError as error:
        raise DoctorError(cause(error, region)) from error


GROUPS: Mapping[str, Callable[[Case], Iterator[Row]]] = {
    "aws": _check_account,
    "github": check_github,
    "netlify": check_netlify,
    "stripe": check_stripe,
    TOOLS: check_tools,
}
"""What is looked at. AWS comes first: it says what GitHub should hold."""
