"""The AWS emulator and the providers on it, one for each worker process."""

from collections.abc import Callable, Generator
from functools import cache, partial
from typing import Any

import boto3
import pytest

from local.moto import MotoServer
from local.netlify_server import NetlifyServer
from local.postgres import PostgresServer
from local.providers import Providers, Surroundings
from local.providers.docker_build import manifest_of
from local.stripe_server import StripeServer

AskAws = Callable[..., dict[str, Any]]


def asker(server: MotoServer) -> AskAws:
    """Ask an emulator through boto3, one client for each service."""
    session = boto3.Session("test", "test", region_name="us-east-1")
    client = cache(partial(session.client, endpoint_url=server.endpoint))
    return lambda service, operation, **parameters: getattr(client(service), operation)(**parameters)


@pytest.fixture(scope="session")
def moto_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[MotoServer]:
    """A running emulator; tests that share it use names of their own."""
    with MotoServer(tmp_path_factory.mktemp("moto") / "moto.log") as server:
        yield server


@pytest.fixture(scope="session")
def stripe_server(tmp_path_factory: pytest.TempPathFactory) -> Generator[StripeServer]:
    """A running Stripe stand-in; tests that share it use ids and lookup keys of their own."""
    directory = tmp_path_factory.mktemp("stripe")
    with StripeServer(directory / "stripe.log", directory / "data" / "objects.db") as server:
        yield server


@pytest.fixture(scope="session")
def surroundings(
    moto_server: MotoServer,
    postgres_server: PostgresServer,
    stripe_server: StripeServer,
    netlify_server: NetlifyServer,
) -> Surroundings:
    """The emulator, a PostgreSQL server, a Stripe and a Netlify stand-in."""
    return Surroundings(
        aws_endpoint=moto_server.endpoint,
        region="us-east-1",
        database_admin_dsn=postgres_server.admin_dsn,
        database_address=(postgres_server.host, postgres_server.port),
        stripe_url=stripe_server.endpoint,
        netlify_url=netlify_server.api_url,
        netlify_token=netlify_server.token,
        given_secrets={"given/by-a-person": "the-given-value"},
        image_manifest=manifest_of("a sample"),
    )


@pytest.fixture(scope="session")
def providers(surroundings: Surroundings) -> Providers:
    """The providers of every type."""
    return Providers(surroundings)


@pytest.fixture(scope="session")
def ask_aws(moto_server: MotoServer) -> AskAws:
    """Look at the emulator apart from the providers: `ask_aws("ec2", "describe_vpcs", VpcIds=[...])`."""
    return asker(moto_server)
