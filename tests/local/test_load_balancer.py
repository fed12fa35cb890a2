"""The local load balancer does to requests what AWS's does."""

import asyncio
import os
import re
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import aiohttp
import pytest
from aiohttp import web

from local.listeners import Redirect
from local.load_balancer import LoadBalancer
from local.ports import PortTakenError
from tests.local.balancer_bench import GROUP, HTTP, HTTPS, Bench, load_balancer, say


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    """A load balancer with both listeners, without targets."""
    async with load_balancer() as bench:
        yield bench


async def raw(url: str, request: bytes) -> bytes:
    """Send bytes, return all that comes until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]))
    writer.write(request)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


async def test_requests_go_round_the_healthy_targets(bench: Bench) -> None:
    """Each target gets its turn."""
    assert (await bench.get())[0] == 503
    for name in "abc":
        await bench.add(say(name))
    assert sorted([(await bench.get())[1] for _ in range(6)]) == list("aabbcc")


async def test_target_sees_what_it_sees_in_aws(bench: Bench) -> None:
    """Forwarding headers are set, the client's own are kept, invalid and hop-by-hop ones go."""
    seen: list[tuple[str, str]] = []

    async def handler(request: web.BaseRequest) -> web.Response:
        if request.path != "/health":
            seen.append(("path", request.raw_path))
            seen.extend((name.lower(), value) for name, value in request.headers.items())
        return web.Response(headers=[("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"), ("Server", "api")])

    await bench.add(handler)
    answer = await raw(
        bench.url,
        b"GET /%7Ex?a=%20b HTTP/1.1\r\nHost: api.example.com\r\nX-Forwarded-For: 9.9.9.9\r\nX_Bad: 1\r\n"
        b"X-Own: \xc3\xa9\r\nX-Hop: 1\r\nCookie: c=3\r\nX-Forwarded-Proto: http\r\nConnection: close, x-hop\r\n\r\n",
    )
    headers = dict(seen)
    trace = headers.pop("x-amzn-trace-id")
    assert headers == {
        "path": "/%7Ex?a=%20b",
        "host": "api.example.com",
        "x-forwarded-for": "9.9.9.9, 127.0.0.1",
        "x-forwarded-proto": "https",
        "x-forwarded-port": "443",
        "x-own": "é",
        "cookie": "c=3",
    }
    assert re.fullmatch(r"Root=1-[0-9a-f]{8}-[0-9a-f]{24}", trace)
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.count(b"Set-Cookie") == 2
    assert b"Server: api\r\n" in answer
    seen.clear()
    async with bench.client.get(bench.url, headers={"X-Amzn-Trace-Id": "Root=1-a-b"}):
        assert re.fullmatch(r"Self=1-[0-9a-f]{8}-[0-9a-f]{24};Root=1-a-b", dict(seen)["x-amzn-trace-id"])


async def test_http_redirects_to_the_local_https_listener(bench: Bench) -> None:
    """The Location is one that works on this machine."""
    async with bench.client.get(bench.balancer.urls[80] + "/a/b?c=d&e", allow_redirects=False) as response:
        assert response.status == 301
        assert response.headers["Location"] == f"{bench.url}/a/b?c=d&e"
    # Those who need the whole of the templates get it, and ports that are no listener stay.
    action = Redirect(status=302, host="www.#{host}", port="8443", path="/v2/#{path}", query="x=1")
    await bench.balancer.configure([HTTPS, replace(HTTP, action=action)], [GROUP])
    async with bench.client.get(bench.balancer.urls[80] + "/a?b", allow_redirects=False) as response:
        assert response.status == 302
        assert response.headers["Location"] == "http://www.localhost:8443/v2/a?x=1"


