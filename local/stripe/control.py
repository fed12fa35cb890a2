"""The routes below `/_stand_in/`: time, receivers, faults and the customer's bank, for tests and people."""

import json
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING, Any

from aiohttp import web

from local.stripe import papers, payment_operations, setup_intents
from local.stripe.errors import Object, invalid
from local.stripe.work import Work

if TYPE_CHECKING:
    from local.stripe.stand_in import StandIn

_BANK = {"setup_intent": setup_intents.authenticated, "payment_intent": payment_operations.authenticated}
_COUNTED = ("customer", "subscription", "invoice", "charge", "event", "delivery", "webhook_endpoint")


class Control:
    """The handlers; each takes and gives JSON."""

    def __init__(self, stand_in: "StandIn") -> None:
        self._stand_in = stand_in

    def routes(self) -> list[web.RouteDef]:
        """Return all of them."""
        return [
            web.get("/_stand_in/state", self.state),
            web.post("/_stand_in/clock", self.clock),
            web.post("/_stand_in/hosts", self.hosts),
            web.post("/_stand_in/switches", self.switches),
            web.get("/_stand_in/customers", self.customers),
            web.get("/_stand_in/deliveries", self.deliveries),
            web.get("/_stand_in/settled", self.settled),
            web.post("/_stand_in/events/{id}/resend", self.resend),
            web.post("/_stand_in/faults", self.faults),
            web.post("/_stand_in/decline_next", self.decline_next),
            web.post("/_stand_in/authentications/{id}", self.authentications),
            web.get("/_stand_in/{kind:receipts|invoices}/{id}", self.paper),
        ]

    async def state(self, _: web.Request) -> web.Response:
        """Answer the time, the switches and how much there is."""
        stand_in = self._stand_in
        store = stand_in.world.store
        next_ = store.next_due()
        return web.json_response(
            {
                "now": stand_in.clock.now,
                "offset": stand_in.clock.offset,
                "next_due": {"at": next_[0], "id": next_[1]["id"]} if next_ else None,
                "switches": asdict(stand_in.switches),
                "hosts": stand_in.hosts,
                "faults": [asdict(fault) for fault in stand_in.faults.waiting],
                "counts": {kind: store.count(kind) for kind in _COUNTED},
                "undelivered": store.count("delivery", "_open", value=True),
            }
        )

    async def clock(self, request: web.Request) -> web.Response:
        """Move time: `{"advance": seconds}`, `{"to": unix}` or `{"to_next": true}`; answers what happened.

        With `to_next` may stand `customer`: to the next thing of that customer.
        """
        given = await _object(request, "advance", "to", "to_next", "customer")
        stand_in = self._stand_in
        if given.get("to_next"):
            happened = stand_in.advance_to_next(given.get("customer"))
        elif "customer" in given:
            raise ValueError("customer stands with to_next: whatever else moves time moves it for all")
        elif "to" in given:
            happened = stand_in.advance(_whole(given["to"], "to") - stand_in.clock.now)
        else:
            happened = stand_in.advance(_whole(given.get("advance"), "advance"))
        return web.json_response({"now": stand_in.clock.now, "happened": happened})

    async def hosts(self, request: web.Request) -> web.Response:
        """Map host names of webhook URLs to base URLs on this machine; what was mapped before is replaced."""
        self._stand_in.map_hosts(await _json(request))
        return web.json_response(self._stand_in.hosts)

    async def switches(self, request: web.Request) -> web.Response:
        """Set some of the switches."""
        self._stand_in.switch(**await _object(request))
        return web.json_response(asdict(self._stand_in.switches))

    async def customers(self, request: web.Request) -> web.Response:
        """Answer the customers who have the address `email`, as it was written, the newest first."""
        email = request.query.get("email")
        if not email:
            raise ValueError("email is missing: whose customer is it?")
        found = Work(self._stand_in.world).all("customer", "email", email)
        return web.json_response({"data": [{name: one[name] for name in ("id", "email", "created")} for one in found]})

    async def deliveries(self, request: web.Request) -> web.Response:
        """Answer the newest deliveries, at most `limit` (100), of everybody or about one `customer`."""
        limit = _whole(request.query.get("limit", 100), "limit")
        index = ("customer", request.query["customer"]) if "customer" in request.query else ("", None)
        newest = self._stand_in.world.store.newest("delivery", *index)
        found = [_delivery(one) for one in islice(newest, max(0, limit))]
        return web.json_response({"data": found})

    async def settled(self, request: web.Request) -> web.Response:
        """Answer when no delivery is under way; 504 when that takes longer than `timeout` seconds (10)."""
        seconds = float(request.query.get("timeout", 10))
        try:
            await self._stand_in.settled(seconds)
        except TimeoutError as error:
            return web.json_response({"settled": False, "error": {"message": str(error)}}, status=504)
        return web.json_response({"settled": True})

    async def resend(self, request: web.Request) -> web.Response:
        """Send an event again, to every endpoint that wants it."""
        event = Work(self._stand_in.world).get("event", request.match_info["id"])
        return web.json_response({"sent": self._stand_in.courier.resend(event)})

    async def faults(self, request: web.Request) -> web.Response:
        """Add a fault."""
        fault = self._stand_in.faults.add(**await _object(request))
        return web.json_response(asdict(fault))

    async def decline_next(self, request: web.Request) -> web.Response:
        """Decline the next charge of a customer."""
        customer = (await _object(request, "customer")).get("customer", "")
        self._stand_in.decline_next(customer)
        return web.json_response({"customer": customer})

    async def authentications(self, request: web.Request) -> web.Response:
        """Be the customer's bank: `{"outcome": "succeed" | "fail"}` for an intent that requires action."""
        outcome = (await _object(request, "outcome")).get("outcome")
        if outcome not in {"succeed", "fail"}:
            raise ValueError("outcome is `succeed` or `fail`")
        intent = self._stand_in.authenticate(request.match_info["id"], succeed=outcome == "succeed")
        return web.json_response({"id": intent["id"], "status": intent["status"]})

    async def paper(self, request: web.Request) -> web.Response:
        """Answer the page behind `receipt_url`, `hosted_invoice_url` or `invoice_pdf`."""
        identifier, _, ending = request.match_info["id"].partition(".")
        kind = {"receipts": "charge", "invoices": "invoice"}[request.match_info["kind"]]
        stored = Work(self._stand_in.world).get(kind, identifier)
        if ending == "pdf":
            return web.Response(body=papers.pdf(papers.lines(stored)), content_type="application/pdf")
        return web.Response(text=papers.html(papers.lines(stored)), content_type="text/html")


