"""Whether an environment can take money: what is done at Stripe for that, what is waited for, and what is told."""

import json
from typing import Any

import httpx
import pytest

from api.webhook_events import EVENT_TYPES
from gitops.verification.money_path import EVENT, MARK
from gitops.verification.money_path_result import (
    BusyError,
    MoneyPathError,
    UnbookedError,
    UndeliveredError,
)
from gitops.verification.result import NoAnswerError, VerifyError
from infra.stripe_billing import WEBHOOK_EVENTS
from tests.gitops.killing import Calls, every_kill
from tests.gitops.verification.money_bench import URL, Bench

DAY = 86400
BUSY = NoAnswerError("AWS is busy")


@pytest.mark.parametrize("live", [False, True])
def test_an_event_goes_all_the_way(live: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """Of a customer that nobody can be mailed or charged as, and that is gone before the waiting begins."""
    tried = Bench(live=live)

    paid = tried.pay()

    (event,) = tried.events()
    customer = event["data"]["object"]
    assert json.loads(json.dumps(paid.as_dict())) == {
        "paid": True,
        "event_id": event["id"],
        "seconds": 3.0,
        "pending": 0,
        "removed": 0,
    }
    assert str(paid) == f"Stripe's event {event['id']} was booked after 3 s"
    assert customer["metadata"] == {MARK: "4711", "environment": "dev"}
    assert (customer["email"], customer["phone"], customer["livemode"]) == (None, None, live)
    assert tried.customers() == []
    assert tried.said == [
        "a customer comes and goes at Stripe",
        f"{event['id']}: not delivered yet (1 left), not in the API's log yet",
    ]


def test_it_is_an_event_that_the_endpoints_ask_for_and_the_api_acts_on() -> None:
    """Otherwise Stripe would send nothing, or the API would drop it before its worker sees it."""
    assert EVENT in WEBHOOK_EVENTS
    assert EVENT in EVENT_TYPES


def test_both_halves_are_waited_for() -> None:
    """Stripe takes its time, and so do the lines on their way into the log."""
    tried = Bench(delivers_after=50, books_after=20)

    assert tried.pay().seconds == 72.0
    (event,) = tried.events()
    assert tried.said[-1] == f"{event['id']}: delivered, not in the API's log yet"


def test_what_a_killed_run_left_is_removed_and_nothing_else() -> None:
    """Neither customers of people, nor what another environment left, nor what is too old to be looked for."""
    tried = Bench()
    with tried.world.clock.at(tried.world.clock.now - 8 * DAY):
        old = tried.customer(environment="dev", **{MARK: "4000"})
    others = {old, tried.customer(), tried.customer(environment="dev", account_id="1")}
    others |= {tried.customer(environment="prod", **{MARK: "4700"}), tried.customer(**{MARK: "4699"})}
    left = [tried.customer(environment="dev", **{MARK: run}) for run in ("4709", "4710")]

    paid = tried.pay()

    assert paid.removed == 2
    assert {customer["id"] for customer in tried.customers()} == others
    assert tried.said[:2] == [f"deleting {one}, which an earlier run has left" for one in reversed(left)]
    assert next(e for e in tried.events() if e["id"] == paid.event_id)["data"]["object"]["metadata"][MARK] == "4711"


def test_a_run_that_is_repeated_makes_an_event_of_its_own() -> None:
    """What the first one proved says nothing of what was deployed since."""
    tried = Bench()

    assert tried.pay().event_id != tried.pay().event_id
    assert tried.customers() == []


def test_two_runs_at_once_do_not_hurt_each_other() -> None:
    """One takes the other's customer for a leftover, and deletes it first."""
    tried = Bench()
    answer = tried.transport.handler

    def overtaken(request: httpx.Request) -> Any:
        if request.method == "DELETE":
            tried.request("DELETE", request.url.path.removeprefix("/v1"))
        return answer(request)

    assert tried.pay(httpx.MockTransport(overtaken)).event_id == tried.events()[0]["id"]


def test_somebody_elses_endpoint_holds_nobody_up() -> None:
    """Stripe counts the deliveries of all endpoints of the account: it is waited for, and told."""
    tried = Bench(stranger=True)

    paid = tried.pay()

    assert (paid.pending, paid.seconds) == (1, 33.0)
    assert str(paid).endswith("was booked after 33 s; not delivered to other endpoints of the account: 1")
    assert tried.said[-1] == f"{paid.event_id}: not delivered yet (1 left), in the API's log"


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"delivers_after": None}, UndeliveredError, f"within 180 s Stripe has not delivered {{event}} to {URL}."),
        ({"books_after": None}, UnbookedError, f"within 180 s Stripe has delivered {{event}} to {URL}, and the API's"),
    ],
)
def test_the_half_that_is_missing_is_named(options: dict[str, Any], error: type[MoneyPathError], words: str) -> None:
    """When time is up; nothing is left at Stripe then either."""
    tried = Bench(**options)

    with pytest.raises(error) as raised:
        tried.pay()

    assert str(raised.value).startswith(words.format(event=tried.events()[0]["id"]))
    assert json.loads(json.dumps(raised.value.as_dict())) == {
        "paid": False,
        "outcome": error.outcome,
        "message": str(raised.value),
    }
    assert (tried.seconds, tried.customers()) == (180, [])


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_stripe_is_waited_for_while_the_event_is(status: int) -> None:
    """It is told at the look at which it happens."""
    tried = Bench(refusals={"GET /events": [(status, "")] * 3})

    assert tried.pay().seconds == 9.0
    assert f"status {status}" in tried.said[1]


def test_a_customer_that_could_not_be_deleted_is_deleted_by_the_next_run() -> None:
    """The message says so."""
    tried = Bench(refusals={"DELETE /customers": [(500, "")]})

    with pytest.raises(BusyError, match="run this again, which also deletes a customer that is left at Stripe"):
        tried.pay()

    assert len(tried.customers()) == 1
    assert tried.pay().removed == 1
    assert tried.customers() == []


def test_a_busy_log_is_waited_for_and_told_in_the_end() -> None:
    """The event may have been booked all the same."""
    assert Bench(failures=[BUSY, BUSY]).pay().seconds == 6.0

    with pytest.raises(UnbookedError, match=r"not say that it is settled \(at the last look: AWS is busy\)\."):
        Bench(failures=[BUSY] * 100).pay()


def test_a_log_that_may_not_be_read_ends_it() -> None:
    """At once, and nothing is left at Stripe."""
    tried = Bench(failures=[VerifyError("these credentials may not do this")])

    with pytest.raises(VerifyError, match="may not do this"):
        tried.pay()

    assert (tried.seconds, tried.customers()) == (0, [])


def test_killed_anywhere_and_run_again_leaves_nothing_at_stripe() -> None:
    """Before and after each call to Stripe and each look into the log; what people have there stays."""

    def world() -> Bench:
        made = Bench()
        made.customer(environment="dev", account_id="1")
        return made

    def act(world: Bench, calls: Calls) -> None:
        paid = world.pay(calls, booked=lambda *asked: calls.call("the log", lambda: world.booked(*asked)))
        assert paid.event_id == world.events()[0]["id"]

    def facts(world: Bench) -> list[dict[str, str]]:
        return [customer["metadata"] for customer in world.customers()]

    asked = every_kill(world, act, facts)

    assert facts(world()) == [{"environment": "dev", "account_id": "1"}]
    assert {"GET /v1/customers", "POST /v1/customers", "GET /v1/events", "the log"} < set(asked)
