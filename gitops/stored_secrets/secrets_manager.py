"""Secrets Manager of an environment: where it is, the way in, and what it says of a secret without the value."""

import contextlib
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from gitops.aws.config import clients
from gitops.aws.errors import cause
from render.configuration import ROOT, ConfigurationError, read_configuration

CURRENT = "AWSCURRENT"  # the stage of the version that readers get


class SecretError(Exception):
    """A secret cannot be put or looked at; the message says why and what to do, without any value."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the secrets of an environment are.

    Args:
        environment: the stack's name.
        region: where AWS keeps them.
        account: 12 digits; credentials of another one are refused.
    """

    environment: str
    region: str
    account: str

    @property
    def cluster(self) -> str:
        """The name of the cluster whose service uses them."""
        return f"priceguard-{self.environment}"

    def secret(self, name: str) -> str:
        """A secret as Secrets Manager knows it."""
        return f"priceguard/{self.environment}/{name}"


@dataclass(frozen=True)
class Clients:
    """boto3's clients."""

    secrets: Any
    ecs: Any
    sts: Any


def place_of(environment: str, root: Path = ROOT) -> Place:
    """Region and account in `Pulumi.<environment>.yaml`.

    Raises:
        SecretError: there is no such file, or it lacks one of them.
    """
    try:
        config = read_configuration(environment, root)
        return Place(environment=environment, region=config["aws:region"], account=config["priceguard:account"])
    except ConfigurationError as error:
        raise SecretError(str(error)) from error
    except KeyError as error:
        raise SecretError(f"Pulumi.{environment}.yaml names no {error.args[0]}; write it there") from None


def connect(place: Place) -> Clients:
    """Clients for a place, with the credentials that the environment, a profile or a role gives.

    Raises:
        SecretError: the profile or the region does not exist, there are no credentials, or they are another account's.
    """
    with explained(place):
        made = Clients(*clients(place.region, "secretsmanager", "ecs", "sts"))
        account = made.sts.get_caller_identity()["Account"]
    if account != place.account:
        whose = f"these credentials are of account {account}, and {place.environment} is in {place.account}"
        raise SecretError(f"{whose} (priceguard:account in Pulumi.{place.environment}.yaml); use that account's")
    return made


def describe(clients: Clients, full_name: str) -> dict[str, Any]:
    """What AWS says of a secret, its value apart; empty when there is none."""
    try:
        return clients.secrets.describe_secret(SecretId=full_name)
    except clients.secrets.exceptions.ResourceNotFoundException:
        return {}


def current_version(described: dict[str, Any]) -> str | None:
    """The id of the version that readers get, in what `describe` gave; `None` without one."""
    versions: dict[str, list[str]] = described.get("VersionIdsToStages", {})
    return next((version for version, stages in versions.items() if CURRENT in stages), None)


@contextlib.contextmanager
def explained(place: Place, hidden: str | None = None) -> Generator[None]:
    """Turn a call that failed into a reason with the next step, in which `hidden` does not stand.

    Raises:
        SecretError: the call failed.
    """
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        reason = cause(error, place.region)
        # Not chained: the report of a failed call may repeat what was sent.
        raise SecretError(reason.replace(hidden, "***") if hidden else reason) from None
