"""The examination of an account: what is asked, in which order, and when it ends early."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError

from gitops.aws_errors import cause
from gitops.doctor.account import Account, DoctorError
from gitops.doctor.comparison import check_resources
from gitops.doctor.environment import check_environments
from gitops.doctor.provider import check_provider
from gitops.doctor.report import Report, Row, good
from gitops.doctor.stack import check_outputs, check_stack, find_stack
from gitops.doctor.state import check_state
from gitops.doctor.subject import Check, Subject
from render.configuration import ROOT, ConfigurationError, read_configuration

ENVIRONMENTS = ("dev", "prod")
CHECKS: tuple[Check, ...] = (check_resources, check_provider, check_state, check_environments)
"""All of these need the stack."""


def examine(
    environments: Sequence[str],
    *,
    session: Any = None,
    root: Path = ROOT,
    progress: Callable[[str], None] = lambda _: None,
) -> Report:
    """Compare the account of these environments to the template; only reads.

    Args:
        environments: of `dev` and `prod`, those that must be in one account and region.
        session: boto3's, unless that of the surroundings will do.
        root: where the stack files are.
        progress: told what AWS is being asked.

    Raises:
        DoctorError: nothing could be looked at; the message says why and what to do.
    """
    number, region = place_of(environments, root)
    account = Account(session or _session(region), region, progress)
    if account.id != number:
        raise DoctorError(
            f"these credentials are of account {account.id} ({account.caller}), and priceguard:account says {number}; "
            "sign in to that account, or correct the stack's file"
        )
    rows = _rows(account, environments, root)
    return Report(account=number, region=region, environments=environments, rows=list(rows))


def place_of(environments: Sequence[str], root: Path = ROOT) -> tuple[str, str]:
    """Account and region in the files of these environments.

    Raises:
        DoctorError: a file does not say, or they do not say the same.
    """
    places = {environment: _place(environment, root) for environment in environments}
    if len(set(places.values())) > 1:
        words = ", ".join(f"{name} is in {account}, {region}" for name, (account, region) in places.items())
        raise DoctorError(f"{words}; look at one at a time: `priceguard doctor {environments[0]}`")
    return places[environments[0]]


def _place(environment: str, root: Path) -> tuple[str, str]:
    try:
        values = read_configuration(environment, root)
    except ConfigurationError as error:
        raise DoctorError(str(error)) from error
    if lacking := [key for key in ("priceguard:account", "aws:region") if not values.get(key)]:
        raise DoctorError(f"Pulumi.{environment}.yaml names no {' and no '.join(lacking)}; write it there")
    return values["priceguard:account"], values["aws:region"]


def _rows(account: Account, environments: Sequence[str], root: Path) -> Iterator[Row]:
    yield good("caller", account.caller)
    stack = find_stack(account, environments)
    if isinstance(stack, Row):
        yield stack
        return
    yield from check_stack(stack)
    # Without its keys the rest would say the same sixty times.
    lacking = list(check_outputs(stack))
    yield from lacking
    if lacking:
        return
    subject = Subject(account=account, stack=stack, environments=environments, root=root)
    for check in CHECKS:
        yield from check(subject)


def _session(region: str) -> Any:
    import boto3  # noqa: PLC0415 - a tenth of a second, which commands on this machine need not wait for

    try:
        return boto3.Session(region_name=region)
    except BotoCoreError as error:
        raise DoctorError(cause(error, region)) from error
