"""What belongs to one environment: its place in the account, its stack file, the roles that its program made."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import yaml

from gitops.doctor.account import Account
from gitops.doctor.errors import MissingError, UnreadError
from gitops.doctor.identity import boundary_of, read_role
from gitops.doctor.report import Row, good, shown, wrong
from gitops.doctor.stack import deploy
from gitops.doctor.subject import Subject


def check_environments(subject: Subject) -> Iterator[Row]:
    """Rows about each environment; a single one when the account does not hold it."""
    held = subject.template.parameters["Environments"]
    for name in subject.environments:
        check, expected = f"{name}.Environments", f"{name} among Environments"
        if name not in held.split(","):
            fix = f"{deploy(subject.account.region)} --parameter-overrides Environments=dev,prod"
            yield wrong(check, expected=expected, found=held, fix=fix)
            continue
        yield good(check, expected)
        provider = subject.template.output(f"{name.capitalize()}SecretsProvider")
        yield _secrets_provider(name, provider, subject.root)
        yield from _roles(subject.account, name, subject.template.resource("Boundary").arn)


def _secrets_provider(environment: str, expected: str, root: Path) -> Row:
    """Who can open the secrets of the stack: nobody but KMS. The encrypted key beside it is never shown."""
    check = f"{environment}.secretsprovider"
    file = yaml.safe_load((root / f"Pulumi.{environment}.yaml").read_text())
    provider = file.get("secretsprovider")
    if provider is None:
        found, fix = "no secretsprovider", f"pulumi stack init {environment} --secrets-provider='{expected}'"
    elif not is_same(str(provider), expected):
        found = provider if str(provider).startswith("awskms:") else f"{str(provider).partition(':')[0]}, not KMS"
        fix = f"pulumi stack change-secrets-provider --stack {environment} '{expected}'"
    elif "encryptedkey" not in file:
        found, fix = "no encryptedkey", f"git log -p Pulumi.{environment}.yaml # has what `pulumi stack init` wrote"
    else:
        return good(check, expected)
    place = f"Pulumi.{environment}.yaml"
    return wrong(check, expected=expected, found=f"{shown(found)} in {place}", fix=f"{fix}\n# and commit {place}")


def is_same(one: str, other: str) -> bool:
    """Whether two addresses are one: the order of a query means nothing."""
    try:
        return _parts(one) == _parts(other)
    except ValueError:
        return False  # no address at all


def _parts(url: str) -> tuple[str, str, str, dict[str, list[str]]]:
    split = urlsplit(url)
    return split.scheme, split.netloc, split.path, parse_qs(split.query)


def _roles(account: Account, environment: str, boundary: str) -> Iterator[Row]:
    """Every role of the workload is inside the boundary, and has the tag from which that takes the environment."""
    path = f"/priceguard/{environment}/"
    checks = (
        (
            "PermissionsBoundary",
            boundary,
            boundary_of,
            f"put-role-permissions-boundary --permissions-boundary {boundary}",
        ),
        ("Environment", environment, _tag, f"tag-role --tags Key=Environment,Value={environment}"),
    )
    for name, value, read, command in checks:
        check, expected = f"{environment}.roles.{name}", f"{value} at every role below {path}"
        try:
            found = {name: read(role) for name, role in _read_roles(account, path)}
        except UnreadError as error:
            yield error.row(check, expected)
            continue
        if astray := {role: other for role, other in found.items() if other != value}:
            words = "; ".join(f"{role}: {shown(other)}" for role, other in astray.items())
            fix = "\n".join(f"aws iam {command} --role-name {role}" for role in astray)
            yield wrong(check, expected=expected, found=words, fix=fix)
        else:
            yield good(check, f"{expected}, of which there are {len(found)}")


def _read_roles(account: Account, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for role in account.call("iam", "list_roles", PathPrefix=path)["Roles"]:
        with contextlib.suppress(MissingError):  # deleted while we looked
            yield role["RoleName"], read_role(account, role["RoleName"])


def _tag(role: dict[str, Any]) -> str | None:
    return next((tag["Value"] for tag in role.get("Tags", []) if tag["Key"] == "Environment"), None)
