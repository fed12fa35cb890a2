"""How commands ask AWS: again where it is busy or out of reach for a moment, and not for ever."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.config import Config


def client_config() -> "Config":
    """The configuration of every boto3 client."""
    from botocore.config import Config  # noqa: PLC0415 - takes long, and most commands do not ask AWS

    return Config(retries={"mode": "standard", "max_attempts": 4}, connect_timeout=5, read_timeout=20)
