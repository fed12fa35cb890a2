"""Webhook deliveries: signed, tried again until they are taken, and as unreliable as the switches say."""

import asyncio
import contextlib
import hashlib
import hmac
import json
import logging
import random
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp

from local.stripe.addresses import LoopbackResolver, UnreachableError, route
from local.stripe.errors import Object
from local.stripe.switches import Switches
from local.stripe.work import API_VERSION, Work, World, new_delivery, shown, wants

_TIMEOUT = 10  # seconds, as at Stripe
_AT_ONCE = 256
_LOG = logging.getLogger(__name__)
_SHUFFLE_WINDOW = 0.05  # seconds


@dataclass(frozen=True)
class Backoff:
    """Real seconds between attempts: `start`, growing by `factor` up to `cap`; given up after `attempts`."""

    start: float = 1
    factor: float = 2
    cap: float = 60
    attempts: int = 12

    def seconds(self, attempts: int) -> float:
        """Return the time to wait after so many failed attempts."""
        return min(self.cap, self.start * self.factor ** (attempts - 1))


def sign(payload: bytes, secret: str, at: int) -> str:
    """Return the `Stripe-Signature` of a payload that is sent at a Unix time."""
    mac = hmac.new(secret.encode(), b"%d." % at + payload, hashlib.sha256).hexdigest()
    return f"t={at},v1={mac}"


