"""One transaction: reading, changing and telling about it."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from local.stripe.clock import Clock
from local.stripe.errors import Object, missing
from local.stripe.store import Store

API_VERSION = "2026-10-28.endive"
RELEASE = API_VERSION.partition(".")[2]
"""Under this name Stripe serves the Stripe.js of the version."""


@dataclass
class World:
    """What all transactions share.

    Attributes:
        live: whether it stands for Stripe's live mode; no money moves in either.
        origin: where this server is reached; receipts and invoices link to it.
        declines: customers whose next charge is declined whatever the card.
        told: deliveries that the open transaction wants.
        outbox: those of transactions that are on disk; the courier takes them.
    """

    store: Store
    clock: Clock
    live: bool = False
    origin: str = ""
    declines: set[str] = field(default_factory=set[str])
    told: list[str] = field(default_factory=list[str])
    outbox: list[str] = field(default_factory=list[str])

    def commit(self) -> None:
        """End the open transaction: it is on disk, and may be told."""
        self.store.commit()
        self.outbox += self.told
        self.told.clear()

    def undo(self) -> None:
        """End the open transaction: nothing of it has happened."""
        self.store.rollback()
        self.told.clear()


@dataclass
class Work:
    """One request, or one thing that fell due.

    Attributes:
        request: id of the request, None when time caused it.
        key: its idempotency key.
        page: whether a page asks, with a publishable key.
    """

    world: World
    request: str | None = None
    key: str | None = None
    page: bool = False

    @property
    def now(self) -> int:
        """The moment, as the objects see it."""
        return self.world.clock.now

    def get(self, kind: str, identifier: str, param: str = "id", status: int = 404) -> Object:
        """Return an object.

        Raises:
            StripeError: there is none of that kind with this id, or it was deleted.
        """
        found = self.world.store.objects.get(identifier)
        if found is None or found["object"] != kind or found.get("deleted"):
            raise missing(kind, identifier, param, status)
        return found

    def named(self, kind: str, identifier: str, param: str) -> Object:
        """Return an object that a parameter names: when there is none, the parameter is wrong, not the address."""
        return self.get(kind, identifier, param, 400)

    def all(self, kind: str, member: str = "", value: Any = None) -> Iterator[Object]:
        """Objects of a kind, newest first, without deleted ones."""
        found = list(self.world.store.newest(kind, member, value))
        return (stored for stored in found if not stored.get("deleted"))

    def add(self, prefix: str, kind: str, **fields: Any) -> Object:
        """Make an object; `id` and `created` may be among the fields."""
        identifier = fields.pop("id", None) or new_id(prefix)
        base = {"id": identifier, "object": kind, "created": self.now, "livemode": self.world.live}
        return self.world.store.put(base | fields)

    def change(self, stored: Object, event: str | None = None, **fields: Any) -> Object:
        """Replace members of an object, and tell if anything that shows is different.

        Args:
            stored: the object, or an older state of it.
            event: type of the event; without one nothing is told.
            fields: the new values.
        """
        before = self.world.store.objects[stored["id"]]
        after = self.world.store.put(before | fields)
        previous = difference(shown(before), shown(after))
        if event and previous:
            self.tell(event, after, previous)
        return after

    def tell(self, event: str, about: Object, previous: Object | None = None) -> None:
        """Write an event, and a delivery for each endpoint that wants it."""
        wanting = [endpoint for endpoint in self.all("webhook_endpoint") if wants(endpoint, event)]
        data: Object = {"object": shown(about)}
        if previous is not None:
            data["previous_attributes"] = previous
        written = self.add(
            "evt",
            "event",
            api_version=API_VERSION,
            data=data,
            pending_webhooks=len(wanting),
            request={"id": self.request, "idempotency_key": self.key},
            type=event,
            _delivered=not wanting,
        )
        for endpoint in reversed(wanting):
            new_delivery(self, written, endpoint)


def new_id(prefix: str) -> str:
    """Make an id that nobody else has."""
    return f"{prefix}_{secrets.token_hex(12)}"


def new_delivery(work: Work, event: Object, endpoint: Object) -> Object:
    """Plan to tell one endpoint about one event."""
    delivery = work.add(
        "dlv",
        "delivery",
        event=event["id"],
        type=event["type"],
        endpoint=endpoint["id"],
        url=endpoint["url"],
        attempts=0,
        status=None,
        reason=None,
        customer=customer_of(event),
        delivered=False,
        _open=True,
    )
    work.world.told.append(delivery["id"])
    return delivery


def customer_of(event: Object) -> str | None:
    """Return the id of the customer whom an event is about; of a card that was detached, whose it was."""
    about = event["data"]["object"]
    if about["object"] == "customer":
        return about["id"]
    owner = about.get("customer") or event["data"].get("previous_attributes", {}).get("customer")
    return owner["id"] if isinstance(owner, dict) else owner


def wants(endpoint: Object, event: str) -> bool:
    """Whether an endpoint is to be told about events of this type."""
    return endpoint["status"] == "enabled" and not {"*", event}.isdisjoint(endpoint["enabled_events"])


def shown(stored: Object) -> Object:
    """The object as the API shows it; of a deleted one, only that it was."""
    if stored.get("deleted"):
        return {name: stored[name] for name in ("id", "object", "deleted")}
    return {name: value for name, value in stored.items() if not name.startswith("_")}


def difference(before: Object, after: Object) -> Object:
    """What `previous_attributes` says: the old values of what has changed, null for what is new."""
    result: Object = {}
    for name in [*after, *(before.keys() - after.keys())]:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        nested = isinstance(old, dict) and isinstance(new, dict)
        result[name] = difference(old, new) if nested else old  # pyright: ignore[reportArgumentType]
    return result
