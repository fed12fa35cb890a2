"""Secrets Manager of an emulated AWS, which notes what it is asked for."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from moto import mock_aws

from gitops.stored_secrets.secrets_manager import Clients, Place, connect
from gitops.stored_secrets.values import BY_A_PERSON, put, version_to_replace
from tests.gitops.cluster import REGION

PLACE = Place(environment="dev", region=REGION, account="123456789012")
KEY = "sk_test_51AbCdEfGhIjKlMnOpQr"


@dataclass
class Account:
    """The emulated AWS; `asked` holds the operations that it was asked for."""

    clients: Clients
    asked: list[str]

    def make(self, name: str, *values: str) -> str:
        """A secret with a version for each value; its ARN."""
        arn = self.clients.secrets.create_secret(Name=PLACE.secret(name))["ARN"]
        for value in values:
            self.clients.secrets.put_secret_value(SecretId=arn, SecretString=value)
        return arn

    def versions(self, name: str = BY_A_PERSON) -> dict[str, list[str]]:
        """Id of each version -> its stages."""
        return self.clients.secrets.describe_secret(SecretId=PLACE.secret(name)).get("VersionIdsToStages", {})

    def value(self) -> str:
        """What the service would read."""
        return self.clients.secrets.get_secret_value(SecretId=PLACE.secret(BY_A_PERSON))["SecretString"]

    def put(self, value: str) -> str | None:
        """As the command does."""
        return put(PLACE, self.clients, BY_A_PERSON, value, version_to_replace(PLACE, self.clients, BY_A_PERSON))


@contextmanager
def emulated() -> Generator[Account]:
    """An account with nothing in it."""
    with mock_aws():
        made = Account(connect(PLACE), [])
        for client in (made.clients.secrets, made.clients.ecs):
            client.meta.events.register("before-call.*", lambda model, **_: made.asked.append(model.name))
        yield made
