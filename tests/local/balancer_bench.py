"""A load balancer with targets to put behind it, for its tests."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
from aiohttp import web

from local.listeners import Forward, Listener, Redirect
from local.load_balancer import LoadBalancer
from local.targets import Target, TargetGroup

Handler = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]

GROUP = TargetGroup(
    name="api",
    health_path="/health",
    health_matcher="200-204",
    interval=3,  # 0.1 s here
    timeout=2,
    healthy_threshold=2,
    unhealthy_threshold=2,
    deregistration_delay=5,
)
HTTPS = Listener(port=443, protocol="HTTPS", action=Forward(target_group="api"))
HTTP = Listener(port=80, protocol="HTTP", action=Redirect(protocol="HTTPS", port="443"))


@dataclass
class Bench:
    """A load balancer, a client, and targets to put behind it."""

    balancer: LoadBalancer
    client: aiohttp.ClientSession
    runners: dict[Target, web.ServerRunner] = field(default_factory=dict[Target, web.ServerRunner])

    @property
    def url(self) -> str:
        """Where the HTTPS listener is."""
        return self.balancer.urls[443]

    async def serve(self, handler: Handler) -> Target:
        """Start a target that is healthy unless `handler` says otherwise about `/health`."""
        runner = web.ServerRunner(web.Server(handler, access_log=None), shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        target = Target("127.0.0.1", runner.addresses[0][1])
        self.runners[target] = runner
        return target

    async def add(self, handler: Handler) -> Target:
        """Start a target and wait until it gets requests."""
        target = await self.serve(handler)
        self.balancer.register("api", target)
        await self.balancer.wait_healthy("api", target, 5)
        return target

    async def stop(self, target: Target) -> None:
        """End a target as a crash would."""
        await self.runners.pop(target).cleanup()

    async def get(self, path: str = "/") -> tuple[int, str]:
        """Status and body."""
        async with self.client.get(self.url + path) as response:
            return response.status, await response.text()


@contextlib.asynccontextmanager
async def load_balancer() -> AsyncGenerator[Bench]:
    """Run a load balancer with both listeners, without targets."""
    balancer = LoadBalancer()
    await balancer.configure([HTTPS, HTTP], [GROUP])
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10)) as client:
        bench = Bench(balancer, client)
        yield bench
        await balancer.close()
        await asyncio.gather(*(bench.stop(target) for target in list(bench.runners)))


def say(text: str) -> Handler:
    """Make a target that answers `text`."""

    async def handler(_: web.BaseRequest) -> web.Response:
        return web.Response(text=text)

    return handler
