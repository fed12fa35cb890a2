"""`priceguard webhooks changes`: why an account is as it is, as an operator asks it and reads the answer."""

import json
from typing import Any

import pytest

from gitops.aws.one_off_task import Line
from priceguard.one_off_task import Stack
from tests.priceguard.test_webhooks import READY, Service, call, service

__all__ = ["service"]

ACCOUNT = "01890a5d-ac96-774b-bcce-b302099a8057"
RENEWAL: Line = {
    "event": "billing_change",
    "at": "2026-01-31T12:30:59.123456+00:00",
    "cause": "webhook",
    "events": ["evt_1ABC", "evt_2ABC"],
    "before": {"subscription": {"status": "active", "latest_invoice": {"id": "in_1", "status": "paid"}}},
    "after": {"subscription": {"status": "past_due", "latest_invoice": {"id": "in_2", "status": "open"}}},
}
CARD: Line = {
    "event": "billing_change",
    "at": "2025-12-31T09:00:00+00:00",
    "cause": "save_payment_method",
    "events": [],
    "before": {"card": None, "subscription": None},
    "after": {"card": {"last4": "42[red]42\x1b[2J"}, "subscription": {"id": "sub_1", "cancel_at": None}},
}
DONE: Line = {"event": "done", "account_id": ACCOUNT, "changes": 2}


def test_what_changed_is_a_table(service: Service) -> None:
    """When, by what, and each thing on a line of its own; what others wrote does not touch the terminal."""
    service.lines = [READY, RENEWAL, CARD, DONE]

    printed = call("changes", "cus_1ABC", "--most", "2", "--stack", "prod")

    rows = [" ".join(line.split()) for line in printed.stdout.splitlines()]
    assert rows == [
        "when (UTC) caused by what changed",
        "2026-01-31 12:30:59 webhook latest_invoice.id: in_1 → in_2",
        "evt_1ABC latest_invoice.status: paid → open",
        "evt_2ABC status: active → past_due",
        "2025-12-31 09:00:00 save_payment_method card.last4: none → 42[red]42 [2J",
        "subscription.id: none → sub_1",
        "2 changes; there may be more, see --most",
    ]
    assert printed.exit_code == 0
    assert service.asked == [(Stack.PROD, ["changes", "cus_1ABC", "--most", "2"])]


def test_nothing_has_happened(service: Service) -> None:
    """In words; an account can be meant by its own id."""
    service.lines = [READY, {**DONE, "changes": 0}]

    assert call("changes", ACCOUNT).stdout == "nothing has changed the billing of this account\n"
    assert service.asked == [(Stack.LOCAL, ["changes", ACCOUNT, "--most", "20"])]


@pytest.mark.parametrize("lines", [[RENEWAL, CARD, DONE], [DONE]])
def test_programs_get_one_object(service: Service, lines: list[Line]) -> None:
    """With the account, and each change as the task told it."""
    service.lines = lines
    changes: list[dict[str, Any]] = [
        {name: value for name, value in line.items() if name != "event"} for line in lines if line is not DONE
    ]

    printed = call("changes", "cus_1ABC", "--json")

    assert json.loads(printed.stdout) == {"stack": "local", "exit_code": 0, "account_id": ACCOUNT, "changes": changes}


def test_an_unknown_customer_is_a_failure(service: Service) -> None:
    """Exit code 1, and the reason on standard error."""
    service.lines, service.exit_code = [READY, {"event": "failed", "reason": "no account has the customer cus_x"}], 1

    printed = call("changes", "cus_x", "--json")

    assert (printed.stdout, printed.exit_code) == ("", 1)
    assert printed.stderr == "✗ the task failed: no account has the customer cus_x\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("ada@example.com",),
        ("cus_1;rm",),
        ("cus_1\n",),
        ("evt_1",),
        (ACCOUNT[:-1],),
        ("cus_1", "--most", "0"),
        ("cus_1", "--most", "1001"),
        ("cus_1", "--stack", "production"),
    ],
)
def test_a_wrong_command_line_runs_nothing(service: Service, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert call("changes", *arguments).exit_code == 2
    assert not service.asked
