"""Kill a step at every call that it makes to the outside, and see that simply running it again comes to the same.

A job may end at any moment: its runner is lost, somebody cancels it, a limit strikes. What it wrote until then is
there, what it wanted to write is not, and it knows nothing of either when it is run again. So every step has to look
before it writes. `every_kill` proves it for one step:

    def world() -> World: ...                      # GitHub, Netlify, ... before the step; `world.transport` leads there
    def act(world, calls): GitHub("o/n", "token", transport=calls).comment(7, MARKER, BODY)
    def facts(world): return world.store.comments  # what a person would see: texts and states, no ids, no times

    every_kill(world, act, facts)

The step runs once without a kill, and again, which must change nothing. Then, for every call that it made and for both
"before" it reaches the other side and "after" it was carried out but before the answer is there: a new world, the kill,
the step once more, and the facts have to be those of the run without a kill: nothing lacks, nothing is there twice.

What is no HTTP, or leads to another service, goes through the same count:

    act = lambda world, calls: sync(Netlify(transport=calls.around(world.netlify)), calls.wrap(world.registry))
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import httpx
import pytest

World = TypeVar("World")
T = TypeVar("T")
MOMENTS = ("before", "after")


class Killed(BaseException):
    """The process ends here. No `except Exception` stops it, and nothing that a `finally` asks afterwards is done."""


class Calls(httpx.BaseTransport):
    """Everything that a step asks the outside, counted, and killed at one of the calls.

    Args:
        inner: where requests go; None when a step makes none by this transport itself.
        at: number of the call that is killed, from 0 on; None for no kill.
        moment: `before` the call reaches the other side, or `after` it was carried out.

    Attributes:
        made: what each call was, in order.
        killed: whether the kill has happened.
    """

    def __init__(self, inner: httpx.BaseTransport | None = None, *, at: int | None = None, moment: str = "") -> None:
        self.made: list[str] = []
        self.killed = False
        self._inner, self._at, self._moment = inner, at, moment

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Let a request through to `inner`, or kill the step."""
        assert self._inner, "the world has no `transport`; use `around` or `wrap`"
        inner = self._inner
        return self.call(f"{request.method} {request.url.path}", lambda: inner.handle_request(request))

    def around(self, transport: httpx.BaseTransport) -> httpx.BaseTransport:
        """A way to another service, which counts with this one."""
        return httpx.MockTransport(
            lambda request: self.call(
                f"{request.method} {request.url.host}{request.url.path}", lambda: transport.handle_request(request)
            )
        )

    def wrap(self, thing: T) -> T:
        """The thing, each of whose public methods is a call to the outside."""
        return _Wrapped(thing, self)  # pyright: ignore[reportReturnType] - it answers as the thing does

    def call(self, name: str, carry_out: Callable[[], T]) -> T:
        """Carry out one call, or kill the step."""
        if self.killed:
            raise Killed(f"{name} comes from a process that is gone")
        number = len(self.made)
        self.made.append(name)
        if (number, self._moment) == (self._at, "before"):
            self._kill(name)
        answer = carry_out()
        if (number, self._moment) == (self._at, "after"):
            self._kill(name)
        return answer

    def _kill(self, name: str) -> None:
        self.killed = True
        raise Killed(f"{self._moment} {name}")


class _Wrapped:
    """A thing whose public methods are counted."""

    def __init__(self, thing: object, calls: Calls) -> None:
        self._thing, self._calls = thing, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._thing, name)
        if name.startswith("_") or not inspect.isroutine(found):
            return found

        @wraps(found)
        def counted(*args: Any, **kwargs: Any) -> Any:
            return self._calls.call(f"{type(self._thing).__name__}.{name}", lambda: found(*args, **kwargs))

        return counted


def every_kill(
    make_world: Callable[[], World],
    act: Callable[[World, Calls], object],
    facts: Callable[[World], object],
) -> list[str]:
    """Kill `act` before and after each of its calls to the outside; return what these calls were.

    Args:
        make_world: everything outside, as it is before the step; if it has a `transport`, requests go there.
        act: the step; it has to make its requests through the `Calls` that it is given.
        facts: what is to be the same however often the step was killed; compared with `==`.
    """
    world = make_world()
    unkilled = _run(act, world)
    expected = facts(world)
    assert unkilled.made, "the step asks nobody; does it use what it is given?"
    _run(act, world)
    assert facts(world) == expected, "run a second time, it does more"
    for number, name in enumerate(unkilled.made):
        for moment in MOMENTS:
            world = make_world()
            where = f"{moment} call {number}, {name}"
            _killed(act, world, Calls(_transport(world), at=number, moment=moment), where)
            _run(act, world)
            assert facts(world) == expected, f"killed {where}, and run again, it comes to something else"
    return unkilled.made


def _transport(world: object) -> httpx.BaseTransport | None:
    return getattr(world, "transport", None)


def _run(act: Callable[[World, Calls], object], world: World) -> Calls:
    calls = Calls(_transport(world))
    act(world, calls)
    return calls


def _killed(act: Callable[[World, Calls], object], world: World, calls: Calls, where: str) -> None:
    try:
        act(world, calls)
    except Killed:
        return
    pytest.fail(f"killed {where}, the step went on: it must ask the same in the same world, and catch no BaseException")