class Courier:
    """Carries deliveries, each in a task of its own.

    Args:
        world: whose outbox it empties.
        switches: what goes wrong.
        hosts: base URL on this machine by host name.
        backoff: when it tries again.
    """

    def __init__(self, world: World, switches: Switches, hosts: dict[str, str], backoff: Backoff) -> None:
        self.hosts = hosts
        self._world, self._switches, self._backoff = world, switches, backoff
        self._tasks: dict[asyncio.Task[None], None] = {}
        self._shuffling: list[str] = []
        self._at_once = asyncio.Semaphore(_AT_ONCE)
        self._session: aiohttp.ClientSession | None = None
        self._changed = asyncio.Event()

    async def start(self) -> None:
        """Take up what an earlier process has left undelivered."""
        connector = aiohttp.TCPConnector(resolver=LoopbackResolver(), use_dns_cache=False, limit=0)
        timeout = aiohttp.ClientTimeout(total=_TIMEOUT)
        self._session = aiohttp.ClientSession(connector=connector, timeout=timeout, trust_env=False)
        left = self._world.store.newest("delivery", "_open", value=True)
        self._world.outbox[:] = [delivery["id"] for delivery in left][::-1]
        self.take()

    async def close(self) -> None:
        """Stop; what is not delivered is left for the next start."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            await self._session.close()

    def take(self) -> None:
        """Take up what the last transaction wants to tell."""
        new, self._world.outbox[:] = list(self._world.outbox), []
        if self._switches.shuffle is None:
            for delivery in new:
                self._begin(self._carry(delivery))
        elif new:
            if not self._shuffling:
                self._begin(self._shuffle(self._switches.shuffle))
            self._shuffling += new

    def wake(self) -> None:
        """Look at the switches again: something may no longer be held."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def settled(self, timeout: float) -> None:  # noqa: ASYNC109
        """Return when nothing is on its way or waits for another attempt.

        Raises:
            TimeoutError: that takes longer than `timeout` seconds; says how much is left.
        """
        try:
            async with asyncio.timeout(timeout):
                while self._tasks:
                    await asyncio.wait(list(self._tasks))
        except TimeoutError:
            left = self._world.store.count("delivery", "_open", value=True)
            raise TimeoutError(f"{left} deliveries are still under way after {timeout} s") from None

    def resend(self, event: Object) -> int:
        """Send an event again to every endpoint that wants it; returns to how many."""
        work, sent = Work(self._world), 0
        earlier = {one["endpoint"]: one for one in work.all("delivery", "event", event["id"])}
        for endpoint in work.all("webhook_endpoint"):
            if not wants(endpoint, event["type"]):
                continue
            sent += 1
            if endpoint["id"] not in earlier:
                work.change(event, pending_webhooks=work.get("event", event["id"])["pending_webhooks"] + 1)
                work.change(event, _delivered=False)
                new_delivery(work, event, endpoint)
            elif not earlier[endpoint["id"]]["_open"]:
                work.change(earlier[endpoint["id"]], attempts=0, _open=True)
                self._world.told.append(earlier[endpoint["id"]]["id"])
        self._world.commit()
        self.take()
        return sent

    def _begin(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks[task] = None
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a delivery was left until the next start", exc_info=error)

    async def _shuffle(self, seed: int) -> None:
        await asyncio.sleep(_SHUFFLE_WINDOW)
        await self._released()
        batch, self._shuffling = self._shuffling, []
        random.Random(seed).shuffle(batch)  # noqa: S311 - an order, not a secret
        for delivery in batch:
            if not await self._try(delivery):
                self._begin(self._carry(delivery, again=True))

    async def _carry(self, delivery: str, *, again: bool = False) -> None:
        while True:
            if again:
                await asyncio.sleep(self._backoff.seconds(self._world.store.objects[delivery]["attempts"]))
            await self._released()
            if await self._try(delivery):
                return
            again = True

    async def _released(self) -> None:
        while self._switches.hold:
            await self._changed.wait()

    async def _try(self, identifier: str) -> bool:
        """Make one attempt; True when there will be no other."""
        delivery = self._world.store.objects[identifier]
        endpoint = self._world.store.objects.get(delivery["endpoint"])
        if endpoint is None or endpoint["status"] != "enabled":
            return self._record(delivery, None, "the endpoint was deleted or disabled", attempts=1, last=True)
        if self._dropped(identifier, delivery):
            return self._record(delivery, None, "dropped, as the switch says", attempts=0, last=True)
        if self._switches.delay:
            await asyncio.sleep(self._switches.delay)
        async with self._at_once:
            outcomes = await asyncio.gather(*(self._post(delivery, endpoint) for _ in range(self._switches.duplicates)))
        status, reason = next((outcome for outcome in outcomes if outcome[1]), outcomes[0])
        last = delivery["attempts"] + 1 >= self._backoff.attempts
        return self._record(self._world.store.objects[identifier], status, reason, attempts=1, last=last)

    def _dropped(self, identifier: str, delivery: Object) -> bool:
        if not self._switches.drop:
            return False
        # By the order in which they were made, so that the same history loses the same ones.
        number = self._world.store.position(identifier)
        chosen = random.Random(f"{self._switches.seed} {number} {delivery['type']}").random()  # noqa: S311
        return chosen < self._switches.drop

    def _record(self, delivery: Object, status: int | None, reason: str | None, *, attempts: int, last: bool) -> bool:
        work, delivered = Work(self._world), reason is None
        counted: Object = {"attempts": delivery["attempts"] + attempts, "status": status, "reason": reason}
        done = delivered or last
        work.change(delivery, **counted, delivered=delivered or delivery["delivered"], _open=not done)
        if delivered and not delivery["delivered"]:
            event = work.get("event", delivery["event"])
            pending = event["pending_webhooks"] - 1
            work.change(event, pending_webhooks=pending, _delivered=not pending)
        self._world.commit()
        return done

    async def _post(self, delivery: Object, endpoint: Object) -> tuple[int | None, str | None]:
        """Send it once; the status, and why it counts as failed (None when it does not)."""
        assert self._session, "start() comes first"
        event = self._world.store.objects[delivery["event"]]
        version = endpoint["api_version"] or API_VERSION
        payload = json.dumps({**shown(event), "api_version": version}, indent=2).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(payload, endpoint["_secret"], int(time.time())),
            "User-Agent": "Stripe/1.0 (local stand-in)",
        }
        try:
            url, host = route(endpoint["url"], self.hosts)
            post = self._session.post(url, data=payload, headers=headers | host, allow_redirects=False)
            async with post as response:
                with contextlib.suppress(aiohttp.ClientError):
                    await response.read()
                return response.status, None if 200 <= response.status < 300 else f"status {response.status}"
        except UnreachableError as error:
            return None, str(error)
        except TimeoutError:
            return None, f"no answer within {_TIMEOUT} s"
        except (aiohttp.ClientError, OSError) as error:
            return None, f"{type(error).__name__}: {error}"
