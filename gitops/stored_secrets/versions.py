"""How the API's secrets stand, without their values: who writes each, its version, and which one the service uses."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from gitops.aws.one_off_task import CONTAINER, SERVICE
from gitops.stored_secrets.secrets_manager import Clients, Place, current_version, describe, explained
from gitops.stored_secrets.values import BY_A_PERSON, NAMES

_PINNED = ":::"  # ends the ARN in a task definition's reference; the version's id follows


class State(StrEnum):
    """What a secret is to the service."""

    MISSING = "missing"
    DELETED = "deleted"
    EMPTY = "empty"
    UNUSED = "unused"
    CURRENT = "current"
    WAITING = "waiting"


@dataclass(frozen=True, kw_only=True)
class Secret:
    """One secret, without its value.

    Args:
        name: as Secrets Manager knows it.
        written_by: `person` or `program`.
        state: missing, marked for deletion, without a value, used by no service, current, or waiting for the next `up`.
        version: id of the version that readers get.
        changed: when that version was written.
        pinned: id of the version that the service's task definition names.
    """

    name: str
    written_by: str
    state: State
    version: str | None = None
    changed: dt.datetime | None = None
    pinned: str | None = None


def look(place: Place, clients: Clients) -> list[Secret]:
    """Each secret of the environment, in the order of `NAMES`; no value is read.

    Raises:
        SecretError: AWS refuses or does not answer.
    """
    with explained(place):
        pins = _pinned(place, clients)
        return [_secret(place, clients, name, pins) for name in NAMES]


def _secret(place: Place, clients: Clients, name: str, pins: dict[str, str]) -> Secret:
    full_name = place.secret(name)
    who: dict[str, Any] = {"name": full_name, "written_by": "person" if name == BY_A_PERSON else "program"}
    found = describe(clients, full_name)
    if not found or "DeletedDate" in found:
        return Secret(**who, state=State.DELETED if found else State.MISSING)
    version, pinned = current_version(found), pins.get(found["ARN"])
    if version is None:
        return Secret(**who, state=State.EMPTY, pinned=pinned)
    versions = clients.secrets.list_secret_version_ids(SecretId=full_name)["Versions"]
    changed = next((one["CreatedDate"] for one in versions if one["VersionId"] == version), None)
    state = State.UNUSED if pinned is None else State.CURRENT if pinned == version else State.WAITING
    return Secret(**who, state=state, version=version, changed=changed, pinned=pinned)


def _pinned(place: Place, clients: Clients) -> dict[str, str]:
    """ARN of a secret -> id of the version that the service's task definition names; empty without a service."""
    try:
        answer = clients.ecs.describe_services(cluster=place.cluster, services=[SERVICE])
    except clients.ecs.exceptions.ClusterNotFoundException:
        return {}
    pins: dict[str, str] = {}
    for service in answer["services"]:
        if service["status"] == "ACTIVE":
            described = clients.ecs.describe_task_definition(taskDefinition=service["taskDefinition"])
            containers = described["taskDefinition"]["containerDefinitions"]
            references = [s["valueFrom"] for c in containers if c["name"] == CONTAINER for s in c.get("secrets", [])]
            pins |= {arn: version for arn, _, version in (one.partition(_PINNED) for one in references) if version}
    return pins
