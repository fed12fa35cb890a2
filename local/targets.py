"""Targets of the local load balancer: settings of their group, health checks, requests in flight.

Health goes as in AWS's load balancer: a target is `initial` until it has passed `healthy_threshold` checks,
`unhealthy` after `unhealthy_threshold` failed ones, `draining` from deregistration on. Only time differs:
intervals are divided by a scale (30 s become 1 s), and until a target has been healthy once it is checked
every 100 ms, while its failures still count once per interval. Time-outs are not scaled, the programs being
no faster here.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

import aiohttp

TargetState = Literal["initial", "healthy", "unhealthy", "draining"]

_QUICK = 0.1  # seconds between the checks of a target that was never healthy
_SHORTEST_INTERVAL = 0.1
# Idle connections must go before the target closes them: a POST on one that is just being closed can only
# be answered 502. Servers commonly wait five seconds.
_KEEP_ALIVE = 4.0
_CONNECT_TIMEOUT = 10.0  # both are the load balancer's own
_IDLE_TIMEOUT = 60.0


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetGroup:
    """What the load balancer knows about a target group; times in seconds as AWS has them, unscaled."""

    name: str
    health_path: str = "/"
    health_matcher: str = "200"  # "200", "200,202" or "200-299"
    interval: float = 30
    timeout: float = 5
    healthy_threshold: int = 5
    unhealthy_threshold: int = 2
    deregistration_delay: float = 300


class Target(NamedTuple):
    """The address of a target."""

    host: str
    port: int


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetHealth:
    """The state of a target; `reason` is empty when it is healthy, else in AWS's words."""

    target: Target
    state: TargetState
    reason: str
    in_flight: int


class RegisteredTarget:
    """A target in its group: its state, its connection pool, its requests in flight.

    Args:
        group: settings; may be replaced while it runs.
        target: its address.
        time_scale: what the interval is divided by.
        on_change: called after every change of state.
    """

    def __init__(
        self, group: TargetGroup, target: Target, time_scale: float, on_change: Callable[[TargetHealth], None]
    ) -> None:
        self.group = group
        self.target = target
        self.base_url = f"http://{target.host}:{target.port}"
        self.in_flight = 0
        self._time_scale = time_scale
        self._on_change = on_change
        self._state: TargetState = "initial"
        self._reason = "Initial health checks in progress"
        self._was_healthy = False
        self._passed = self._failed = 0
        self._failure_counted_at = float("-inf")
        self._changed = asyncio.Condition()
        self._idle = asyncio.Event()
        self.session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=_KEEP_ALIVE),
            timeout=aiohttp.ClientTimeout(total=None, connect=_CONNECT_TIMEOUT, sock_read=_IDLE_TIMEOUT),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            # What the client did not say is not said for it: an Accept-Encoding would change the answer.
            skip_auto_headers=("Accept", "Accept-Encoding", "Content-Type", "User-Agent"),
            max_line_size=16384,
            max_field_size=32768,
        )
        # Its own connections, as in AWS: one that the target closes after a check must not get a request.
        self._checker = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(force_close=True), cookie_jar=aiohttp.DummyCookieJar()
        )
        self._checks = asyncio.create_task(self._check_forever(), name=f"health of {self.base_url}")

    @property
    def state(self) -> TargetState:
        """Its state now."""
        return self._state

    @property
    def health(self) -> TargetHealth:
        """Its state with the reason, for people."""
        return TargetHealth(target=self.target, state=self._state, reason=self._reason, in_flight=self.in_flight)

    async def wait_healthy(self) -> None:
        """Return when it is healthy."""
        async with self._changed:
            await self._changed.wait_for(lambda: self._state == "healthy")

    def finished_one(self) -> None:
        """One request in flight has ended."""
        self.in_flight -= 1
        if not self.in_flight:
            self._idle.set()

    async def drain(self) -> None:
        """Take no new requests; return when those in flight are done or the delay has passed, then close."""
        self._checks.cancel()
        await self._enter("draining", "Target deregistration is in progress")
        self._idle.clear()
        try:
            if self.in_flight:
                async with asyncio.timeout(self.group.deregistration_delay):
                    await self._idle.wait()
        except TimeoutError:
            pass  # as in AWS, what is still running now is cut off
        finally:
            await self.close()

    async def close(self) -> None:
        """Stop checking and break the connections."""
        self._checks.cancel()
        await asyncio.gather(self._checks, return_exceptions=True)
        await self._checker.close()
        await self.session.close()

    async def _check_forever(self) -> None:
        while True:
            await self._count(await self._check())
            interval = max(self.group.interval / self._time_scale, _SHORTEST_INTERVAL)
            await asyncio.sleep(interval if self._was_healthy else min(_QUICK, interval))

    async def _check(self) -> str | None:
        """One check as the load balancer makes it; what failed, or None."""
        try:
            async with self._checker.get(
                self.base_url + self.group.health_path,
                headers={"User-Agent": "ELB-HealthChecker/2.0"},
                timeout=aiohttp.ClientTimeout(total=self.group.timeout),
                allow_redirects=False,
            ) as response:
                if not _matches(self.group.health_matcher, response.status):
                    return f"Health checks failed with these codes: [{response.status}]"
        except TimeoutError:
            return "Request timed out"
        except (aiohttp.ClientError, OSError):
            return "Health checks failed"
        return None

    async def _count(self, failure: str | None) -> None:
        if failure is None:
            self._failed = 0
            self._passed += 1
            if self._state != "healthy" and self._passed >= self.group.healthy_threshold:
                self._was_healthy = True
                await self._enter("healthy", "")
            return
        self._passed = 0
        now = asyncio.get_running_loop().time()
        interval = max(self.group.interval / self._time_scale, _SHORTEST_INTERVAL)
        if self._was_healthy or now - self._failure_counted_at >= interval:
            self._failed += 1
            self._failure_counted_at = now
        if self._failed >= self.group.unhealthy_threshold:
            await self._enter("unhealthy", failure)
        elif self._state == "initial":
            self._reason = failure

    async def _enter(self, state: TargetState, reason: str) -> None:
        changed = state != self._state
        self._state, self._reason = state, reason
        if changed:
            self._on_change(self.health)
            async with self._changed:
                self._changed.notify_all()


def _matches(matcher: str, status: int) -> bool:
    for part in matcher.split(","):
        first, _, last = part.strip().partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False
