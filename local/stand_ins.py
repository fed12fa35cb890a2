"""What stands for AWS and Stripe on this machine, and which of the runner's memories outlives which of them.

The local AWS is empty whenever it starts. The Stripe stand-in keeps what it knows in a file, as Stripe keeps it behind
an environment that is made anew: what the runner made there must be found again, or every start would make it twice.
"""

import secrets
from pathlib import Path

import aiohttp

from local import aws
from local.database import LocalDatabase
from local.moto import MotoServer
from local.overrides import STACK
from local.providers import Resource, Surroundings
from local.state import State
from local.stripe_server import StripeServer, StripeServerError

ANSWERS_WITHIN = aiohttp.ClientTimeout(total=10)  # seconds


class StandIns:
    """Both servers, and the file in which the runner remembers what it made in them.

    Args:
        directory: data, logs and state of the platform.
        region: the AWS region of the certificate.

    Attributes:
        state_file: what the runner made; see `State`.
        certificate_arn: certificate of the local ACM, once AWS runs.
    """

    def __init__(self, directory: Path, region: str) -> None:
        logs = directory / "logs"
        self.aws = MotoServer(logs / "aws.log")
        self.stripe = StripeServer(logs / "stripe.log", directory / "stripe" / "objects.db")
        self.state_file = directory / "state.json"
        self.certificate_arn = ""
        self._stripe_key = f"sk_test_local{secrets.token_hex(16)}"  # the stand-in takes any key of test mode
        self._region = region
        self._forget_aws()  # an earlier process's AWS ended with it

    async def start_aws(self) -> None:
        """Run the local AWS, unless it runs; what the state says of the last one is forgotten."""
        if self.aws.pid is not None:
            return
        self._forget_aws()
        self.aws.start()
        self.certificate_arn = await aws.request_certificate(self.aws.endpoint, self._region, "api.localhost")

    async def stop_aws(self) -> None:
        """Stop the local AWS, and forget what was in it."""
        self.aws.stop()
        self._forget_aws()

    async def start_stripe(self) -> None:
        """Run the Stripe stand-in, unless it runs, with what it knew; without that, the state forgets it as well."""
        if not self.stripe.state_file.exists():
            State.load(self.state_file).keep(lambda resource: not at_stripe(resource))
        self.stripe.start()

    async def stop_stripe(self) -> None:
        """Stop the Stripe stand-in; its data stays."""
        self.stripe.stop()

    def surroundings(self, region: str, database: LocalDatabase) -> Surroundings:
        """What the providers work on; with it Stripe's API key, which nobody but an operator puts on AWS."""
        return Surroundings(
            aws_endpoint=self.aws.endpoint,
            region=region,
            database_admin_dsn=database.admin_dsn,
            database_address=database.address,
            stripe_url=self.stripe.endpoint,
            given_secrets={f"priceguard/{STACK}/stripe-secret-key": self._stripe_key},
        )

    async def deliver(self, host: str, url: str) -> None:
        """Have webhooks for the host name `host` delivered to `url`.

        Raises:
            StripeServerError: the stand-in does not answer, or refuses.
        """
        hosts = f"{self.stripe.endpoint}/_stand_in/hosts"
        try:
            async with (
                aiohttp.ClientSession(timeout=ANSWERS_WITHIN) as session,
                session.post(hosts, json={host: url}) as answer,
            ):
                answer.raise_for_status()
        except (aiohttp.ClientError, TimeoutError) as error:
            said = f"{type(error).__name__} at {hosts}; `priceguard local logs stripe` says why"
            raise StripeServerError(f"the Stripe stand-in does not take the API's address: {said}") from error

    def _forget_aws(self) -> None:
        State.load(self.state_file).keep(at_stripe)


def at_stripe(resource: Resource) -> bool:
    """Whether the resource exists at Stripe."""
    return resource.type.startswith("stripe:")
