"""`priceguard money-path`: what an operator types, sees, and gets as exit code."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
import stripe
import typer
from typer.testing import CliRunner
from typer.testing import Result as Called

from gitops.engine import EngineError
from gitops.stored_secrets.stripe_key import StripeKeyError
from gitops.verification import money_path as gate
from gitops.verification.money_path import MARK
from gitops.verification.result import VerifyError
from priceguard import money_path as command
from tests.gitops.verification.money_bench import Bench


class Place:
    """In place of an environment.

    Attributes:
        bench: its account at Stripe.
        failure: what asking for the account ends with.
        asked: the stack, and whether it is the one on this machine.
    """

    def __init__(self) -> None:
        self.bench = Bench()
        self.failure: BaseException | None = None
        self.asked: list[tuple[str, bool]] = []

    def target_of(self, stack: str, *, local: bool) -> "Place":
        """As `priceguard.targets` has it."""
        self.asked.append((stack, local))
        return self

    def stripe(self) -> stripe.StripeClient:
        """A client of the account."""
        if self.failure:
            raise self.failure
        return self.bench.client()

    def outputs(self) -> Mapping[str, Any]:
        """Of the stack."""
        return self.bench.outputs

    def booked(self, event_id: str, since: float) -> bool:
        """By its log."""
        return self.bench.booked(event_id, since)


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Place:
    """An environment that can take money."""
    made = Place()
    monkeypatch.setattr(command, "target_of", made.target_of)
    monkeypatch.setattr(gate, "Waiting", made.bench.waiting)
    monkeypatch.delenv("GITHUB_RUN_ID", raising=False)
    return made


def call(*arguments: str) -> Called:
    """`priceguard money-path ...`."""
    app = typer.Typer()
    app.command()(command.money_path)
    return CliRunner().invoke(app, arguments)


@pytest.mark.parametrize("local", [False, True])
def test_it_can_take_money(place: Place, local: bool) -> None:  # noqa: FBT001 - a parameter of pytest
    """In a line; what goes on meanwhile is on standard error."""
    printed = call("dev", *(["--local"] if local else []))

    (event,) = place.bench.events()
    assert printed.stdout == f"✓ dev can take money: Stripe's event {event['id']} was booked after 3 s\n"
    assert f"money path of dev: {event['id']}: not delivered yet (1 left), not in the API's log yet" in printed.stderr
    assert (printed.exit_code, place.asked) == (0, [("dev", local)])
    assert event["data"]["object"]["metadata"][MARK] == "by hand"


def test_what_was_cleared_away_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was killed had left it; the customer names the run that made it."""
    monkeypatch.setenv("GITHUB_RUN_ID", "4711")
    place.bench.customer(environment="dev", **{MARK: "4710"})

    printed = call("dev")

    assert printed.stdout.splitlines()[1:] == ["  1 customer of earlier runs that were killed deleted"]
    assert [one["data"]["object"]["metadata"][MARK] for one in place.bench.events()] == ["4711", "4710"]


def test_programs_get_one_object(place: Place) -> None:
    """Whatever comes of it."""
    good = call("dev", "--json")
    place.bench.books_after = None
    bad = call("dev", "--json")

    newest, first = (event["id"] for event in place.bench.events())
    expected = {"stack": "dev", "paid": True, "event_id": first, "seconds": 3, "pending": 0, "removed": 0}
    assert (json.loads(good.stdout), good.exit_code) == (expected, 0)
    told = json.loads(bad.stdout)
    assert newest in told.pop("message")
    assert (told, bad.exit_code) == ({"stack": "dev", "paid": False, "outcome": "unbooked"}, 1)


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (StripeKeyError("STRIPE_API_KEY: there is no key; dev takes sk_test_..."), 1, "✗ STRIPE_API_KEY: there is no"),
        (EngineError("no engine"), 1, "✗ no engine"),
        (VerifyError("the stack has no output cluster"), 1, "✗ the stack has no output cluster"),
        (KeyboardInterrupt(), 130, "✗ interrupted"),
    ],
)
def test_why_it_cannot_tell(place: Place, failure: BaseException, code: int, words: str) -> None:
    """On standard error, with the exit code."""
    place.failure = failure

    printed = call("dev")

    assert words in printed.stderr
    assert (printed.stdout, printed.exit_code) == ("", code)


def test_where_it_ended_is_told(place: Place) -> None:
    """The half that is missing, and what to do."""
    place.bench.delivers_after = None

    printed = call("dev")

    assert (
        f"✗ within 180 s Stripe has not delivered {place.bench.events()[0]['id']} to https://api.dev" in printed.stderr
    )
    assert (printed.stdout, printed.exit_code) == ("", 1)


def test_only_two_environments_can_be_named(place: Place) -> None:
    """A usage error."""
    assert call("staging").exit_code == 2
    assert place.asked == []
