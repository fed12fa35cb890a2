"""Can an environment take money? An event that Stripe really makes must come all the way into the API's books.

A customer is made at Stripe, in live mode too, and deleted at once: that mails nobody and charges nothing. Of the
deletion Stripe makes an event that every endpoint of ours asks for, and that goes the way of every payment: Stripe
signs and delivers it, the firewall lets it in, the API verifies and stores it, and its worker settles it and logs that.
No account has this customer, so that nothing else happens.

The deletion comes first and the waiting after it: a run leaves something at Stripe only if it is killed between two
calls, and the next run removes that.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any

import stripe

from gitops.doctor.report import shown
from gitops.verification.money_path_result import (
    BusyError,
    EndpointError,
    MissingError,
    MoneyPathError,
    Paid,
    UnbookedError,
    UndeliveredError,
    Waiting,
)
from gitops.verification.result import NoAnswerError

MARK = "priceguard_money_path"
"""Key in the metadata of each customer that this makes; its value is the run."""
EVENT = "customer.deleted"
_LEFT_FOR = 7 * 86400  # seconds for which what was left behind is looked for
_MOST = 1000  # objects of a list that are looked at, the newest first
_LOG_MARGIN = 300  # seconds by which this clock and that of the log may differ
_RIGHTS = "write for Customers, read for Events and Webhook Endpoints"
_AGAIN = "run this again, which also deletes a customer that is left at Stripe"
_REFUSALS = {
    "AuthenticationError": "Stripe does not know STRIPE_API_KEY, or it has expired or was revoked; copy it again",
    "PermissionError": f"STRIPE_API_KEY may not do this; its rights must be {_RIGHTS}",
}
_PASSES = ("APIError", "APIConnectionError", "RateLimitError")  # names of what Stripe's library raises


def money_path(
    client: stripe.StripeClient,
    outputs: Mapping[str, Any],
    *,
    booked: Callable[[str, float], bool],
    run_id: str,
    waiting: Waiting | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> Paid:
    """Return when an event of Stripe's has been delivered and booked.

    Args:
        client: of the environment's Stripe account, in its mode.
        outputs: of the environment's stack.
        booked: whether the API's log, from a Unix time on, says that an event is settled.
        run_id: stands in the customer's metadata.
        waiting: how long, and how often.
        progress: told what goes on, and at each look what is missing.

    Raises:
        EndpointError: an endpoint is gone, disabled, or does not ask for the event.
        UndeliveredError, UnbookedError: time is up; which half is missing.
        BusyError: Stripe cannot be asked.
        VerifyError: the log cannot be read.
        MoneyPathError: the stack has no endpoint, or Stripe refuses.
    """
    run = _Run(client, booked, waiting or Waiting(), progress)
    run.check(_endpoints(outputs))
    removed = run.sweep()
    run.make_and_delete(run_id)
    seconds = run.wait()
    return Paid(event_id=run.event_id, seconds=round(seconds, 1), pending=run.pending, removed=removed)


def _endpoints(outputs: Mapping[str, Any]) -> list[str]:
    endpoints = outputs.get("webhookEndpoints")
    if not isinstance(endpoints, Mapping) or not endpoints:
        raise MoneyPathError("the stack has no output webhookEndpoints: it was never deployed; run `pulumi up`")
    return [str(endpoint) for endpoint in endpoints.values()]


class _Run:
    """One run; what it has seen of its event so far."""

    def __init__(
        self,
        client: stripe.StripeClient,
        booked: Callable[[str, float], bool],
        waiting: Waiting,
        progress: Callable[[str], None],
    ) -> None:
        self._api, self._in_log, self._waiting, self._progress = client.v1, booked, waiting, progress
        self._since = waiting.unix() - _LOG_MARGIN
        self._environment = self._url = self._customer = ""
        self._made = 0
        self._booked = False
        self.event_id, self.pending = "", 0

    def check(self, endpoints: list[str]) -> None:
        """Refuse endpoints to which nothing would be delivered."""
        for endpoint in endpoints:
            self._check(endpoint)

    def _check(self, identifier: str) -> None:
        again = "`pulumi up --refresh` puts it right"
        try:
            with _asking():
                found = self._api.webhook_endpoints.retrieve(identifier).to_dict()
        except MissingError:
            raise EndpointError(f"Stripe has no endpoint {identifier} (any more): {again}, with a new secret") from None
        if found["status"] != "enabled":
            words = "Stripe disables one that has failed for days; enable it in Stripe's dashboard, then run this again"
            raise EndpointError(f"Stripe's endpoint {identifier} is {shown(found['status'])}: {words}")
        if EVENT not in found["enabled_events"] and "*" not in found["enabled_events"]:
            raise EndpointError(f"Stripe's endpoint {identifier} does not ask for {EVENT}; {again}")
        self._url, self._environment = found["url"], (found.get("metadata") or {}).get("environment", "")
        if not self._environment:  # the program's stamp
            raise EndpointError(f"Stripe's endpoint {identifier} has no environment in its metadata; {again}")

    def sweep(self) -> int:
        """Delete the customers that killed runs of this environment have left; how many there were."""
        asked: Any = {"created": {"gte": int(self._waiting.unix()) - _LEFT_FOR}, "limit": 100}
        with _asking():
            listed = islice(self._api.customers.list(asked).auto_paging_iter(), _MOST)
            left = [one.id for one in listed if self._is_ours(one.to_dict())]
        for customer in left:
            self._progress(f"deleting {customer}, which an earlier run has left")
            self._delete(customer)
        return len(left)

    def _is_ours(self, customer: Mapping[str, Any]) -> bool:
        metadata = customer.get("metadata") or {}
        return MARK in metadata and metadata.get("environment") == self._environment

    def make_and_delete(self, run_id: str) -> None:
        """Have Stripe make the event."""
        self._progress("a customer comes and goes at Stripe")
        metadata = {MARK: run_id[:200], "environment": self._environment}
        with _asking():
            # Without an idempotency key of ours: a run that is repeated would get the customer that the first one has
            # deleted, and no new event. Stripe's library sends one, which keeps its own repetitions from making two.
            made = self._api.customers.create({"description": "PriceGuard's money path", "metadata": metadata})
        self._customer, self._made = made.id, made.created
        self._delete(made.id)

    def _delete(self, customer: str) -> None:
        try:
            with _asking():
                self._api.customers.delete(customer)
        except MissingError:
            return  # another run, or a repetition of this call, was quicker

    def wait(self) -> float:
        """Look until both sides say so, or time is up; the seconds that it took."""
        waiting, busy = self._waiting, ""
        began, booked_at = waiting.now(), None
        while True:
            try:
                self._look()
                busy = ""
            except (BusyError, NoAnswerError) as error:
                busy = str(error)
            passed = waiting.now() - began
            if self._booked and booked_at is None:
                booked_at = passed
            if booked_at is not None and (not self.pending or passed >= booked_at + waiting.grace):
                return passed
            if booked_at is None and passed >= waiting.most:
                raise self._late(busy)
            self._progress(busy or self._missing())
            waiting.sleep(waiting.pause)

    def _look(self) -> None:
        with _asking():
            event = self._api.events.retrieve(self.event_id) if self.event_id else self._find()
        if event is None:
            return
        self.event_id, self.pending = event.id, event.pending_webhooks
        self._booked = self._booked or self._in_log(event.id, self._since)

    def _find(self) -> stripe.Event | None:
        asked: Any = {"type": EVENT, "created": {"gte": self._made}, "limit": 100}
        events = islice(self._api.events.list(asked).auto_paging_iter(), _MOST)
        return next((one for one in events if one.data.object["id"] == self._customer), None)

    def _missing(self) -> str:
        if not self.event_id:
            return f"Stripe has no event of the deletion of {self._customer} yet"
        told = "in the API's log" if self._booked else "not in the API's log yet"
        return f"{self.event_id}: {f'not delivered yet ({self.pending} left)' if self.pending else 'delivered'}, {told}"

    def _late(self, busy: str) -> MoneyPathError:
        within = f"within {self._waiting.most:g} s"
        said = f" (at the last look: {busy})" if busy else ""
        if not self.event_id:
            return UndeliveredError(f"{within} {self._missing()}{said}; {_AGAIN}")
        if self.pending:
            return UndeliveredError(
                f"{within} Stripe has not delivered {self.event_id} to {self._url}{said}. Stripe's dashboard has the "
                "answers that it got: 400 is a signing secret that is not the endpoint's (rotate it, see "
                "docs/stripe.md), 403 is the firewall's, and of 5xx the API's log has the reason"
            )
        return UnbookedError(
            f"{within} Stripe has delivered {self.event_id} to {self._url}, and the API's log does not say that it is "
            f"settled{said}. `priceguard webhooks list` shows what the API has of it. Does "
            "that name lead to this environment, and is priceguard:logLevel INFO or lower?"
        )


@contextmanager
def _asking() -> Generator[None]:
    """Turn a refusal of Stripe's into a reason, without Stripe's own words: they may repeat the end of the key."""
    try:
        yield
    except stripe.StripeError as error:
        kind = type(error).__name__
        told = f"{kind}, status {error.http_status}, {error.code or 'no code'}, request {error.request_id or 'unknown'}"
        if error.code == "resource_missing":
            raise MissingError(f"Stripe has no such object ({told})") from None
        if kind in _PASSES:
            raise BusyError(f"Stripe cannot be asked ({told}); {_AGAIN}") from None
        raise MoneyPathError(_REFUSALS.get(kind) or f"Stripe refuses ({told}); {_AGAIN}") from None
