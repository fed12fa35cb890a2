"""`priceguard accounts`: what an operator types, sees, and gets as exit code."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from argon2 import PasswordHasher
from typer.testing import CliRunner
from typer.testing import Result as Printed

from gitops.aws.one_off_task import Line, Result
from priceguard import webhooks
from priceguard.accounts import HASHER
from priceguard.cli import app
from priceguard.one_off_task import Stack

ACCOUNT = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
SOURCE = ("--table", "users", "--email", "mail", "--password-hash=hash", "--customer=cus")
DONE: Line = {"event": "done", "made": 0, "with_customer": 0, "there_already": 0}
SEVERAL = "several rows have its address"


class Service:
    """Stands for the service: takes commands, answers with the lines that were given."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.exit_code = 0
        self.asked: list[tuple[Stack, list[str]]] = []

    def carry_out(self, stack: Stack, command: Sequence[str], is_last: Callable[[Line], bool]) -> Result:
        """Note the command, and answer."""
        assert list(command[:3]) == ["python", "-m", "api.operations"]
        self.asked.append((stack, list(command[3:])))
        assert not any(map(is_last, self.lines[:-1]))
        return Result(exit_code=self.exit_code, reason="", lines=self.lines)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    """A service that answers nothing yet."""
    made = Service()
    monkeypatch.setattr(webhooks, "carry_out", made.carry_out)
    return made


def call(*arguments: str) -> Printed:
    """`priceguard accounts ...`."""
    return CliRunner().invoke(app, ["accounts", *arguments])


def left(event: str, row: str, reason: str, **more: Any) -> Line:
    """A line of the task about a row."""
    return {"event": event, "row": row, "reason": reason, "customer": None, "account_id": None, **more}


def test_import_says_what_became_of_the_rows(service: Service) -> None:
    """Each reason once, with its rows, and what to do."""
    service.exit_code = 1
    service.lines = [
        left("account_refused", "17", SEVERAL, customer="cus_1"),
        left("account_refused", "18", "its address is none\x1b[2J"),
        left("account_refused", "23", SEVERAL),
        left("account_left_out", "24", "another row"),
        *(left("account_cannot_log_in", f"{n}", "no Argon2", account_id=ACCOUNT) for n in range(22)),
        {**DONE, "made": 1, "with_customer": 1, "there_already": 21},
    ]

    printed = call("import", *SOURCE, "--created-at", "born", "--row=24", "--row", "-1", "--stack", "prod")

    assert printed.stdout.splitlines() == [
        "✓ 1 account made, 1 with a customer at Stripe; 21 there already",
        "✗ no account: its address is none [2J (1 row)",
        "    row 18",
        "✗ no account: several rows have its address (2 rows)",
        "    row 17  cus_1",
        "    row 23",
        "✗ nobody can log in: no Argon2 (22 rows)",
        *(f"    row {n}  account {ACCOUNT}" for n in range(20)),
        "    and 2 more, see --json",
        "  left out: another row (1 row)",
        "    row 24",
        "choose the row that counts, and run this again with --row for each",
        "`priceguard accounts set-password --stack prod <account>` when its owner asks",
        "`priceguard webhooks reconcile --stack prod` books what they have at Stripe",
    ]
    assert printed.exit_code == 1
    columns = ["--table=users", "--email=mail", "--password-hash=hash", "--customer=cus", "--created-at=born"]
    assert service.asked == [(Stack.PROD, ["import-accounts", *columns, "--row=24", "--row=-1"])]


def test_a_dry_run_says_that_it_is_one(service: Service) -> None:
    """And sends nobody on."""
    service.lines = [{**DONE, "made": 2, "with_customer": 1}]

    printed = call("import", *SOURCE, "--dry-run")

    assert printed.stdout == "✓ 2 accounts would be made, 1 with a customer at Stripe; 0 there already\n"
    assert printed.exit_code == 0
    assert service.asked[0][1][-1] == "--dry-run"


def test_programs_get_one_object(service: Service) -> None:
    """With every row."""
    service.lines = [left("account_refused", "17", SEVERAL, customer="cus_1"), DONE]

    assert json.loads(call("import", *SOURCE, "--json").stdout) == {
        "stack": "local",
        "exit_code": 0,
        "dry_run": False,
        "made": 0,
        "with_customer": 0,
        "there_already": 0,
        "refused": [{"row": "17", "customer": "cus_1", "account_id": None, "reason": SEVERAL}],
        "cannot_log_in": [],
        "left_out": [],
    }


@pytest.mark.parametrize("arguments", [SOURCE[:4], (), ("--table", "users")])
def test_all_columns_must_be_named(service: Service, arguments: tuple[str, ...]) -> None:
    """Nothing is guessed, and nothing runs."""
    assert call("import", *arguments).exit_code == 2
    assert not service.asked


def test_a_wrong_name_is_said(service: Service) -> None:
    """As the task says it."""
    service.lines, service.exit_code = [{"event": "failed", "reason": "there is no table x; there are y"}], 1

    printed = call("import", *SOURCE)

    assert "✗ the task failed: there is no table x; there are y" in printed.stderr
    assert printed.exit_code == 1


def test_a_new_password_is_shown_once_and_only_its_hash_travels(service: Service) -> None:
    """Another one each time."""
    service.lines = [{"event": "done", "account_id": ACCOUNT}]

    printed = [call("set-password", ACCOUNT, "--stack", "dev") for _ in range(2)]

    passwords = [each.stdout.removeprefix(f"the password of {ACCOUNT} is now ").rstrip() for each in printed]
    assert len(set(passwords)) == 2
    assert all(len(password) == 22 for password in passwords)
    for password, (stack, asked) in zip(passwords, service.asked, strict=True):
        assert (stack, asked[:2]) == (Stack.DEV, ["set-password", ACCOUNT])
        assert password not in asked
        assert PasswordHasher().verify(asked[2], password)
        assert not HASHER.check_needs_rehash(asked[2])


def test_what_is_no_account_gets_no_password(service: Service) -> None:
    """Exit code 2 for what is no id; 1 for one that nobody has."""
    assert call("set-password", "ada@example.com").exit_code == 2
    assert not service.asked
    service.lines, service.exit_code = [{"event": "failed", "reason": f"there is no account {ACCOUNT}"}], 1
    assert call("set-password", ACCOUNT).exit_code == 1
