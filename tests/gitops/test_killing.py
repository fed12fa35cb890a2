"""The kill itself: it happens where it should, and it finds the mistakes for which it is there."""

import contextlib
from dataclasses import dataclass, field

import httpx
import pytest

from tests.gitops.killing import Calls, Killed, every_kill


@dataclass
class Shop:
    """Something outside: goods on shelves."""

    shelves: list[str] = field(default_factory=list[str])

    def look(self) -> list[str]:
        """What is there."""
        return list(self.shelves)

    def put(self, good: str) -> None:
        """Add one."""
        self.shelves.append(good)


def shelves(shop: Shop) -> list[str]:
    """What is to be the same in the end."""
    return sorted(shop.shelves)


def careful(shop: Shop, calls: Calls) -> None:
    """Looks before it puts."""
    counted = calls.wrap(shop)
    for good in ("bread", "milk"):
        if good not in counted.look():
            counted.put(good)


def test_who_looks_before_writing_passes() -> None:
    """And every call was one to be killed at."""
    assert every_kill(Shop, careful, shelves) == ["Shop.look", "Shop.put", "Shop.look", "Shop.put"]


def test_who_writes_twice_is_found_without_a_kill() -> None:
    """The second run alone tells."""
    with pytest.raises(AssertionError, match="run a second time, it does more"):
        every_kill(Shop, lambda shop, calls: calls.wrap(shop).put("bread"), shelves)


def test_who_forgets_the_second_step_is_found() -> None:
    """Killed between two writes, of which the first made it believe that all is done."""

    def hasty(shop: Shop, calls: Calls) -> None:
        counted = calls.wrap(shop)
        if not counted.look():
            counted.put("bread")
            counted.put("milk")

    with pytest.raises(AssertionError, match=r"killed after call 1, Shop\.put, and run again, it comes to something"):
        every_kill(Shop, hasty, shelves)


def test_who_asks_nobody_proves_nothing() -> None:
    """A step that goes past the count."""
    with pytest.raises(AssertionError, match="asks nobody"):
        every_kill(Shop, lambda shop, _: shop.put("bread"), shelves)


def test_who_catches_the_kill_is_found() -> None:
    """No process goes on after it."""

    def stubborn(shop: Shop, calls: Calls) -> None:
        with contextlib.suppress(BaseException):
            careful(shop, calls)

    with pytest.raises(pytest.fail.Exception, match="the step went on"):
        every_kill(Shop, stubborn, shelves)


def test_nothing_is_tidied_up_after_a_kill() -> None:
    """What a `finally` asks comes from a process that is gone."""
    shop = Shop()
    calls = Calls(at=0, moment="before")
    counted = calls.wrap(shop)

    with pytest.raises(Killed, match=r"before Shop\.put"):
        counted.put("bread")
    with pytest.raises(Killed, match="from a process that is gone"):
        counted.put("an apology")
    assert shop.shelves == []


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_request_is_killed_on_either_side(moment: str) -> None:
    """Of this service or of another."""
    reached: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        reached.append(request.url.host)
        return httpx.Response(200)

    there = httpx.MockTransport(answer)
    calls = Calls(there, at=1, moment=moment)
    with httpx.Client(transport=calls) as first, httpx.Client(transport=calls.around(there)) as second:
        first.get("https://one.example/a")
        with pytest.raises(Killed):
            second.post("https://two.example/b")

    assert reached == ["one.example", "two.example"][: 1 if moment == "before" else 2]
    assert calls.made == ["GET /a", "POST two.example/b"]
