"""The stand-in as a whole: its state, its server, and what tests turn."""

import asyncio
import contextlib
import sqlite3
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from local.own_names import under_own_names
from local.ports import listen
from local.stripe import addresses, billing
from local.stripe.clock import Clock
from local.stripe.control import Control, answer_of_the_bank
from local.stripe.courier import Backoff, Courier
from local.stripe.errors import Object
from local.stripe.faults import Faults
from local.stripe.server import Api, for_pages_of_this_machine, refusals_as_json, script
from local.stripe.store import Store
from local.stripe.switches import Switches
from local.stripe.work import RELEASE, Work, World

_TICK_SECONDS = 1


class StandIn:
    """A Stripe of one's own: `async with StandIn() as stripe: ... stripe.url`.

    Args:
        state: the file that keeps everything; None forgets everything at the end.
        port: on 127.0.0.1; 0 is a free one.
        live: stand for Stripe's live mode.
        backoff: when failed deliveries are tried again.

    Raises:
        StateTakenError: the file cannot be used.
        PortTakenError: (on start) another program listens there.

    Attributes:
        world: the objects and the clock.
        clock: `clock.now` is Unix time as the objects see it.
        switches: how webhooks are delivered; set them with `switch`.
        faults: what happens to requests.
        hosts: base URL on this machine by host name of webhook URLs; set it with `map_hosts`.
        courier: who delivers.
    """

    def __init__(
        self, state: Path | None = None, *, port: int = 0, live: bool = False, backoff: Backoff | None = None
    ) -> None:
        store = Store(state)
        kept = store.objects.get("settings", {})
        self.clock = Clock(kept.get("offset", 0))
        self.world = World(store, self.clock, live)
        self.switches = Switches()
        self.faults = Faults()
        self.hosts: dict[str, str] = dict(kept.get("hosts", {}))
        self.courier = Courier(self.world, self.switches, self.hosts, backoff or Backoff())
        self._port = port
        self._runner: web.AppRunner | None = None
        self._ticker: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    @property
    def url(self) -> str:
        """Where it is reached, e.g. `http://127.0.0.1:12111`; known when it has been started."""
        return self.world.origin

    @property
    def objects(self) -> dict[str, Object]:
        """Everything by id, as it is now; what begins with an underscore the API does not show."""
        return self.world.store.objects

    async def start(self) -> None:
        """Listen, and take up what an earlier process has left undelivered."""
        middlewares = [under_own_names, for_pages_of_this_machine, refusals_as_json]
        app = web.Application(middlewares=middlewares, client_max_size=1 << 20)
        api = Api(self.world, self.courier, self.faults)
        app.router.add_route("*", "/v1/{path:.*}", api.handle)
        for path in ("/stripe.js", f"/{RELEASE}/stripe.js"):
            app.router.add_get(path, script)
        app.router.add_routes(Control(self).routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        listening, *others = listen(self._port)
        for other in others:
            other.close()  # 127.0.0.1 only: that is the address which the platform hands out
        self.world.origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
        await self._runner.setup()
        await web.SockSite(self._runner, listening, backlog=1024).start()
        await self.courier.start()
        self._ticker = asyncio.create_task(self._tick())

    async def close(self) -> None:
        """Stop listening and delivering; the state stays as it is."""
        if self._ticker:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        if self._runner:
            await self._runner.cleanup()
        await self.courier.close()
        self.world.store.close()

    async def settled(self, timeout: float = 10) -> None:  # noqa: ASYNC109
        """Return when no delivery is under way or waits for another attempt.

        Raises:
            TimeoutError: that takes longer than `timeout` seconds.
        """
        await self.courier.settled(timeout)

    def advance(self, seconds: int) -> list[Object]:
        """Let time pass; returns what fell due in it: `at`, `id`, `what`.

        Raises:
            ValueError: time does not run backwards.
        """
        if seconds < 0:
            raise ValueError("time does not run backwards: advance by 0 seconds or more")
        target = self.clock.now + seconds
        happened = billing.catch_up(self.world, target)
        self.clock.move_to(target)
        self._keep_settings()
        self.courier.take()
        return happened

    def advance_to_next(self, customer: str | None = None) -> list[Object]:
        """Let time pass until the next thing falls due; returns what happened, nothing if nothing ever will.

        Args:
            customer: for whom; what falls due for others before that happens on the way.

        Raises:
            StripeError: there is no such customer.
        """
        if customer is not None:
            Work(self.world).get("customer", customer)
        due = billing.next_due(self.world, customer)
        return [] if due is None else self.advance(max(0, due - self.clock.now))

    def switch(self, **changes: Any) -> None:
        """Set switches; see `Switches`.

        Raises:
            ValueError: one is unknown or its value is out of range.
        """
        self.switches.set(changes)
        self.courier.wake()

    def map_hosts(self, hosts: dict[str, str]) -> None:
        """Say where webhooks to which host name really go.

        Raises:
            ValueError: a base URL leads off this machine.
        """
        checked = addresses.checked(hosts)
        self.hosts.clear()
        self.hosts.update(checked)
        self._keep_settings()

    def decline_next(self, customer: str) -> None:
        """Decline the next charge of a customer whatever the card.

        Raises:
            StripeError: there is no such customer.
        """
        self.world.declines.add(Work(self.world).get("customer", customer)["id"])

    def authenticate(self, intent: str, *, succeed: bool = True) -> Object:
        """Let the customer's bank answer for an intent that requires action.

        Raises:
            StripeError: there is no such intent, or it does not require action.
        """
        try:
            with self.clock.at(self.clock.now):
                answered = answer_of_the_bank(Work(self.world), intent, succeed=succeed)
        except BaseException:
            self.world.undo()
            raise
        self.world.commit()
        self.courier.take()
        return answered

    def _keep_settings(self) -> None:
        settings = {"offset": self.clock.offset, "hosts": dict(self.hosts)}
        Work(self.world).add("", "settings", id="settings", **settings)
        self.world.commit()

    async def _tick(self) -> None:
        """Do what falls due while nobody asks."""
        while True:
            await asyncio.sleep(_TICK_SECONDS)
            with contextlib.suppress(sqlite3.Error):  # a full disk; the next request says it
                billing.catch_up(self.world, self.clock.now)
                self.courier.take()
