"""`priceguard webhooks`: what an operator types, sees, and gets as exit code."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from typer.testing import CliRunner
from typer.testing import Result as Printed

from gitops.aws.one_off_task import Line, Result
from priceguard import webhooks
from priceguard.cli import app
from priceguard.one_off_task import NotCarriedOutError, Stack

READY: Line = {"event": "database_ready", "environment": "dev"}
EVENT: Line = {
    "event": "webhook_event",
    "id": "evt_1ABC",
    "type": "invoice.paid",
    "state": "booked",
    "reason": None,
    "attempts": 1,
    "customer": "cus_1",
    "received_at": "2026-01-31T12:30:59.123456+00:00",
}
DEAD = {**EVENT, "id": "evt_2", "state": "dead", "reason": "ValueError: [red]no\x1b[2J such", "attempts": 12}


class Service:
    """Stands for the service: takes commands, answers with the lines that were given."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.exit_code = 0
        self.failure: BaseException | None = None
        self.asked: list[tuple[Stack, list[str]]] = []

    def carry_out(self, stack: Stack, command: Sequence[str], is_last: Callable[[Line], bool]) -> Result:
        """Note the command, and answer."""
        assert list(command[:3]) == ["python", "-m", "api.operations"]
        self.asked.append((stack, list(command[3:])))
        if self.failure:
            raise self.failure
        assert not any(map(is_last, self.lines[:-1]))
        return Result(exit_code=self.exit_code, reason="", lines=self.lines)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service that answers nothing yet."""
    made = Service()
    monkeypatch.setattr(webhooks, "carry_out", made.carry_out)
    return made


def call(*arguments: str) -> Printed:
    """`priceguard webhooks ...`."""
    return CliRunner().invoke(app, ["webhooks", *arguments])


def test_list_is_a_table(service: Service) -> None:
    """One row for each event; what others wrote does not touch the terminal."""
    service.lines = [READY, DEAD, EVENT, {"event": "done", "events": 2}]

    printed = call("list", "--state", "dead", "--state", "booked", "--most", "2", "--stack", "prod")

    rows = [" ".join(line.split()) for line in printed.stdout.splitlines()]
    assert rows == [
        "event type state attempts received (UTC) reason",
        "evt_2 invoice.paid dead 12 2026-01-31 12:30 ValueError: [red]no [2J such",
        "evt_1ABC invoice.paid booked 1 2026-01-31 12:30",
        "2 events; there may be more, see --most",
        "`priceguard webhooks replay --stack prod` tries the dead ones again",
    ]
    assert printed.exit_code == 0
    assert service.asked == [(Stack.PROD, ["list", "--state", "dead", "--state", "booked", "--most", "2"])]


def test_an_empty_inbox_is_said(service: Service) -> None:
    """In words; here is the default place."""
    service.lines = [READY, {"event": "done", "events": 0}]

    assert call("list").stdout == "no events\n"
    assert service.asked == [(Stack.LOCAL, ["list", "--most", "50"])]


def test_replay_says_what_became_of_each_event(service: Service) -> None:
    """Exit code 1 when anything is left."""
    service.lines = [
        {"event": "webhook_not_replayed", "id": "evt_3", "reason": "there is no such event"},
        {"event": "webhook_replayed", "id": "evt_1", "booked": True, "reason": None},
        {"event": "webhook_replayed", "id": "evt_2", "booked": False, "reason": "Stripe is away"},
        {"event": "done", "replayed": 2, "failed": 1},
    ]
    service.exit_code = 1

    printed = call("replay", "evt_1", "evt_2", "evt_3")

    assert printed.stdout.splitlines() == [
        "✓ evt_1  booked",
        "✗ evt_2  not booked: Stripe is away",
        "✗ evt_3  not replayed: there is no such event",
        "2 replayed, 1 of them not booked",
    ]
    assert printed.exit_code == 1
    assert service.asked == [(Stack.LOCAL, ["replay", "evt_1", "evt_2", "evt_3"])]


def test_replay_without_dead_events_is_fine(service: Service) -> None:
    """There was nothing to do."""
    service.lines = [{"event": "done", "replayed": 0, "failed": 0}]

    printed = call("replay")

    assert (printed.stdout, printed.exit_code) == ("nothing was replayed\n", 0)
    assert service.asked == [(Stack.LOCAL, ["replay"])]


def test_reconcile_counts_accounts(service: Service) -> None:
    """And names those that could not be read."""
    service.lines = [
        {"event": "reconciliation_failed", "account_id": "4711", "reason": "Stripe refuses"},
        {"event": "reconciled", "read": 1, "failed": 1},
        {"event": "done", "read": 1, "failed": 1},
    ]
    service.exit_code = 1

    printed = call("reconcile", "--most", "1000", "--stack", "dev")

    assert printed.stdout.splitlines() == [
        "✗ 4711  not read: Stripe refuses",
        "1 account read again, 1 could not be read",
    ]
    assert printed.exit_code == 1
    assert service.asked == [(Stack.DEV, ["reconcile", "--most", "1000"])]


@pytest.mark.parametrize(
    ("command", "lines", "answer"),
    [
        (
            "list",
            [EVENT, {"event": "done", "events": 1}],
            {"events": [{name: value for name, value in EVENT.items() if name != "event"}]},
        ),
        (
            "replay",
            [{"event": "webhook_replayed", "id": "evt_1", "booked": True}, {"event": "done"}],
            {"replayed": [{"id": "evt_1", "booked": True, "reason": None}], "not_replayed": []},
        ),
        ("reconcile", [{"event": "done", "read": 3, "failed": 0}], {"read": 3, "failed": 0, "failures": []}),
    ],
)
def test_programs_get_one_object(service: Service, command: str, lines: list[Line], answer: dict[str, Any]) -> None:
    """And nothing else on standard output."""
    service.lines = lines

    assert json.loads(call(command, "--json").stdout) == {"stack": "local", "exit_code": 0, **answer}


@pytest.mark.parametrize(
    "arguments",
    [
        ("list", "--state", "deed"),
        ("list", "--most", "0"),
        ("list", "--most", "1001"),
        ("reconcile", "--most", "-1"),
        ("replay", "evt_1", "ev_2"),
        ("replay", "evt_1;rm"),
        ("replay", "evt_1\n"),
        ("list", "--stack", "production"),
    ],
)
def test_a_wrong_command_line_runs_nothing(service: Service, arguments: tuple[str, ...]) -> None:
    """Exit code 2."""
    assert call(*arguments).exit_code == 2
    assert not service.asked


@pytest.mark.parametrize(
    ("lines", "exit_code", "words"),
    [
        ([READY, {"event": "failed", "reason": "the database cannot be reached"}], 1, "the database cannot be reached"),
        ([{"text": "DATABASE_URL is missing"}], 78, "exit code 78 and no answer; its last lines:\n    DATABASE_URL is"),
        ([], 137, "exit code 137 and no answer; its last lines:\n    it wrote nothing"),
        ([READY], 0, "its answer is not in its log; is priceguard:logLevel above INFO there?"),
    ],
)
def test_a_task_without_an_answer_failed(service: Service, lines: list[Line], exit_code: int, words: str) -> None:
    """The reason stands on standard error, programs get nothing that looks like an answer."""
    service.lines, service.exit_code = lines, exit_code

    printed = call("list", "--json")

    assert words in printed.stderr
    assert (printed.stdout, printed.exit_code) == ("", 1)


@pytest.mark.parametrize(
    ("failure", "exit_code", "words"),
    [
        (NotCarriedOutError("nothing runs here", 3), 3, "✗ nothing runs here"),
        (KeyboardInterrupt(), 130, "✗ interrupted, and the task with it"),
    ],
)
def test_what_was_not_carried_out_has_its_exit_code(
    service: Service, failure: BaseException, exit_code: int, words: str
) -> None:
    """The one that the module's docstring promises."""
    service.failure = failure

    printed = call("reconcile")

    assert words in printed.stderr
    assert printed.exit_code == exit_code
