"""How commands ask AWS: again where it is busy or out of reach for a moment, and not for ever."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.config import Config


def client_config() -> "Config":
    """The configuration of every boto3 client."""
    from botocore.config import Config  # noqa: PLC0415 - takes long, and most commands do not ask AWS

    return Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=20)


def clients(region: str, *services: str) -> list[Any]:
    """A client of boto3's for each service, with the credentials that the environment, a profile or a role gives.

    Raises:
        BotoCoreError: the profile or the region does not exist.
    """
    import boto3  # noqa: PLC0415 - as above

    session = boto3.Session(region_name=region)
    return [session.client(service, config=client_config()) for service in services]
