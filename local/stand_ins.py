"""What stands for AWS, Netlify and Stripe on this machine, and which of the runner's memories outlives which of them.

The local AWS and the Netlify stand-in are empty whenever they start. The Stripe stand-in keeps what it knows in a file,
as Stripe keeps it behind an environment that is made anew: what the runner made there must be found again, or every
start would make it twice.
"""

import asyncio
import json
import secrets
from collections.abc import Mapping
from pathlib import Path

import aiohttp

from local.database import LocalDatabase
from local.moto import MotoServer
from local.netlify_server import NetlifyServer
from local.providers import Resource, Surroundings
from local.state import State
from local.stripe_server import StripeServer, StripeServerError

ANSWERS_WITHIN = aiohttp.ClientTimeout(total=10)  # seconds


class StandIns:
    """The servers, and the file in which the runner remembers what it made in them.

    Args:
        directory: data, logs and state of the platform.
        stack: whose secrets are given; the one of prod has Stripe in live mode.

    Attributes:
        state_file: what the runner made; see `State`.
    """

    def __init__(self, directory: Path, stack: str) -> None:
        logs = directory / "logs"
        self.aws = MotoServer(logs / "aws.log")
        self.netlify = NetlifyServer(logs / "netlify.log")
        self._stack, self._live = stack, stack == "prod"
        self.stripe = StripeServer(logs / "stripe.log", directory / "stripe" / "objects.db", live=self._live)
        self.state_file = directory / "state.json"
        # The stand-in takes any key that begins so.
        self._stripe_key = f"sk_{'live' if self._live else 'test'}_local{secrets.token_hex(16)}"
        self._forget_aws()  # an earlier process's AWS ended with it, and so did its Netlify
        self._forget_netlify()

    async def start_aws(self) -> None:
        """Run the local AWS, unless it runs; what the state says of the last one is forgotten."""
        if self.aws.pid is not None:
            return
        self._forget_aws()
        self.aws.start()

    async def stop_aws(self) -> None:
        """Stop the local AWS, and forget what was in it."""
        self.aws.stop()
        self._forget_aws()

    async def start_netlify(self) -> None:
        """Run the Netlify stand-in, unless it runs; what the state says of the last one is forgotten."""
        if self.netlify.pid is None:
            self._forget_netlify()
            self.netlify.start()

    async def stop_netlify(self) -> None:
        """Stop the Netlify stand-in, and forget what was in it."""
        self.netlify.stop()
        self._forget_netlify()

    async def have_zone(self, config: Mapping[str, str]) -> None:
        """Have the zone of `priceguard:dns` at the Netlify stand-in, as its owner has it at Netlify."""
        try:
            zone = json.loads(config["priceguard:dns"])["zone"]
        except (KeyError, TypeError, ValueError):
            return  # the program says what is wrong with it
        if isinstance(zone, str) and zone:
            await asyncio.to_thread(self.netlify.have_zone, zone)

    async def start_stripe(self) -> None:
        """Run the Stripe stand-in, unless it runs, with what it knew; without that, the state forgets it as well."""
        if not self.stripe.state_file.exists():
            State.load(self.state_file).keep(lambda resource: not at_stripe(resource))
        self.stripe.start()

    async def stop_stripe(self) -> None:
        """Stop the Stripe stand-in; its data stays."""
        self.stripe.stop()

    def surroundings(self, region: str, database: LocalDatabase, image_manifest: str) -> Surroundings:
        """What the providers work on; with it Stripe's API key, which nobody but an operator puts on AWS."""
        return Surroundings(
            aws_endpoint=self.aws.endpoint,
            region=region,
            database_admin_dsn=database.admin_dsn,
            database_address=database.address,
            stripe_url=self.stripe.endpoint,
            netlify_url=self.netlify.api_url,
            netlify_token=self.netlify.token,
            stripe_live=self._live,
            given_secrets={f"priceguard/{self._stack}/stripe-secret-key": self._stripe_key},
            image_manifest=image_manifest,
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
        State.load(self.state_file).keep(lambda resource: at_stripe(resource) or at_netlify(resource))

    def _forget_netlify(self) -> None:
        State.load(self.state_file).keep(lambda resource: not at_netlify(resource))


def at_stripe(resource: Resource) -> bool:
    """Whether the resource exists at Stripe."""
    return resource.type.startswith("stripe:")


def at_netlify(resource: Resource) -> bool:
    """Whether the resource exists at Netlify."""
    return resource.type.startswith("pulumi-python:dynamic/netlify:")
