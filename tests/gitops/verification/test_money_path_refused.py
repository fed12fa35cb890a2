"""What the money path does not begin with, and what Stripe refuses it."""

from typing import Any

import pytest

from gitops.verification.money_path_result import EndpointError, MoneyPathError
from tests.gitops.verification.money_bench import KEY, Bench


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("POST", "disabled=true"), "is disabled: Stripe disables one that has failed for days; enable it"),
        (("POST", "enabled_events[0]=invoice.paid"), "does not ask for customer.deleted; `pulumi up --refresh`"),
        (("DELETE", ""), "Stripe has no endpoint we_"),
        (("POST", "metadata[environment]="), "has no environment in its metadata; `pulumi up --refresh`"),
    ],
)
def test_an_endpoint_that_would_get_nothing_is_told_at_once(change: tuple[str, str], words: str) -> None:
    """Before anything is made."""
    tried = Bench()
    method, body = change
    tried.request(method, f"/webhook_endpoints/{tried.endpoint}", body)

    with pytest.raises(EndpointError, match=words):
        tried.pay()

    assert tried.asked == ["GET /webhook_endpoints"]


def test_each_of_two_endpoints_must_work() -> None:
    """While secrets are rotated there are both."""
    tried = Bench()
    outputs = {**tried.outputs, "webhookEndpoints": {"a": tried.endpoint, "b": "we_gone"}}

    with pytest.raises(EndpointError, match=r"no endpoint we_gone \(any more\): .* with a new secret"):
        tried.pay(outputs=outputs)


@pytest.mark.parametrize("outputs", [{}, {"webhookEndpoints": {}}, {"webhookEndpoints": "we_1"}])
def test_a_stack_that_was_never_deployed_is_refused(outputs: dict[str, Any]) -> None:
    """By words."""
    with pytest.raises(MoneyPathError, match="no output webhookEndpoints: it was never deployed; run `pulumi up`"):
        Bench().pay(outputs=outputs)


@pytest.mark.parametrize("operation", ["GET /webhook_endpoints", "GET /customers", "POST /customers", "GET /events"])
@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "", "Stripe does not know STRIPE_API_KEY, or it has expired or was revoked"),
        (403, "", "STRIPE_API_KEY may not do this; its rights must be write for Customers, read for Events"),
        (400, "parameter_unknown", r"Stripe refuses \(InvalidRequestError, status 400, parameter_unknown, request"),
    ],
)
def test_what_stripe_refuses_is_told_in_our_words(operation: str, status: int, code: str, words: str) -> None:
    """Stripe's own repeat the end of the key."""
    tried = Bench(refusals={operation: [(status, code)]})

    with pytest.raises(MoneyPathError, match=words) as raised:
        tried.pay()

    assert KEY[-4:] not in str(raised.value)
    assert raised.value.__suppress_context__
    assert tried.customers() == []
