"""Which targets get requests: health checks, and draining on the way out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp import web

from local.targets import TargetHealth
from tests.local.balancer_bench import GROUP, HTTPS, Bench, load_balancer, say


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A load balancer with both listeners, without targets."""
    async with load_balancer() as bench:
        yield bench


async def test_health_decides_who_gets_requests(bench: Bench) -> None:
    """A target is taken out when its checks fail, back in when they pass; with no other it is better than none."""
    sick = False
    states: list[str] = []
    changed = asyncio.Condition()

    async def handler(request: web.BaseRequest) -> web.Response:
        assert request.path != "/health" or request.headers["User-Agent"] == "ELB-HealthChecker/2.0"
        return web.Response(status=503 if sick and request.path == "/health" else 200, text="first")

    async def until(state: str) -> None:
        async with asyncio.timeout(5), changed:
            await changed.wait_for(lambda: states[-1:] == [state])

    def on_change(health: TargetHealth) -> None:
        states.append(health.state)
        notices.append(asyncio.create_task(notify()))

    async def notify() -> None:
        async with changed:
            changed.notify_all()

    notices: list[asyncio.Task[None]] = []
    first = await bench.serve(handler)
    bench.balancer.register("api", first, on_change)
    assert bench.balancer.targets("api")[0].state == "initial"
    await until("healthy")
    await bench.add(say("second"))
    sick = True
    await until("unhealthy")
    assert bench.balancer.targets("api")[0].reason == "Health checks failed with these codes: [503]"
    assert {(await bench.get())[1] for _ in range(4)} == {"second"}
    await bench.balancer.deregister("api", bench.balancer.targets("api")[1].target)
    assert await bench.get() == (200, "first")
    sick = False
    await until("healthy")
    await asyncio.gather(*notices)


async def test_health_checks_have_their_own_connections(bench: Bench) -> None:
    """Many servers end a connection after `Connection: close` without a word; no request may be sent on it."""
    connections: dict[bool, set[object]] = {True: set(), False: set()}

    async def handler(request: web.BaseRequest) -> web.Response:
        assert request.transport is not None
        connections[request.path == "/health"].add(request.transport.get_extra_info("peername"))
        return web.Response()

    await bench.add(handler)
    while len(connections[True]) < 5:
        assert (await bench.get())[0] == 200
    assert len(connections[False]) == 1
    assert connections[True].isdisjoint(connections[False])


async def test_target_that_never_gets_healthy(bench: Bench) -> None:
    """Waiting for it says why not."""

    async def handler(_: web.BaseRequest) -> web.Response:
        return web.Response(status=500)

    target = await bench.serve(handler)
    bench.balancer.register("api", target)
    with pytest.raises(TimeoutError, match=r"codes: \[500\]"):
        await bench.balancer.wait_healthy("api", target, 0.5)


async def test_draining_lets_requests_finish(bench: Bench) -> None:
    """No new requests from then on, and deregistration returns when the last one has its answer."""
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def slow(request: web.BaseRequest) -> web.Response:
        if request.path == "/slow":
            asked.set()
            await go_on.wait()
        return web.Response(text="slow")

    target = await bench.add(slow)
    await bench.add(say("other"))
    requests = [asyncio.create_task(bench.get("/slow")) for _ in range(2)]  # one for each target
    await asyncio.wait_for(asked.wait(), 5)
    leaving = asyncio.create_task(bench.balancer.deregister("api", target))
    await asyncio.sleep(0)
    assert bench.balancer.targets("api")[0].state == "draining"
    assert {(await bench.get())[1] for _ in range(4)} == {"other"}
    assert not leaving.done()
    go_on.set()
    assert sorted(body for _, body in await asyncio.gather(*requests)) == ["other", "slow"]
    await asyncio.wait_for(leaving, 5)
    assert len(bench.balancer.targets("api")) == 1


async def test_draining_ends_after_the_delay(bench: Bench) -> None:
    """A request that takes longer than the deregistration delay is cut off."""
    asked = asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.Response:
        if request.path != "/health":
            asked.set()
            await asyncio.sleep(60)
        return web.Response()

    target = await bench.add(endless)
    await bench.balancer.configure([HTTPS], [replace(GROUP, deregistration_delay=0.1)])
    request = asyncio.create_task(bench.get())
    await asyncio.wait_for(asked.wait(), 5)
    await asyncio.wait_for(bench.balancer.deregister("api", target), 5)
    assert (await request)[0] == 502
