"""The routes for tests, the demo shop and people, as they ask them: with plain HTTP."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
import stripe

from local.stripe.stand_in import StandIn
from tests.local.stripe.receiver import Receiver
from tests.local.stripe.shop import DAY, Shop


@pytest.fixture
async def ask(stand_in: StandIn) -> AsyncGenerator[httpx.AsyncClient]:
    """A plain HTTP client."""
    async with httpx.AsyncClient(base_url=stand_in.url, trust_env=False) as asking:
        yield asking


async def test_the_state(ask: httpx.AsyncClient, stand_in: StandIn, shop: Shop) -> None:
    """Time, switches, and how much there is."""
    made = await shop.subscribe(await shop.customer())

    state = (await ask.get("/_stand_in/state")).json()

    assert (state["offset"], state["counts"]["subscription"], state["undelivered"]) == (0, 1, 0)
    assert state["next_due"] == {"at": made["items"].data[0].current_period_end, "id": made.id}
    assert state["switches"]["duplicates"] == 1
    assert abs(state["now"] - stand_in.clock.now) <= 2


async def test_the_clock(ask: httpx.AsyncClient, stand_in: StandIn, shop: Shop) -> None:
    """By seconds, to a moment, to the next thing; the answer says what happened."""
    made = await shop.subscribe(await shop.customer())
    end = made["items"].data[0].current_period_end

    quiet = (await ask.post("/_stand_in/clock", json={"advance": 60})).json()
    next_ = (await ask.post("/_stand_in/clock", json={"to_next": True})).json()
    to = (await ask.post("/_stand_in/clock", json={"to": end + DAY})).json()

    assert quiet["happened"] == to["happened"] == []
    assert next_["happened"] == [{"at": end, "id": made.id, "what": "subscription renewed"}]
    assert to["now"] == pytest.approx(end + DAY, abs=2)
    assert stand_in.clock.now >= end + DAY
    for wrong in ({"advance": -1}, {"to": 1}, {"advance": "soon"}, {}, {"by": 3}, [1]):
        assert (await ask.post("/_stand_in/clock", json=wrong)).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("switches", {"drop": 2}),
        ("switches", {"duplicates": 0}),
        ("switches", {"hold": 1}),
        ("switches", {"lose": 1}),
        ("faults", {"status": 418}),
        ("faults", {"cut": "during"}),
        ("faults", {"count": 0}),
        ("faults", {"every": 1}),
        ("hosts", {"api.dev.example": "http://example.com"}),
        ("hosts", []),
        ("authentications/seti_x", {"outcome": "perhaps"}),
        ("authentications/seti_x", {"outcome": "fail"}),
        ("decline_next", {"customer": "cus_x"}),
        ("events/evt_x/resend", {}),
    ],
)
async def test_what_makes_no_sense_is_refused(ask: httpx.AsyncClient, path: str, body: Any) -> None:
    """With a message that says what would."""
    answer = await ask.post(f"/_stand_in/{path}", json=body)

    assert answer.status_code in {400, 404}
    assert len(answer.json()["error"]["message"]) > 10
    assert (
        (await ask.post("/_stand_in/switches", content=b"{")).json()["error"]["message"].startswith("the body is not")
    )


async def test_deliveries_are_listed_and_sent_again(
    ask: httpx.AsyncClient, client: stripe.StripeClient, hooked: Receiver
) -> None:
    """Newest first, with what came of them."""
    hooked.answers.append(503)
    await client.v1.customers.create_async()
    await client.v1.products.create_async({"name": "x"})
    assert (await ask.get("/_stand_in/settled?timeout=5")).json() == {"settled": True}

    first, second = (await ask.get("/_stand_in/deliveries")).json()["data"]
    assert (first["type"], second["type"]) == ("product.created", "customer.created")
    assert [one["delivered"] for one in (first, second)] == [True, True]
    assert sorted(one["attempts"] for one in (first, second)) == [1, 2]
    assert len((await ask.get("/_stand_in/deliveries?limit=1")).json()["data"]) == 1

    assert (await ask.post(f"/_stand_in/events/{first['event']}/resend")).json() == {"sent": 1}
    await ask.get("/_stand_in/settled")
    assert hooked.ids.count(first["event"]) == 2


async def test_settled_says_when_it_is_not(
    ask: httpx.AsyncClient, client: stripe.StripeClient, hooked: Receiver
) -> None:
    """504, with how many are left."""
    await ask.post("/_stand_in/switches", json={"hold": True})
    await client.v1.customers.create_async()

    answer = await ask.get("/_stand_in/settled?timeout=0.05")

    assert (answer.status_code, answer.json()["settled"]) == (504, False)
    await ask.post("/_stand_in/switches", json={"hold": False})
    assert (await ask.get("/_stand_in/settled")).status_code == 200
    assert hooked.types == ["customer.created"]


async def test_faults(ask: httpx.AsyncClient, client: stripe.StripeClient) -> None:
    """Of a route, for so many requests; a 429 says when to come back."""
    await ask.post("/_stand_in/faults", json={"match": "GET /v1/customers*", "count": 2, "status": 429})
    key = {"Authorization": "Bearer sk_test_x"}

    await client.v1.customers.create_async()
    limited = [await ask.get("/v1/customers", headers=key) for _ in range(3)]

    assert [answer.status_code for answer in limited] == [429, 429, 200]
    assert limited[0].headers["Retry-After"] == "1"
    await ask.post("/_stand_in/faults", json={"nonsense": True})
    nonsense = await ask.get("/v1/customers", headers=key)
    assert (nonsense.status_code, nonsense.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    await ask.post("/_stand_in/faults", json={"cut": "before"})
    with pytest.raises(httpx.TransportError):
        await ask.get("/v1/customers", headers=key)


async def test_the_bank_and_the_next_charge(ask: httpx.AsyncClient, shop: Shop) -> None:
    """As a page and a person turn them."""
    customer = await shop.customer(None)
    intents = shop.client.v1.setup_intents
    intent = await intents.create_async(
        {"customer": customer, "payment_method": "pm_card_authenticationRequired", "confirm": True}
    )
    path = f"/_stand_in/authentications/{intent.id}"

    answer = await ask.post(path, json={"outcome": "succeed"})

    assert answer.json() == {"id": intent.id, "status": "succeeded"}
    assert (await ask.post(path, json={"outcome": "succeed"})).status_code == 400
    assert (await ask.post("/_stand_in/decline_next", json={"customer": customer})).json() == {"customer": customer}


@pytest.mark.parametrize("path", ["/v1/customers", "/_stand_in/state", "/stripe.js"])
async def test_pages_of_this_machine_may_ask(ask: httpx.AsyncClient, path: str) -> None:
    """Any port of localhost and 127.0.0.1; pages from elsewhere are refused."""
    for origin in ("http://localhost:8080", "http://127.0.0.1:3000"):
        answer = await ask.get(path, headers={"Origin": origin})
        assert answer.headers["Access-Control-Allow-Origin"] == origin
        preflight = await ask.request("OPTIONS", path, headers={"Origin": origin})
        assert preflight.status_code == 204
        assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    for origin in ("https://example.com", "http://localhost.example.com", "null"):
        answer = await ask.get(path, headers={"Origin": origin})
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers


async def test_receipts_and_invoices_can_be_looked_at(ask: httpx.AsyncClient, shop: Shop) -> None:
    """The links lead to this server; the PDF is one."""
    made = await shop.subscribe(await shop.customer())
    invoice = await shop.invoice(made.latest_invoice)
    (charge,) = (await shop.client.v1.charges.list_async({"customer": str(made.customer)})).data
    assert charge.receipt_url
    assert invoice.hosted_invoice_url
    assert invoice.invoice_pdf

    assert "10.00 USD" in (await ask.get(charge.receipt_url)).text
    assert str(invoice.number) in (await ask.get(invoice.hosted_invoice_url)).text
    pdf = await ask.get(invoice.invoice_pdf)
    assert pdf.headers["Content-Type"] == "application/pdf"
    assert pdf.content.startswith(b"%PDF-")
    assert pdf.content.rstrip().endswith(b"%%EOF")
    assert (await ask.get("/_stand_in/receipts/ch_x")).status_code == 404
