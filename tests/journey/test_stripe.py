"""Stripe as the platform owns it: a payment, webhooks that arrive, a rotation that loses none, prices, cold starts."""

import json
import re
import subprocess
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

import pytest

from local.loopback import direct_session
from render.configuration import ROOT
from tests.journey.platform import Commands, wait_until

pytestmark = pytest.mark.usefixtures("postgresql_binaries")


def endpoints(platform: Commands) -> dict[str, str]:
    """Slot -> id of every enabled endpoint at the stand-in."""
    found = platform.stripe("/v1/webhook_endpoints?limit=100")["data"]
    return {endpoint["metadata"]["slot"]: endpoint["id"] for endpoint in found if endpoint["status"] == "enabled"}


def deliveries(platform: Commands) -> list[dict[str, Any]]:
    """The newest deliveries: `event`, `endpoint`, `delivered` and more."""
    return platform.stripe("/_stand_in/deliveries?limit=1000")["data"]


def taken_by_way_of(platform: Commands, event: str) -> set[str]:
    """The endpoints that the event was sent to, once the API has taken it from each; it fails when it does not."""
    wait_until(lambda: all(d["delivered"] for d in deliveries(platform) if d["event"] == event))
    return {d["endpoint"] for d in deliveries(platform) if d["event"] == event}


def change_customer(platform: Commands, customer: str, name: str) -> str:
    """Have Stripe send one event, and return its id."""
    platform.stripe(f"/v1/customers/{customer}", name=name)
    (event,) = platform.stripe("/v1/events?limit=1&type=customer.updated")["data"]
    assert event["data"]["object"]["name"] == name
    return event["id"]


@pytest.fixture
def customer(platform: Commands) -> str:
    """A customer at the stand-in."""
    return platform.stripe("/v1/customers", email="somebody@example.com")["id"]


@contextmanager
def changing(platform: Commands, customer: str) -> Generator[None]:
    """One event about every half second, all the while."""
    done = threading.Event()

    def run() -> None:
        count = 0
        while not done.wait(0.3):
            count += 1
            platform.stripe(f"/v1/customers/{customer}", name=f"meanwhile {count}")

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def readme_block(heading: str) -> str:
    """The first block of shell code below a heading."""
    section = (ROOT / "README.md").read_text().split(f"## {heading}\n", 1)[1]
    return section.split("```sh\n", 1)[1].split("```", 1)[0]


def pasted(platform: Commands, script: str) -> str:
    """What a shell prints."""
    done = subprocess.run(
        ["bash", "-eu", "-c", f"TOKEN=\n{script}"],
        cwd=ROOT,
        env={k: v for k, v in platform.environment.items() if "proxy" not in k.lower()},  # curl would use it
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_flow_of_the_readme(platform: Commands) -> None:
    """From registration to cancellation, as a person pastes it; the webhooks arrive, and links can be followed."""
    script = readme_block("A payment, with nothing but curl")
    printed = pasted(platform, f'{script}\ncurl -s "$STRIPE/stripe.js"')
    registered, saved, made, seen, history, cancelled = (
        json.loads(line) for line in printed.splitlines() if line.startswith("{")
    )

    assert registered["account"]["billing"]["has_access"] is False
    assert saved["payment_method"]["last4"] == "4242"
    assert made["subscription"]["status"] == "active"
    assert (seen["subscription"]["status"], seen["subscription"]["plan"]) == ("active", "basic")
    assert [(i["kind"], i["status"]) for i in history["items"]] == [("invoice", "paid")]
    assert cancelled["subscription"]["cancel_at"] == cancelled["subscription"]["current_period_end"]
    assert "confirmSetup" in printed
    with direct_session() as session:
        assert session.get(history["items"][0]["pdf_url"], timeout=10).content.startswith(b"%PDF")

    def everything_is_booked() -> bool:
        events = json.loads(platform.webhooks("list", "--json"))["events"]
        booked = {event["type"] for event in events if event["state"] == "booked"}
        return {"invoice.paid", "customer.subscription.created"} <= booked

    wait_until(everything_is_booked)


def test_an_event_arrives_signed(platform: Commands, customer: str) -> None:
    """Through the load balancer, with the secret that the program took from Stripe to the task."""
    event = change_customer(platform, customer, "Ada")

    assert taken_by_way_of(platform, event) == {endpoints(platform)["a"]}


def test_what_stripe_did_not_sign_is_refused(platform: Commands) -> None:
    """So what the test above saw accepted was verified."""
    url = f"{platform.status()['api_url']}/api/stripe/webhook"
    with direct_session() as session:
        answer = session.post(url, b"{}", headers={"Stripe-Signature": "t=1,v1=00"}, timeout=10)

    assert answer.status_code == 400


def test_a_cold_start_makes_nothing_twice(platform: Commands) -> None:
    """The local AWS is new each time, Stripe is the same."""

    def made() -> tuple[dict[str, str], set[str], set[str]]:
        lists = (platform.stripe(f"/v1/{kind}?limit=100&active=true")["data"] for kind in ("products", "prices"))
        products, prices = ({item["id"] for item in found} for found in lists)
        return endpoints(platform), products, prices

    before = made()
    assert tuple(map(len, before)) == (1, 3, 6)

    platform.run("down")
    platform.up()

    assert made() == before


def test_a_rotation_loses_no_event(platform: Commands, customer: str) -> None:
    """From slot a by way of both to slot b, with events all the while: each is taken by way of one endpoint or both."""
    old = endpoints(platform)["a"]

    with changing(platform, customer):
        platform.up("--set", "webhookSlots=b,a")
    both = endpoints(platform)
    event = change_customer(platform, customer, "both")
    assert taken_by_way_of(platform, event) == {old, both["b"]}

    with changing(platform, customer):
        platform.up("--set", "webhookSlots=b")
    event = change_customer(platform, customer, "b alone")
    assert taken_by_way_of(platform, event) == {both["b"]}

    assert endpoints(platform) == {"b": both["b"]}
    events = {event["id"] for event in platform.stripe("/v1/events?limit=100&type=customer.updated")["data"]}
    assert len(events) > 10
    wait_until(lambda: events <= {d["event"] for d in deliveries(platform) if d["delivered"]})


def test_another_amount_is_another_price(platform: Commands) -> None:
    """The lookup key leads to the new one, the API sells it, and whoever has the old one keeps it."""

    def premium() -> dict[str, Any]:
        (price,) = platform.stripe("/v1/prices?lookup_keys[]=priceguard_premium_monthly")["data"]
        return price

    before, (slot,) = premium(), endpoints(platform)
    printed = platform.up("--set", f"webhookSlots={slot}", "--set", "plans.premium.monthly=3100")
    after = premium()

    changed = set(re.findall(r"^  . (create|update|replace) +(\S+) (\S+)", printed, re.MULTILINE))
    assert ("replace", "stripe:index/price:Price", "premium-monthly") in changed
    assert len([change for change in changed if change[1].startswith("stripe:")]) == 1
    assert (before["unit_amount"], after["unit_amount"]) == (2900, 3100)
    assert platform.status()["outputs"]["prices"]["premium"]["monthly"] == after["id"] != before["id"]
    old = platform.stripe(f"/v1/prices/{before['id']}")
    assert (old["lookup_key"], old["active"]) == (None, True)


def test_reset_drops_it(platform: Commands) -> None:
    """And what is remembered of it."""
    platform.run("down", "--reset")

    assert not (platform.directory / "stripe").exists()
    assert not (platform.directory / "state.json").exists()
