"""Something that takes webhooks, and remembers them."""

import json
from dataclasses import dataclass, field
from typing import Any

import stripe
from aiohttp import web

from tests.local.stripe.schemas import Judge


@dataclass
class Receiver:
    """Takes webhooks.

    Attributes:
        answers: statuses of the next answers; then 200.
        events: what was taken with a good signature and answered with 200, in order of arrival.
        attempts: path, headers and body of everything that came.
    """

    check: Judge
    port: int = 0
    secrets: list[str] = field(default_factory=list[str])
    answers: list[int] = field(default_factory=list[int])
    events: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    attempts: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list[tuple[str, dict[str, str], bytes]])

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.port}/hooks"

    @property
    def types(self) -> list[str]:
        """The types of the events, in order of arrival."""
        return [event["type"] for event in self.events]

    @property
    def ids(self) -> list[str]:
        """The ids of the events, in order of arrival."""
        return [event["id"] for event in self.events]

    async def register(self, client: stripe.StripeClient, *events: str, url: str = "") -> stripe.WebhookEndpoint:
        """Become an endpoint, for every type unless told which."""
        wanted: Any = {"url": url or self.url, "enabled_events": list(events) or ["*"]}
        endpoint = await client.v1.webhook_endpoints.create_async(wanted)
        assert endpoint.secret
        self.secrets.append(endpoint.secret)
        return endpoint

    def payload(self, event: str) -> dict[str, Any]:
        """The object in the newest event of a type."""
        return next(one for one in reversed(self.events) if one["type"] == event)["data"]["object"]

    async def handle(self, request: web.Request) -> web.Response:
        """Verify as a good receiver does, and answer what the test wants."""
        body = await request.read()
        self.attempts.append((request.path, dict(request.headers), body))
        status = self.answers.pop(0) if self.answers else 200
        if status == 200:
            self._verify(body, request.headers["Stripe-Signature"])
            event = json.loads(body)
            self.check(event)
            self.events.append(event)
        return web.Response(status=status)

    def _verify(self, body: bytes, header: str) -> None:
        for secret in self.secrets:
            try:
                stripe.WebhookSignature.verify_header(body.decode(), header, secret, 300)
            except stripe.SignatureVerificationError:
                continue
            return
        raise AssertionError("no secret fits the signature")
