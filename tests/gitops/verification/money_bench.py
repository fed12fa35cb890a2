"""A Stripe account in this process, the endpoint of an environment in it, and an API that logs what it takes.

Stripe is the platform's own stand-in, without a server; its webhooks go where the test wants, as time passes.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx
import stripe

from gitops.verification.api_log import settles
from gitops.verification.money_path import EVENT, money_path
from gitops.verification.money_path_result import Paid, Waiting
from local.stripe.api import Asked, respond
from local.stripe.clock import Clock
from local.stripe.store import Store
from local.stripe.work import Work, World

KEY = "sk_test_local0123456789abcdef"
LIVE_KEY = "sk_live_local0123456789abcdef"
URL = "https://api.dev.example.com/api/stripe/webhook"


class Wire(stripe.HTTPClient):
    """Stripe's library on a transport of httpx."""

    name = "test"

    def __init__(self, transport: httpx.BaseTransport) -> None:
        super().__init__()
        self._http = httpx.Client(transport=transport)

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **_: Any
    ) -> tuple[str, int, Mapping[str, str]]:
        """One request."""
        answer = self._http.request(method, url, headers=headers, content=post_data)
        return answer.text, answer.status_code, answer.headers

    def close(self) -> None:
        """Nothing is kept."""


@dataclass
class Bench:
    """One account.

    Attributes:
        live: whether it is Stripe's live mode.
        delivers_after: seconds from an event until Stripe has delivered it; None for never.
        books_after: seconds from the delivery until the API's log has it; None for never.
        stranger: whether somebody else's endpoint, which never answers, asks for everything.
        refusals: status and code of answers that come before those of an operation, such as `POST /customers`.
        asked: every request.
        said: what was told.
        log: the API's.
        failures: what looks into the log meet first.
        seconds: the clock.
        made: event -> when Stripe made it.
    """

    live: bool = False
    delivers_after: float | None = 1
    books_after: float | None = 1
    stranger: bool = False
    refusals: dict[str, list[tuple[int, str]]] = field(default_factory=dict[str, list[tuple[int, str]]])
    failures: list[Exception] = field(default_factory=list[Exception])
    asked: list[str] = field(default_factory=list[str])
    said: list[str] = field(default_factory=list[str])
    log: list[str] = field(default_factory=list[str])
    seconds: float = 0
    made: dict[str, float] = field(default_factory=dict[str, float])

    def __post_init__(self) -> None:
        self.world = World(Store(None), Clock(), self.live)
        made = self.request("POST", "/webhook_endpoints", f"url={URL}&enabled_events[0]={EVENT}&{stamp('dev')}")
        self.endpoint: str = made["id"]
        if self.stranger:
            self.request("POST", "/webhook_endpoints", "url=https://example.org/&enabled_events[0]=*")
        self.asked.clear()

    @property
    def outputs(self) -> dict[str, Any]:
        """Of the stack."""
        return {"webhookEndpoints": {"a": self.endpoint}, "webhookUrl": URL}

    def pay(self, transport: httpx.BaseTransport | None = None, **options: Any) -> Paid:
        """The money path, from now on."""
        given: dict[str, Any] = {
            "booked": self.booked,
            "run_id": "4711",
            "waiting": self.waiting(),
            "progress": self.said.append,
            **options,
        }
        return money_path(self.client(transport), given.pop("outputs", self.outputs), **given)

    def client(self, transport: httpx.BaseTransport | None = None) -> stripe.StripeClient:
        """Stripe's library, which repeats nothing."""
        wire = Wire(transport or self.transport)
        bases: Any = {"api": "https://stripe.test"}
        return stripe.StripeClient(self._key, base_addresses=bases, http_client=wire, max_network_retries=0)

    def waiting(self) -> Waiting:
        """On the clock of this account."""
        return Waiting(now=lambda: self.seconds, sleep=self.sleep)

    @property
    def transport(self) -> httpx.MockTransport:
        """The way to the account."""
        return httpx.MockTransport(self._answer)

    def customers(self) -> list[dict[str, Any]]:
        """Those that are there, the newest first."""
        return list(Work(self.world).all("customer"))

    def events(self) -> list[dict[str, Any]]:
        """Those of deletions, the newest first."""
        return list(Work(self.world).all("event", "type", EVENT))

    def customer(self, **metadata: str) -> str:
        """One more customer; its id."""
        return self.request("POST", "/customers", "&".join(f"metadata[{k}]={v}" for k, v in metadata.items()))["id"]

    def request(self, method: str, path: str, body: str = "") -> dict[str, Any]:
        """Somebody else's request, which works."""
        answer = respond(self.world, Asked(method, path, body=body, authorization=f"Bearer {self._key}"))
        assert answer.status == 200, answer.body
        return answer.body

    def booked(self, event_id: str, since: float) -> bool:
        """What the log says; it is of the last minutes only."""
        assert 0 < self.world.clock.now - since < 3600
        if self.failures:
            raise self.failures.pop(0)
        return any(settles(line, event_id) for line in self.log)

    def sleep(self, seconds: float) -> None:
        """Time passes, and Stripe and the API do what is due."""
        self.seconds += seconds
        for event in self.events():
            age = self.seconds - self.made[event["id"]]
            taken = self.delivers_after is not None and age >= self.delivers_after
            if taken:
                self._deliver(event)
            if taken and self.books_after is not None and age >= (self.delivers_after or 0) + self.books_after:
                line = {"event": "webhook_ignored", "event_ids": [event["id"]], "reason": "no account has it"}
                self.log.append(json.dumps(line))

    @property
    def _key(self) -> str:
        return LIVE_KEY if self.live else KEY

    def _deliver(self, event: dict[str, Any]) -> None:
        """To the environment's endpoint; a stranger's takes nothing."""
        work = Work(self.world)
        for delivery in work.all("delivery", "event", event["id"]):
            if delivery["endpoint"] == self.endpoint and not delivery["delivered"]:
                work.change(delivery, delivered=True)
                work.change(event, pending_webhooks=work.get("event", event["id"])["pending_webhooks"] - 1)
        self.world.commit()

    def _answer(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/v1")
        name = f"{request.method} /{path.split('/')[1]}"
        self.asked.append(name)
        if refusals := self.refusals.get(name):
            status, code = refusals.pop(0)
            error = {"message": f"Invalid API Key provided: sk_test_***{KEY[-4:]}", "code": code}
            return httpx.Response(status, json={"error": error})
        query, key = request.url.query.decode(), request.headers.get("Idempotency-Key")
        body, authorization = request.content.decode(), request.headers["Authorization"]
        asked = Asked(request.method, path, query, body, authorization, key=key)
        answer = respond(self.world, asked)
        for event in self.events():
            self.made.setdefault(event["id"], self.seconds)
        return httpx.Response(answer.status, json=answer.body)


def stamp(environment: str) -> str:
    """The metadata that the program puts on everything, as a form."""
    return f"metadata[environment]={environment}"
