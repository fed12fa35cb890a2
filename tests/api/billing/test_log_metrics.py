"""The metric filters of the program, on the lines that the API really writes."""

import asyncio
import io
import json
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator
from datetime import timedelta
from typing import Any

import pytest
import stripe as sdk
import structlog
from quart import Quart

from api import logs, ratelimit, reconcile, webhook_worker
from api.app import create_app
from api.errors import PaymentProviderUnavailableError
from api.ratelimit import Limit
from api.settings import Settings
from api.stripe_gateway.failures import asking
from api.webhook_worker import WebhookWorker
from infra.log_metrics import PATTERNS
from tests.api.billing.events import event
from tests.api.billing.filter_pattern import parse
from tests.api.billing.shop import Shop
from tests.api.conftest import eventually, is_healthy
from tests.api.sample_settings import make_settings

Count = Callable[[], dict[str, int]]


@pytest.fixture
async def app(settings: Settings) -> AsyncGenerator[Quart]:
    """The application without its background work, whose lines would come whenever it gets to them."""
    app = create_app(settings, background=False)
    async with app.test_app():
        await eventually(lambda: is_healthy(app.test_client()))
        yield app


@pytest.fixture
def count() -> Generator[Count]:
    """How often each metric has counted, of what was logged since the test began; only those that have."""
    before, output = structlog.get_config(), io.BytesIO()
    logs.configure(make_settings(), output, once=False)

    def counted() -> dict[str, int]:
        lines = [json.loads(line) for line in output.getvalue().splitlines()]
        return Counter(name for name, pattern in PATTERNS.items() for line in lines if parse(pattern)(line))

    yield counted
    structlog.configure(**before)


async def log_in(shop: Shop, password: str) -> int:
    """Status of a login of Ada's."""
    answer = await shop.client.post("/api/auth/login", json={"email": shop.email, "password": password})
    return answer.status_code


async def test_only_logins_that_fail_are_counted(shop: Shop, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong password, and one attempt too many; but no other 401, nor a login that works."""
    assert await log_in(shop, "correct horse") == 200
    assert (await shop.client.get("/api/auth/me")).status_code == 401
    assert count() == {}

    assert await log_in(shop, "wrong password") == 401
    monkeypatch.setattr(ratelimit, "LOGIN_ACCOUNT", Limit("another", 1, timedelta(minutes=5)))
    assert await log_in(shop, "wrong password") == 401
    assert await log_in(shop, "wrong password") == 429
    assert count() == {"login-failures": 3}


async def test_deliveries_that_are_refused_are_counted(shop: Shop, count: Count) -> None:
    """Those of Stripe with another secret are; one that is stored is not, and its booking is counted once."""
    await shop.save_card()
    about = {"object": {"object": "invoice", "customer": await shop.customer()}}

    assert (await shop.deliver(event(data=about))).status_code == 200
    await shop.app.extensions["worker"].drain()
    assert count() == {"webhook-bookings": 1}

    assert (await shop.deliver(event(id="evt_2"), "whsec_AnotherSecretOfTheTests")).status_code == 400
    assert count() == {"webhook-bookings": 1, "webhook-refusals": 1}


async def test_each_failure_of_an_event_is_counted_and_its_end(shop: Shop, count: Count) -> None:
    """Twelve attempts, then a dead letter."""
    await shop.save_card()
    poisoned, gateway = await shop.customer(), shop.app.extensions["gateway"]

    async def fail(_: str) -> Any:
        raise ValueError("poison")

    gateway.billing_state = fail
    worker = WebhookWorker(shop.app.extensions["database"], gateway, first_pause=timedelta())
    await shop.deliver(event(data={"object": {"object": "invoice", "customer": poisoned}}))
    while await worker.drain():
        pass

    assert count() == {"webhook-failures": 12, "dead-letters": 1}


async def test_a_worker_that_fails_is_counted(shop: Shop, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it fails of."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise ValueError("worker")

    async def is_counted() -> bool:
        return count().get("webhook-failures", 0) > 0

    monkeypatch.setattr(webhook_worker, "claim_events", fail)
    worker = shop.app.extensions["worker"]
    worker.start()
    await eventually(is_counted)
    await worker.stop()


async def test_a_refused_key_is_counted(count: Count) -> None:
    """Each time that Stripe says so."""
    with pytest.raises(PaymentProviderUnavailableError):
        async with asking():
            raise sdk.AuthenticationError("Invalid API Key provided")

    assert count() == {"stripe-key-refusals": 1}


async def test_reconciliations_are_counted_also_those_that_give_up(
    shop: Shop, count: Count, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A turn that gives up has taken place all the same."""
    database, gateway = shop.app.extensions["database"], shop.app.extensions["gateway"]
    await reconcile.reconcile(database, gateway)
    assert count() == {"reconciliations": 1}

    monkeypatch.setattr(reconcile, "_TOO_MANY", 0)
    await reconcile.reconcile(database, gateway)
    assert count() == {"reconciliations": 2, "reconciliation-failures": 1}


async def test_a_schedule_that_breaks_off_is_counted(shop: Shop, count: Count, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its next turn comes all the same; until then nothing is read."""

    async def fail(*_: Any, **__: Any) -> Any:
        raise ValueError("schedule")

    async def is_counted() -> bool:
        return count() == {"reconciliation-failures": 1}

    monkeypatch.setattr(reconcile, "take_turn", fail)
    database, gateway = shop.app.extensions["database"], shop.app.extensions["gateway"]
    schedule = asyncio.create_task(reconcile.reconcile_by_schedule(database, gateway))
    await eventually(is_counted)
    schedule.cancel()


@pytest.mark.parametrize(
    "pattern",
    [
        '$.event = "a"',
        "{ $.event }",
        '{ ($.event = "a") && ($.a = 1) || ($.b = 2) }',
        '{ ($.event = "a" }',
        '{ $.event = "a*" }',
        '{ event = "a" }',
    ],
)
def test_what_cloudwatch_would_not_take_is_refused(pattern: str) -> None:
    """Otherwise the tests above could pass on a pattern that counts nothing."""
    with pytest.raises(ValueError, match=r".+"):
        parse(pattern)


def test_a_text_is_no_number_and_nothing_equals_a_field_that_is_missing() -> None:
    """As CloudWatch compares."""
    condition = parse('{ ($.path = "/a") && (($.status = 401) || ($.status = 429)) }')

    assert condition({"path": "/a", "status": 429})
    assert not condition({"path": "/a", "status": "401"})
    assert not condition({"status": 401})
    assert not condition({"path": "/a", "status": 200})