async def test_bodies_stream_both_ways(bench: Bench) -> None:
    """A body goes through while it is being sent, whatever its length."""

    async def echo(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        async for chunk in request.content.iter_any():
            await response.write(chunk)
        return response

    await bench.add(echo)
    answered = asyncio.Event()

    async def body() -> AsyncIterator[bytes]:
        yield b"first"
        await answered.wait()  # a proxy that waited for the whole body would never get on
        for _ in range(64):
            yield b"x" * 65536

    async with bench.client.post(bench.url, data=body()) as response:
        assert await response.content.readexactly(5) == b"first"
        answered.set()
        assert len(await response.read()) == 64 * 65536
    async with bench.client.put(bench.url, data=b"known length") as response:
        assert await response.read() == b"known length"


async def test_answers_without_a_body(bench: Bench) -> None:
    """HEAD keeps the length it would have, 204 and 304 have none, and the connection stays in step."""

    async def handler(request: web.BaseRequest) -> web.Response:
        status = {"/204": 204, "/304": 304}.get(request.path, 200)
        return web.Response(status=status, body=b"x" * 100000 if status == 200 else None)

    await bench.add(handler)
    for method, path, status, length in (
        ("HEAD", "/", 200, "100000"),
        ("GET", "/204", 204, None),
        ("GET", "/304", 304, None),
        ("GET", "/", 200, "100000"),
    ):
        async with bench.client.request(method, bench.url + path) as response:
            assert (response.status, response.headers.get("Content-Length")) == (status, length)
            assert len(await response.read()) == (100000 if (method, path) == ("GET", "/") else 0)


async def test_old_and_careful_clients(bench: Bench) -> None:
    """HTTP/1.0 clients get an end of connection for the end of a body; Expect is answered here."""

    async def stream(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"seen " + await request.read())
        return response

    await bench.add(stream)
    old = await raw(bench.url, b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert old.endswith(b"\r\n\r\nseen ")
    careful = await raw(
        bench.url,
        b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi",
    )
    assert careful.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")
    assert b"seen hi" in careful


async def test_502_when_the_target_breaks(bench: Bench) -> None:
    """Before its answer: 502; in the middle of it: the client's connection is cut, so that it notices."""

    async def broken(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000000"})
        if request.path == "/half":
            await response.prepare(request)
            await response.write(b"half")
        if request.path != "/health":
            assert request.transport is not None
            request.transport.abort()
        return web.Response()

    target = await bench.add(broken)
    assert (await bench.get())[0] == 502
    async with bench.client.post(bench.url, data=b"once") as response:
        assert response.status == 502
        assert response.headers["Server"] == "awselb/2.0"
    with pytest.raises(aiohttp.ClientPayloadError):
        await bench.get("/half")
    assert bench.balancer.targets("api")[0].in_flight == 0
    await bench.stop(target)
    assert (await bench.get())[0] == 502


async def test_unreachable_target_costs_no_request(bench: Bench) -> None:
    """What could not be sent to one target is sent to another, also a POST."""
    await bench.balancer.configure([HTTPS], [replace(GROUP, interval=300)])  # so that nothing notices first
    dead, _ = await bench.add(say("dead")), await bench.add(say("alive"))
    await bench.stop(dead)
    for _ in range(4):
        async with bench.client.post(bench.url, data=b"x" * 100) as response:
            assert (response.status, await response.text()) == (200, "alive")


async def test_504_when_the_target_is_silent(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS waits 60 s; here the same is seen sooner."""
    monkeypatch.setattr("local.targets._IDLE_TIMEOUT", 0.1)

    async def silent(request: web.BaseRequest) -> web.Response:
        if request.path != "/health":
            await asyncio.sleep(5)
        return web.Response()

    await bench.add(silent)
    assert (await bench.get())[0] == 504


async def test_client_that_leaves_ends_its_request(bench: Bench) -> None:
    """Nothing goes on for somebody who is gone."""
    asked, left = asyncio.Event(), asyncio.Event()

    async def endless(request: web.BaseRequest) -> web.StreamResponse:
        response = web.StreamResponse()
        if request.path == "/health":
            return response
        await response.prepare(request)
        asked.set()
        try:
            while True:
                await response.write(b"x")
                await asyncio.sleep(0.01)
        except ConnectionError:
            left.set()
        return response

    await bench.add(endless)
    request = asyncio.create_task(bench.get())
    await asyncio.wait_for(asked.wait(), 5)
    request.cancel()
    await asyncio.wait_for(left.wait(), 5)


async def test_taken_port_names_its_owner() -> None:
    """The error says which port, and which process has it."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        balancer = LoadBalancer({443: port})
        with pytest.raises(PortTakenError, match=rf"port {port} is taken by .+ \(process {os.getpid()}\)"):
            await balancer.configure([HTTPS], [GROUP])
        assert balancer.urls == {}
    await balancer.configure([HTTPS], [GROUP])  # and once it is free, the same call works
    assert balancer.urls == {443: f"http://localhost:{port}"}
    await balancer.close()