def answer_of_the_bank(work: Work, identifier: str, *, succeed: bool) -> Object:
    """Let the customer's bank answer for an intent.

    Raises:
        StripeError: there is no such intent, or it does not require action.
    """
    kind = "setup_intent" if identifier.startswith("seti_") else "payment_intent"
    intent = work.get(kind, identifier)
    if intent["status"] != "requires_action":
        raise invalid(f"{identifier} does not wait for the customer's bank: its status is {intent['status']}")
    return _BANK[kind](work, intent, succeed=succeed)


def _delivery(stored: Object) -> Object:
    names = ("id", "event", "type", "endpoint", "url", "created", "attempts", "status", "reason", "delivered")
    # A state that an older stand-in has kept says of no delivery whom it is about.
    return {**{name: stored[name] for name in names}, "customer": stored.get("customer"), "open": stored["_open"]}


async def _json(request: web.Request) -> Any:
    return json.loads(await request.text() or "{}")


async def _object(request: web.Request, *names: str) -> dict[str, Any]:
    given: Any = await _json(request)
    if not isinstance(given, dict) or (names and given.keys() - set(names)):
        raise ValueError(f"the body is a JSON object{' with ' + ', '.join(names) if names else ''}")
    return given


def _whole(value: Any, name: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} is a whole number, not {value!r}") from None
