"""The one secret of the API that a person writes, put into Secrets Manager; the program composes the others.

The task definition names each secret with its version. So a new version changes nothing until `pulumi up` makes a task
definition that names it, and that rolls the service.
"""

from botocore.exceptions import ClientError

from gitops.stored_secrets.secrets_manager import Clients, Place, SecretError, current_version, describe, explained

BY_A_PERSON = "stripe-secret-key"
COMPOSED = {
    "database-url": "from the database's address and its random password; replacing that password makes a new one",
    "allowed-origins": "from priceguard:allowedOrigins in the stack's file; change it there",
    "stripe-webhook-secret": "from Stripe's signing secrets; priceguard:webhookSlots rotates them (docs/stripe.md)",
}
"""What the program composes: name of the secret -> from what, and how it changes."""
NAMES = (*COMPOSED, BY_A_PERSON)


def check_name(name: str) -> None:
    """Refuse the name of what no person writes.

    Raises:
        SecretError: the program writes it, or there is none of that name.
    """
    if name in COMPOSED:
        raise SecretError(f"{name} is composed by the program {COMPOSED[name]}, then `pulumi up`")
    if name != BY_A_PERSON:  # not repeated: it may be a value in the wrong place
        raise SecretError(f"there is no secret of that name; a person writes {BY_A_PERSON} only")


def version_to_replace(place: Place, clients: Clients, name: str) -> str | None:
    """The id of the current version of a secret that can be written; `None` when it has no value yet.

    Raises:
        SecretError: there is no such secret, it is about to be deleted, or AWS refuses or does not answer.
    """
    full_name = place.secret(name)
    with explained(place):
        found = describe(clients, full_name)
    if not found:
        raise SecretError(
            f"there is no secret {full_name} in {place.region} yet: `pulumi up` of {place.environment} makes it, the "
            "first time with priceguard:image none, which needs no key; then run this again"
        )
    if "DeletedDate" in found:
        restore = f"`aws secretsmanager restore-secret --region {place.region} --secret-id {full_name}`"
        raise SecretError(f"{full_name} is marked for deletion; {restore} brings it back")
    return current_version(found)


def put(place: Place, clients: Clients, name: str, value: str, current: str | None) -> str | None:
    """Make `value` the current version; its id, or `None` when it was that already.

    Whoever may write and not read can put a value, but the same one again makes a new version.

    Args:
        place: where.
        clients: of that place.
        name: one that a person writes.
        value: checked already; it reaches nothing but AWS.
        current: `version_to_replace`.

    Raises:
        SecretError: AWS refuses or does not answer.
    """
    full_name = place.secret(name)
    with explained(place, hidden=value):
        if current and _reads_as(clients, full_name, current) == value:
            return None
        return clients.secrets.put_secret_value(SecretId=full_name, SecretString=value)["VersionId"]


def _reads_as(clients: Clients, full_name: str, version: str) -> str | None:
    """The value of a version; `None` for whoever may not read it."""
    try:
        return clients.secrets.get_secret_value(SecretId=full_name, VersionId=version).get("SecretString")
    except ClientError as error:
        if error.response["Error"]["Code"] == "AccessDeniedException":
            return None
        raise
