"""The stand-in over HTTP, for other processes: its API at the root of an address on 127.0.0.1."""

import asyncio
import json
import threading
from concurrent.futures import Future
from typing import Any, Self

from aiohttp import web

from local.github.answers import Answer
from local.github.store import Store
from local.github.transport import encoded, failed
from local.own_names import under_own_names
from local.ports import listen

LARGEST = 4 * 1024 * 1024  # bytes of a request
_START_SECONDS = 10


class GitHubServer:
    """A stand-in that listens while a `with` block runs, in a thread: `with GitHubServer(store) as server: server.url`.

    The store stays this process's own, so that people's hands need no network.

    Args:
        store: what answers.
        port: on 127.0.0.1; 0 is a free one.

    Attributes:
        store: as given.
        url: what GITHUB_API_URL has to be.
    """

    def __init__(self, store: Store, *, port: int = 0) -> None:
        self.store = store
        self.url = ""
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._ended = asyncio.Event()
        self._started: Future[str] = Future()
        self._thread = threading.Thread(target=self._run, name="github stand-in", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self.url = self._started.result(_START_SECONDS)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(_START_SECONDS)
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        except BaseException as error:
            if self._started.done():
                raise
            self._started.set_exception(error)

    async def _serve(self) -> None:
        app = web.Application(middlewares=[under_own_names], client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", self._respond)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        listening, *others = listen(self._port)
        for other in others:
            other.close()  # 127.0.0.1 only: that is the address which is handed out
        await runner.setup()
        try:
            await web.SockSite(runner, listening).start()
            self._started.set_result(f"http://127.0.0.1:{listening.getsockname()[1]}")
            await self._ended.wait()
        finally:
            await runner.cleanup()

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        method, path = request.method, request.raw_path.split("?", 1)[0]
        content = await request.read()
        fault = self.store.faults.take(method, path)
        if fault:
            await asyncio.sleep(fault.latency)
            if said := failed(self.store, method, path, fault):
                return _response(said)
            if fault.cut == "before":
                return _cut(request)
        body: Any = json.loads(content) if content else None
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        answer = await asyncio.to_thread(
            self.store.handle, method, path, dict(request.query), body, token, origin=self.url
        )
        return _cut(request) if fault and fault.cut == "after" else _response(answer)


def _response(answer: Answer) -> web.Response:
    content, headers = encoded(answer)
    return web.Response(status=answer.status, body=content, headers=headers)


def _cut(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()
